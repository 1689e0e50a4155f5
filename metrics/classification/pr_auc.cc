#include "metrics/classification/pr_auc.h"

namespace cupel::metrics {
namespace {

/// Calls `add(positives of the group, precision at its end)` for each group.
template <typename Groups, typename Add>
void walk(const Groups& groups, const Add& add) {
  std::uint64_t positives = 0;
  std::uint64_t predicted = 0;
  for (const auto& group : groups) {
    positives += group.positives;
    predicted += group.positives + group.negatives;
    add(static_cast<double>(group.positives),
        static_cast<double>(positives) / static_cast<double>(predicted));
  }
}

}  // namespace

double AveragePrecision::score_groups(std::span<const Group> groups, std::uint64_t positives,
                                      std::uint64_t /*negatives*/) const {
  double area = 0.0;
  walk(groups, [&](double found, double precision) { area += found * precision; });
  return area / static_cast<double>(positives);
}

double TrapezoidPrAuc::score_groups(std::span<const Group> groups, std::uint64_t positives,
                                    std::uint64_t /*negatives*/) const {
  double area = 0.0;
  double before = 1.0;
  walk(groups, [&](double found, double precision) {
    area += found * (before + precision) / 2.0;
    before = precision;
  });
  return area / static_cast<double>(positives);
}

}  // namespace cupel::metrics
