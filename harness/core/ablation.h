/// What each switch of an experiment does: the variants of a plan against one of them, before
/// anybody prints it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/core/comparison.h"

namespace cupel {

struct AblationOptions {
  std::string plan;         ///< by id or name; empty: the one made last
  std::string reference;    ///< a variant; empty: chosen, see choose_reference
  std::string task;         ///< empty: all of the plan
  ComparisonOptions tests;  ///< `top` means nothing here
};

/// One model of a plan, and its switch: what differs between the reference and it.
struct AblationVariant {
  std::string name;
  /// Each setting once, whatever number of stages and tasks have it. `part` is "model" (its name,
  /// version and files), "stages" (what it is trained on) or "option".
  std::vector<SettingDifference> settings;
  bool known =
      true;  ///< otherwise the settings of a stage are not in the store, as nobody began it
};

/// The same seed with the reference and with the variant. A model without a seed answers alike with
/// every one.
struct AblationSeed {
  std::optional<std::int64_t> seed;  ///< absent: neither model has one
  std::string reference_run;
  std::string variant_run;
  std::optional<double> reference;
  std::optional<double> variant;
  std::size_t reference_n = 0;  ///< examples in the denominator
  std::size_t variant_n = 0;
};

/// A difference is variant − reference, the mean over seeds.
struct AblationEffect {
  double value = 0.0;
  double low = 0.0;
  double high = 0.0;
  double p = 1.0;
  double p_holm = 1.0;  ///< adjusted over the family: the variants beside it
  // Of several seeds, see metrics/significance/over_seeds.h; 0 for one seed:
  double of_seeds = 0.0;     ///< part of the variance
  double of_examples = 0.0;  ///< part of the variance
};

/// One variant under one metric.
struct AblationRow {
  std::size_t variant = 0;  ///< its place in Ablation::variants
  std::string task;
  std::string dataset;
  std::string split;
  std::string protocol;
  std::string metric;
  bool higher_is_better = true;
  std::size_t examples = 0;
  std::vector<AblationSeed> seeds;
  std::size_t seeds_planned = 0;
  std::optional<AblationEffect> effect;
  std::string reason;  ///< why there is no effect; empty when there is one
  Verdict verdict = Verdict::kUnclear;
  std::string signature;
  std::string signature_long;
};

/// A cell of the plan, or scores of it, that no effect stands on.
struct AblationGap {
  std::string variant;
  std::string task;
  std::string dataset;
  std::string split;
  std::optional<std::int64_t> seed;
  std::string reason;
  bool incomplete = true;  ///< something is to be done about it
};

struct Ablation {
  std::string plan;  ///< its id
  std::string plan_name;
  std::string reference;
  std::string why;                        ///< it is the reference
  std::vector<AblationVariant> variants;  ///< the others, in the plan's order
  /// By task and data set in the plan's order, then by protocol and metric in that of their first
  /// use, then by variant.
  std::vector<AblationRow> rows;
  std::vector<AblationGap> gaps;
  AblationOptions options;
};

}  // namespace cupel
