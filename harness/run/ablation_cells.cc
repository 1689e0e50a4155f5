#include "harness/run/ablation_cells.h"

#include <algorithm>
#include <cstddef>
#include <tuple>

#include <fmt/format.h>

namespace cupel {
namespace {

using Seed = std::optional<std::int64_t>;

std::set<Seed> shared_seeds(const std::set<Seed>& left, const std::set<Seed>& right) {
  std::set<Seed> shared;
  for (const auto& [own, other] : {std::pair(&left, &right), std::pair(&right, &left)}) {
    for (const Seed& seed : *own) {
      if (other->contains(seed) || (seed && other->contains(std::nullopt))) shared.insert(seed);
    }
  }
  return shared;
}

std::set<Seed> seeds_of(const AblationSide& side) {
  std::set<Seed> seeds;
  for (const auto& [seed, unused] : side.done) seeds.insert(seed);
  return seeds;
}

const DoneCell& with_seed(const AblationSide& side, const Seed& seed) {
  const auto at = side.done.find(seed);
  return at == side.done.end() ? side.done.at(std::nullopt) : at->second;
}

/// A pair of runs with all that both measured by one metric.
struct Scored {
  RunPair runs;
  const DoneCell* variant = nullptr;
  const std::vector<results::Measurement>* left = nullptr;
  const std::vector<results::Measurement>* right = nullptr;
};

const results::Measurement* signed_with(const std::vector<results::Measurement>& all,
                                        const std::string& signature) {
  const auto at = std::ranges::find(all, signature, &results::Measurement::signature_long);
  return at == all.end() ? nullptr : &*at;
}

/// Empty: no pair was scored alike.
std::string best_signature(const std::vector<Scored>& pairs) {
  std::string best;
  std::ptrdiff_t most = 0;
  for (const Scored& pair : pairs) {
    for (auto one = pair.left->rbegin(); one != pair.left->rend(); ++one) {
      const auto count = std::ranges::count_if(pairs, [&](const Scored& other) {
        return signed_with(*other.left, one->signature_long) != nullptr &&
               signed_with(*other.right, one->signature_long) != nullptr;
      });
      if (count <= most) continue;
      most = count;
      best = one->signature_long;
    }
  }
  return best;
}

}  // namespace

const std::vector<results::Measurement>* DoneCell::measured(const WantedMetric& wanted) const {
  const auto at = std::ranges::find_if(scores, [&](const MetricScores& one) {
    return one.protocol == wanted.first && one.metric == wanted.second;
  });
  return at == scores.end() ? nullptr : &at->measurements;
}

std::size_t AblationSide::pairs_planned(const AblationSide& other) const {
  return shared_seeds(planned, other.planned).size();
}

std::vector<AblationGroup> ablation_groups(results::Store& store, const PlanState& state,
                                           const std::string& task, const Protocols& protocols) {
  std::map<Digest, results::Run> runs;
  for (results::Run& run : store.runs()) runs.emplace(run.digest, std::move(run));
  std::vector<AblationGroup> groups;
  std::map<std::tuple<std::string, std::string, std::string>, std::size_t> places;
  for (const PlannedState& cell : state.cells) {
    const results::Cell& planned = cell.planned.cell;
    if (!task.empty() && planned.task != task) continue;
    const auto [at, is_new] =
        places.try_emplace({planned.task, planned.dataset, planned.split}, groups.size());
    if (is_new) groups.emplace_back();
    AblationGroup& group = groups[at->second];
    group.cells.push_back(&cell);
    if (!cell.planned.applicable()) continue;
    AblationSide& side = group.sides[planned.model];
    side.planned.insert(planned.seed);
    if (cell.state != CellState::kComplete) continue;
    const results::Run& run = runs.at(planned.digest());
    side.done.emplace(
        planned.seed,
        DoneCell{.cell = &cell, .run = run, .scores = metric_scores(store, run, protocols)});
  }
  return groups;
}

std::vector<WantedMetric> metrics_in(const AblationGroup& group) {
  std::vector<WantedMetric> all;
  std::vector<std::string> protocols;
  for (const PlannedState* cell : group.cells) {
    const auto side = group.sides.find(cell->planned.cell.model);
    if (side == group.sides.end()) continue;
    const auto done = side->second.done.find(cell->planned.cell.seed);
    if (done == side->second.done.end()) continue;
    for (const MetricScores& one : done->second.scores) {
      const WantedMetric next(one.protocol, one.metric);
      if (std::ranges::contains(all, next)) continue;
      if (!std::ranges::contains(protocols, one.protocol)) protocols.push_back(one.protocol);
      all.push_back(next);
    }
  }
  std::ranges::stable_sort(
      all, {}, [&](const WantedMetric& one) { return std::ranges::find(protocols, one.first); });
  return all;
}

MeasuredPairs measured_pairs(const AblationSide& reference, const AblationSide& variant,
                             const WantedMetric& wanted) {
  const std::set<Seed> seeds = shared_seeds(seeds_of(reference), seeds_of(variant));
  std::vector<Scored> pairs;
  for (const Seed& seed : seeds) {
    const DoneCell& left = with_seed(reference, seed);
    const DoneCell& right = with_seed(variant, seed);
    const Scored pair{.runs = {seed, &left.run, &right.run},
                      .variant = &right,
                      .left = left.measured(wanted),
                      .right = right.measured(wanted)};
    if (pair.left != nullptr && pair.right != nullptr) pairs.push_back(pair);
  }
  MeasuredPairs found;
  if (pairs.empty())
    found.reason = seeds.empty() ? "no seed with which both runs are complete"
                                 : "no seed with which both runs are scored";
  const std::string signature = best_signature(pairs);
  if (!pairs.empty() && signature.empty())
    found.reason = "reference and variant were not scored alike";
  for (const Scored& pair : pairs) {
    const results::Measurement* left = signed_with(*pair.left, signature);
    const results::Measurement* right = signed_with(*pair.right, signature);
    if (left != nullptr && right != nullptr) {
      found.pairs.push_back({.runs = pair.runs, .reference = *left, .variant = *right});
      continue;
    }
    const std::string& wanted_one =
        signature.empty() ? pair.left->back().signature_long : signature;
    found.differing.emplace_back(
        pair.variant,
        fmt::format(
            "{} under {} is not comparable: {}", wanted.second, wanted.first,
            differing_fields(wanted_one,
                             (right != nullptr ? pair.left : pair.right)->back().signature_long)));
  }
  return found;
}

}  // namespace cupel
