/// The models of a plan by what they are made of, from the configurations that the store keeps.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

#include "harness/core/ablation.h"
#include "harness/run/setting_difference.h"
#include "results/store.h"

namespace cupel {

struct PlanVariant {
  std::string name;
  /// Where a setting counts ("captioning on chebi-20", "stage pretraining on pubchemstm-distill")
  /// -> the settings there: options by their names, the model's own facts behind "model ".
  std::map<std::string, FlatSettings> places;
  FlatSettings stages;  ///< task on data set -> the stages behind its answers, in one line
  bool known =
      true;  ///< all stages of its applicable cells are in the store, for one seed at least
};

/// In the order in which the plan has them. Data sets, seeds and versions of RDKit are of the cell,
/// and no setting of a variant.
[[nodiscard]] std::vector<PlanVariant> plan_variants(results::Store& store,
                                                     const results::StoredPlan& plan);

/// What differs between two variants, each setting once, see AblationVariant::settings. Places that
/// only one of them has do not count: that the stages differ says it. Between different models an
/// option that one of them has not is part of that difference, and does not count either.
[[nodiscard]] std::vector<SettingDifference> switch_between(const PlanVariant& reference,
                                                            const PlanVariant& variant);

struct ChosenReference {
  std::size_t place = 0;  ///< among the variants
  std::string why;
};

/// The variant called `name`; without a name the one that differs from the most others in exactly
/// one setting, of several the first. Throws Error{kUsage}: there is no such variant, or there is
/// only one.
[[nodiscard]] ChosenReference choose_reference(const std::vector<PlanVariant>& variants,
                                               const std::string& name);

}  // namespace cupel
