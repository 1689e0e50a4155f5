#include "harness/run/plan_state.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

namespace cupel {
namespace {

using results::Run;

/// Protocol and metric of each complete score of a run.
std::set<std::pair<std::int64_t, std::string>> scores_of(results::Store& store, const Run& run) {
  std::set<std::pair<std::int64_t, std::string>> all;
  results::Statement row = store.database().prepare(
      "SELECT protocol_id, metric FROM measurement JOIN score ON measurement_id = measurement.id"
      " WHERE run_id = ?");
  for (bool more = row.start(run.key); more; more = row.step())
    all.emplace(row.integer(0), row.text(1));
  return all;
}

void count_scores(PlannedState& cell, results::Store& store, const Run* run,
                  std::span<const WantedScore> wanted) {
  if (!cell.planned.applicable() || wanted.empty()) return;
  std::set<std::pair<std::int64_t, std::string>> there;
  if (run != nullptr) there = scores_of(store, *run);
  for (const WantedScore& score : wanted) {
    if (score.task != cell.planned.cell.task) continue;
    ++cell.wanted;
    const auto scored = [&](std::int64_t key) { return there.contains({key, score.metric}); };
    if (std::ranges::any_of(score.protocol_keys, scored)) ++cell.scored;
  }
}

CellState state_of(const results::PlannedCell& planned, const Run* run,
                   const std::string* failure) {
  if (!planned.applicable()) return CellState::kNotApplicable;
  if (run != nullptr && run->complete()) return CellState::kComplete;
  if (failure != nullptr) return CellState::kFailed;
  return run == nullptr ? CellState::kMissing : CellState::kPartial;
}

template <typename Map>
const typename Map::mapped_type* find(const Map& map, const Digest& digest) {
  const auto at = map.find(digest);
  return at == map.end() ? nullptr : &at->second;
}

}  // namespace

std::string name_of(CellState state) {
  switch (state) {
    case CellState::kComplete:
      return "complete";
    case CellState::kPartial:
      return "partial";
    case CellState::kFailed:
      return "failed";
    case CellState::kMissing:
      return "missing";
    case CellState::kNotApplicable:
      return "not applicable";
  }
  return {};
}

std::string PlannedState::id() const {
  return to_hex(planned.cell.digest()).substr(0, results::kRunId);
}

std::string PlannedState::describe() const {
  if (state == CellState::kPartial) return fmt::format("{} of {} predictions", stored, size);
  if (state == CellState::kFailed) return fmt::format("{}: {}", name_of(state), failure);
  if (state == CellState::kNotApplicable)
    return fmt::format("{}: {}", name_of(state), planned.reason);
  return name_of(state);
}

std::size_t PlanState::count(CellState state) const {
  return static_cast<std::size_t>(std::ranges::count(cells, state, &PlannedState::state));
}

PlanState plan_state(results::Store& store, const results::StoredPlan& plan,
                     std::span<const WantedScore> wanted) {
  std::map<Digest, Run> runs;
  for (Run& run : store.runs()) runs.emplace(run.digest, std::move(run));
  std::map<Digest, std::string> failures;  // the last one of each cell
  for (results::StoredFailure& one : store.failures()) failures[one.cell] = std::move(one.what);

  PlanState all;
  std::set<Digest> in_plan;
  for (const results::PlannedCell& planned : plan.cells) {
    const Digest digest = planned.cell.digest();
    in_plan.insert(digest);
    const Run* run = find(runs, digest);
    const std::string* failure = find(failures, digest);
    PlannedState one{.planned = planned, .state = state_of(planned, run, failure)};
    if (run != nullptr) std::tie(one.stored, one.size) = std::tie(run->stored, run->size);
    if (one.state == CellState::kFailed) one.failure = *failure;
    count_scores(one, store, run, wanted);
    all.cells.push_back(std::move(one));
  }
  for (auto& [digest, run] : runs) {
    if (!in_plan.contains(digest)) all.unplanned.push_back(std::move(run));
  }
  return all;
}

}  // namespace cupel
