#include "metrics/classification/roc_auc.h"

namespace cupel::metrics {

double RocAuc::score_groups(std::span<const Group> groups, std::uint64_t positives,
                            std::uint64_t negatives) const {
  std::uint64_t below = negatives;
  std::uint64_t twice_won = 0;  // in halves, so that it stays exact
  for (const Group& group : groups) {
    below -= group.negatives;
    twice_won += group.positives * (2 * below + group.negatives);
  }
  return static_cast<double>(twice_won) / 2.0 /
         (static_cast<double>(positives) * static_cast<double>(negatives));
}

}  // namespace cupel::metrics
