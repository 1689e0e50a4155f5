#include "harness/run/ablation.h"

#include <algorithm>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/run/ablation_cells.h"
#include "harness/run/paired_examples.h"
#include "harness/run/plan_variants.h"
#include "metrics/builtin.h"
#include "metrics/significance/holm.h"

namespace cupel {
namespace {

AblationGap gap(const PlannedState& cell, const std::string& reason, bool incomplete = true) {
  const results::Cell& planned = cell.planned.cell;
  return {.variant = planned.model,
          .task = planned.task,
          .dataset = planned.dataset,
          .split = planned.split,
          .seed = planned.seed,
          .reason = reason,
          .incomplete = incomplete};
}

/// Names of reference and variants.
Ablation begin(results::Store& store, const results::StoredPlan& plan,
               const AblationOptions& options) {
  const std::vector<PlanVariant> variants = plan_variants(store, plan);
  const ChosenReference chosen = choose_reference(variants, options.reference);
  const PlanVariant& reference = variants[chosen.place];
  Ablation ablation{.plan = plan.id(),
                    .plan_name = plan.name,
                    .reference = reference.name,
                    .why = chosen.why,
                    .variants = {},
                    .rows = {},
                    .gaps = {},
                    .options = options};
  for (const PlanVariant& one : variants) {
    if (one.name == reference.name) continue;
    ablation.variants.push_back({.name = one.name,
                                 .settings = switch_between(reference, one),
                                 .known = one.known && reference.known});
  }
  return ablation;
}

void check_name(const std::string& what, const std::string& name,
                const std::vector<std::string>& known) {
  if (name.empty() || std::ranges::contains(known, name)) return;
  throw Error(Code::kUsage, fmt::format("{} '{}'", what, name), suggest(name, known));
}

void check_task(const results::StoredPlan& plan, const std::string& task) {
  std::vector<std::string> known;
  for (const results::PlannedCell& one : plan.cells) {
    if (!std::ranges::contains(known, one.cell.task)) known.push_back(one.cell.task);
  }
  check_name("the plan has no task", task, known);
}

/// A store that has no score yet refuses no name: all of its cells are gaps.
void check_scores(const std::vector<AblationGroup>& groups, const ComparisonOptions& tests) {
  std::vector<std::string> protocols;
  std::vector<std::string> metrics;
  for (const AblationGroup& group : groups) {
    for (const auto& [protocol, metric] : metrics_in(group)) {
      if (!std::ranges::contains(protocols, protocol)) protocols.push_back(protocol);
      if (!std::ranges::contains(metrics, metric)) metrics.push_back(metric);
    }
  }
  for (const std::string& metric : tests.metrics) {
    static_cast<void>(metrics::metric_registry().get(metric));
    if (!metrics.empty())
      check_name("no cell of the plan is scored by the metric", metric, metrics);
  }
  if (!protocols.empty())
    check_name("no cell of the plan is scored under the protocol", tests.protocol, protocols);
}

/// Cells that are not complete, or lack some of the scores that others have.
void add_gaps(const results::Store& store, const AblationGroup& group,
              const std::vector<WantedMetric>& wanted, std::vector<AblationGap>& gaps) {
  for (const PlannedState* cell : group.cells) {
    if (cell->state != CellState::kComplete)
      gaps.push_back(gap(*cell, cell->describe(), cell->state != CellState::kNotApplicable));
  }
  for (const auto& [name, side] : group.sides) {
    for (const auto& [seed, done] : side.done) {
      const std::string command =
          fmt::format("cupel score --store {} --run {}", store.path().string(), done.run.id());
      if (done.scores.empty()) {
        gaps.push_back(gap(*done.cell, "not scored; see: " + command));
        continue;
      }
      std::map<std::string, std::vector<std::string>> missing;  // metrics by protocol
      for (const WantedMetric& one : wanted) {
        if (done.measured(one) == nullptr) missing[one.first].push_back(one.second);
      }
      for (const auto& [protocol, metrics] : missing) {
        gaps.push_back(
            gap(*done.cell, fmt::format("{} not scored under {}; see: {} --protocol {}",
                                        fmt::join(metrics, ", "), protocol, command, protocol)));
      }
    }
  }
}

/// The order in which examples are resampled. Runs on other examples than the reference's are taken
/// out.
std::vector<std::uint32_t> order_examples(results::Store& store, const AblationSide& reference,
                                          AblationGroup& group, std::vector<AblationGap>& gaps) {
  if (reference.done.empty()) return {};
  const results::Run first = reference.done.begin()->second.run;
  for (auto& [name, side] : group.sides) {
    std::erase_if(side.done, [&](const auto& one) {
      if (one.second.run.examples == first.examples) return false;
      gaps.push_back(gap(*one.second.cell, "its examples are not those of run " + first.id()));
      return true;
    });
  }
  return digest_order(store, first);
}

class GroupAblation {
 public:
  GroupAblation(results::Store& store, const Protocols& protocols, AblationGroup& group,
                Ablation& ablation)
      : store_(store), protocols_(protocols), group_(group), ablation_(ablation) {}

  void add() {
    std::vector<WantedMetric> wanted = metrics_in(group_);
    const ComparisonOptions& tests = ablation_.options.tests;
    std::erase_if(wanted, [&](const WantedMetric& one) {
      return (!tests.protocol.empty() && tests.protocol != one.first) ||
             (!tests.metrics.empty() && !std::ranges::contains(tests.metrics, one.second));
    });
    add_gaps(store_, group_, wanted, ablation_.gaps);
    const auto reference = group_.sides.find(ablation_.reference);
    if (reference == group_.sides.end()) return;  // it cannot do the task
    order_ = order_examples(store_, reference->second, group_, ablation_.gaps);
    std::vector<std::vector<AblationRow>> by_variant;
    for (std::size_t v = 0; v < ablation_.variants.size(); ++v) {
      const auto side = group_.sides.find(ablation_.variants[v].name);
      if (side == group_.sides.end()) continue;
      auto& rows = by_variant.emplace_back(rows_of(v, wanted));
      fill(reference->second, side->second, wanted, rows);
    }
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      for (auto& rows : by_variant) ablation_.rows.push_back(std::move(rows[w]));
    }
  }

 private:
  [[nodiscard]] std::vector<AblationRow> rows_of(std::size_t variant,
                                                 const std::vector<WantedMetric>& wanted) const {
    const results::Cell& cell = group_.cells.front()->planned.cell;
    std::vector<AblationRow> rows;
    for (const auto& [protocol, metric] : wanted) {
      const bool higher = metrics::metric_registry().get(metric).higher_is_better;
      rows.push_back({.variant = variant,
                      .task = cell.task,
                      .dataset = cell.dataset,
                      .split = cell.split,
                      .protocol = protocol,
                      .metric = metric,
                      .higher_is_better = higher});
    }
    return rows;
  }

  void fill(const AblationSide& reference, const AblationSide& variant,
            const std::vector<WantedMetric>& wanted, std::span<AblationRow> rows) {
    std::vector<SwitchedMetric> metrics;
    for (std::size_t w = 0; w < wanted.size(); ++w) {
      MeasuredPairs found = measured_pairs(reference, variant, wanted[w]);
      rows[w].seeds_planned = reference.pairs_planned(variant);
      rows[w].reason = found.reason;
      for (const auto& [done, sentence] : found.differing)
        ablation_.gaps.push_back(gap(*done->cell, sentence));
      if (!found.pairs.empty()) {
        metrics.push_back({.protocol = protocols_.at(found.pairs.front().reference.protocol_key),
                           .pairs = std::move(found.pairs),
                           .row = &rows[w]});
      }
      // Statistics of one protocol at a time are in memory.
      const bool last = w + 1 == wanted.size() || wanted[w + 1].first != wanted[w].first;
      if (!last) continue;
      add_effects(store_, metrics, order_, ablation_.options.tests);
      metrics.clear();
    }
  }

  results::Store& store_;
  const Protocols& protocols_;
  AblationGroup& group_;
  Ablation& ablation_;
  std::vector<std::uint32_t> order_;
};

/// `rows` are a family: all variants under one task, data set, protocol and metric.
void adjust(std::span<AblationRow> rows, double confidence) {
  const double limit = 1.0 - confidence + 1e-12;  // 1 − 0.95 is a little more than 0.05 in binary
  std::vector<double> p;
  for (const AblationRow& row : rows) {
    if (row.effect) p.push_back(row.effect->p);
  }
  const auto adjusted = metrics::holm_adjusted(p);
  auto next = adjusted.begin();
  for (AblationRow& row : rows) {
    if (!row.effect) continue;
    row.effect->p_holm = *next++;
    if (row.effect->p_holm > limit) continue;
    const bool better = (row.effect->value > 0.0) == row.higher_is_better;
    row.verdict = better ? Verdict::kBetter : Verdict::kWorse;
  }
}

void adjust_families(std::vector<AblationRow>& rows, double confidence) {
  const auto family = [](const AblationRow& row) {
    return std::tie(row.task, row.dataset, row.split, row.protocol, row.metric);
  };
  for (auto first = rows.begin(); first != rows.end();) {
    const auto last = std::find_if(
        first, rows.end(), [&](const AblationRow& row) { return family(row) != family(*first); });
    adjust(std::span(first, last), confidence);
    first = last;
  }
}

}  // namespace

Ablation ablate(results::Store& store, const AblationOptions& options) {
  const results::StoredPlan plan = store.find_plan(options.plan);
  Ablation ablation = begin(store, plan, options);
  check_task(plan, options.task);
  Protocols protocols;
  for (results::StoredProtocol& one : store.protocols()) protocols.emplace(one.key, std::move(one));
  const PlanState state = plan_state(store, plan);
  std::vector<AblationGroup> groups = ablation_groups(store, state, options.task, protocols);
  check_scores(groups, options.tests);
  for (AblationGroup& group : groups) GroupAblation(store, protocols, group, ablation).add();
  adjust_families(ablation.rows, options.tests.confidence);
  return ablation;
}

}  // namespace cupel
