#include "metrics/alignment/ari_metric.h"

#include <algorithm>

#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

class AriMetric final : public PairMetric {
 public:
  AriMetric(AlignedKind kind, std::size_t level) : kind_(kind), level_(level) {}

  [[nodiscard]] std::vector<std::string> statistics() const override {
    std::vector<std::string> names = {"", "n", "shuffled", "rotated"};
    if (kind_ == AlignedKind::kPair) names.emplace_back("rematched");
    return names;
  }
  [[nodiscard]] Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
  [[nodiscard]] std::size_t counted(const StatisticTable& rows) const override {
    return static_cast<std::size_t>(rows.sum()[1]);
  }
  void measure(const Pair& pair, std::span<double> out) const override {
    std::ranges::fill(out, 0.0);
    const SetAgreement& agreement = pair.set_agreement();
    const bool lacks_level = agreement.readable && agreement.levels.size() < level_;
    if (!agreement.counts || lacks_level) return;
    out[1] = 1.0;
    if (!agreement.readable) return;
    const Agreement& own = agreement.levels[level_ - 1][static_cast<std::size_t>(kind_)];
    out[0] = own.found;
    out[2] = own.shuffled;
    out[3] = own.rotated;
    if (kind_ == AlignedKind::kPair) out[4] = own.rematched;
  }

 private:
  AlignedKind kind_;
  std::size_t level_;
};

}  // namespace

std::unique_ptr<PairMetric> make_ari(AlignedKind kind, std::size_t level) {
  return std::make_unique<AriMetric>(kind, level);
}

}  // namespace cupel::metrics
