#include "harness/run/gate_cells.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/run/comparable.h"
#include "harness/run/plan_state.h"
#include "metrics/builtin.h"

namespace cupel {
namespace {

using results::Annotation;
using results::Cell;
using results::Run;

/// What a cell is called from one version of the code to the next.
using CellName =
    std::tuple<std::string, std::string, std::string, std::string, std::optional<std::int64_t>>;

CellName name_of(const Cell& cell) {
  return {cell.task, cell.dataset, cell.split, cell.model, cell.seed};
}

/// A cell as one side has it.
struct SideCell {
  Cell cell;
  std::optional<Run> run;  // complete
  bool applicable = true;
  std::string state;  // why there is no run
};

using Side = std::map<CellName, SideCell>;

Side cells_of(results::Store& store) {
  Side side;
  for (Run& run : store.runs()) {
    SideCell& cell = side[name_of(run.cell)];
    cell.cell = run.cell;
    if (!run.complete()) {
      if (!cell.run) cell.state = fmt::format("{} of {} predictions", run.stored, run.size);
    } else if (!cell.run || cell.run->finished_at <= run.finished_at) {
      cell.run = std::move(run);
    }
  }
  if (store.plans().empty()) return side;
  const PlanState state = plan_state(store, store.find_plan({}));
  for (const PlannedState& planned : state.cells) {
    SideCell& cell = side[name_of(planned.planned.cell)];
    cell.cell = planned.planned.cell;
    cell.run.reset();
    cell.applicable = planned.state != CellState::kNotApplicable;
    cell.state = planned.describe();
    if (planned.state == CellState::kComplete) cell.run = store.run_of(cell.cell.digest());
  }
  return side;
}

std::map<std::int64_t, results::StoredProtocol> protocols_of(results::Store& store) {
  std::map<std::int64_t, results::StoredProtocol> protocols;
  for (results::StoredProtocol& one : store.protocols()) protocols.emplace(one.key, std::move(one));
  return protocols;
}

class Matcher {
 public:
  Matcher(results::Store& baseline, results::Store& candidate, const GateRules& rules)
      : baseline_(baseline),
        candidate_(candidate),
        rules_(rules),
        baseline_protocols_(protocols_of(baseline)),
        candidate_protocols_(protocols_of(candidate)),
        annotations_(candidate.annotations()) {}

  GateMatch match() {
    const Side before = cells_of(baseline_);
    const Side after = cells_of(candidate_);
    for (const auto& [name, left] : before) {
      if (!left.run) continue;
      const auto right = after.find(name);
      match_cell(left, right == after.end() ? SideCell{.state = "missing"} : right->second);
    }
    for (const auto& [name, right] : after) {
      const auto left = before.find(name);
      if (left == before.end() || !left->second.run) add_new(right);
    }
    if (uncovered_ > 0) {
      match_.notes.push_back(
          fmt::format("{} scores of the baseline are covered by no rule.", uncovered_));
    }
    return std::move(match_);
  }

 private:
  [[nodiscard]] const metrics::Limits* limits_of(const Cell& cell, const MetricScores& one) const {
    if (!rules_.protocols.empty() && !std::ranges::contains(rules_.protocols, one.protocol))
      return nullptr;
    return rules_.limits_of(cell.task, one.metric);
  }

  std::vector<MetricScores> covered(results::Store& store, const Run& run, bool count) {
    const bool left = &store == &baseline_;
    auto all = metric_scores(store, run, left ? baseline_protocols_ : candidate_protocols_);
    const std::size_t size = all.size();
    std::erase_if(all, [&](const auto& one) { return limits_of(run.cell, one) == nullptr; });
    if (count) uncovered_ += size - all.size();
    return all;
  }

  static GateRow row_of(const Cell& cell, GateAnswer answer, std::string reason) {
    return {.subject = {.model = cell.model,
                        .task = cell.task,
                        .dataset = cell.dataset,
                        .split = cell.split,
                        .seed = cell.seed,
                        .protocol = {},
                        .metric = {},
                        .benchmark = {},
                        .unit = {}},
            .answer = answer,
            .reason = std::move(reason),
            .signature = {}};
  }

  void add(const Cell& cell, const MetricScores& one, GateAnswer answer, std::string reason) {
    GateRow row = row_of(cell, answer, std::move(reason));
    row.subject.protocol = one.protocol;
    row.subject.metric = one.metric;
    match_.rows.push_back(std::move(row));
  }

  void add_new(const SideCell& right) {
    if (right.run && !covered(candidate_, *right.run, false).empty())
      match_.rows.push_back(row_of(right.cell, GateAnswer::kNew, "the baseline has no such cell"));
    if (!right.run && right.applicable)
      match_.rows.push_back(row_of(right.cell, GateAnswer::kIncomplete, right.state));
  }

  void match_cell(const SideCell& left, const SideCell& right) {
    const auto before = covered(baseline_, *left.run, true);
    if (!right.run) {
      if (!before.empty())
        match_.rows.push_back(row_of(left.cell, GateAnswer::kIncomplete, right.state));
      return;
    }
    const auto after = covered(candidate_, *right.run, false);
    for (const MetricScores& one : before) {
      const auto same = [&](const MetricScores& other) {
        return other.protocol == one.protocol && other.metric == one.metric;
      };
      const auto other = std::ranges::find_if(after, same);
      if (other == after.end())
        add(left.cell, one, GateAnswer::kIncomplete, "the candidate is not scored so");
      else
        match_score(*left.run, *right.run, one, *other);
    }
    for (const MetricScores& one : after) {
      const bool known = std::ranges::any_of(before, [&](const auto& other) {
        return other.protocol == one.protocol && other.metric == one.metric;
      });
      if (!known) add(right.cell, one, GateAnswer::kNew, "the baseline is not scored so");
    }
  }

  /// Of the metric: the annotation of this very run; else the last one of an earlier run.
  [[nodiscard]] const Annotation* annotation_of(const Run& run, const std::string& metric,
                                                bool this_run) {
    const Annotation* last = nullptr;
    for (const Annotation& one : annotations_) {
      if (one.metric != metric) continue;
      const bool same = one.cell == run.digest && run.predictions == one.predictions;
      if (same != this_run) continue;
      const auto other = candidate_.run_of(one.cell);
      if (!other || name_of(other->cell) != name_of(run.cell)) continue;
      if (last == nullptr || last->made_at <= one.made_at) last = &one;
    }
    return last;
  }

  void match_score(const Run& left, const Run& right, const MetricScores& before,
                   const MetricScores& after) {
    const Annotation* restart = annotation_of(right, before.metric, false);
    const bool older =
        restart != nullptr && restart->cell != left.digest && left.finished_at < restart->made_at;
    if (!older) return compare(baseline_, left, right, before, after, nullptr);
    const auto since = candidate_.run_of(restart->cell);
    const auto scores = covered(candidate_, *since, false);
    const auto scored = std::ranges::find_if(scores, [&](const auto& one) {
      return one.protocol == before.protocol && one.metric == before.metric;
    });
    if (scored == scores.end()) {
      return add(left.cell, before, GateAnswer::kInconclusive,
                 fmt::format("the baseline is older than the expected change of {} ({}), and the "
                             "run that shows it is not scored so",
                             restart->made_at, restart->reason));
    }
    compare(candidate_, *since, right, *scored, after, restart);
  }

  void compare(results::Store& store, const Run& left, const Run& right, const MetricScores& before,
               const MetricScores& after, const Annotation* restart) {
    if (left.examples != right.examples) {
      return add(
          left.cell, before, GateAnswer::kIncomplete,
          fmt::format("other examples: {} and {}, not the same ones", left.size, right.size));
    }
    auto shared = newest_shared(before, after);
    if (!shared) {
      return add(left.cell, before, GateAnswer::kIncomplete,
                 fmt::format("scored otherwise: {}; score the older store again",
                             differing_fields(before.measurements.back().signature_long,
                                              after.measurements.back().signature_long)));
    }
    const auto& [one, other] = *shared;
    if (!one.score->value && !other.score->value)
      return add(left.cell, before, GateAnswer::kPass, "neither has a value: " + one.score->reason);
    if (!one.score->value)
      return add(left.cell, before, GateAnswer::kNew,
                 "the baseline has no value: " + one.score->reason);
    if (!other.score->value)
      return add(left.cell, before, GateAnswer::kIncomplete, other.score->reason);
    keep(store, left, right, *shared, restart);
  }

  void keep(results::Store& store, const Run& left, const Run& right,
            const std::pair<results::Measurement, results::Measurement>& shared,
            const Annotation* restart) {
    const auto& protocols = &store == &baseline_ ? baseline_protocols_ : candidate_protocols_;
    const auto& [one, other] = shared;
    GatedScore score{.row = row_of(left.cell, GateAnswer::kPass, {}),
                     .baseline_store = &store,
                     .candidate_store = &candidate_,
                     .baseline = left,
                     .candidate = right,
                     .protocol = protocols.at(one.protocol_key),
                     .baseline_score = one,
                     .candidate_score = other,
                     .limits = *rules_.limits_of(left.cell.task, one.metric),
                     .expected = {}};
    if (restart != nullptr) {
      score.row.reason =
          fmt::format("compared with run {}: {}, {}", left.id(), restart->made_at, restart->reason);
    }
    if (const Annotation* said = annotation_of(right, one.metric, true)) {
      score.expected = said->reason;
      if (!said->reviewer.empty()) score.expected += fmt::format(" (agreed: {})", said->reviewer);
    }
    score.row.subject.protocol = score.protocol.name;
    score.row.subject.metric = one.metric;
    score.row.higher_is_better = metrics::metric_registry().get(one.metric).higher_is_better;
    score.row.baseline = one.score->value;
    score.row.candidate = other.score->value;
    score.row.baseline_n = one.score->n;
    score.row.candidate_n = other.score->n;
    score.row.signature = other.signature;
    match_.scores.push_back(std::move(score));
  }

  results::Store& baseline_;
  results::Store& candidate_;
  const GateRules& rules_;
  std::map<std::int64_t, results::StoredProtocol> baseline_protocols_;
  std::map<std::int64_t, results::StoredProtocol> candidate_protocols_;
  std::vector<Annotation> annotations_;
  std::size_t uncovered_ = 0;
  GateMatch match_;
};

}  // namespace

GateMatch match_scores(results::Store& baseline, results::Store& candidate,
                       const GateRules& rules) {
  return Matcher(baseline, candidate, rules).match();
}

}  // namespace cupel
