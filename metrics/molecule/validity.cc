#include "metrics/molecule/validity.h"

#include "metrics/molecule/invalid_rule.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

class Validity final : public MeanMetric {
 public:
  explicit Validity(const Choices& choices)
      : rule_(choices), both_(choices.text("validity-of") == "both") {}

 protected:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    const bool valid = rule_.valid(pair.predicted_molecule()) &&
                       (!both_ || rule_.valid(pair.reference_molecule()));
    return {.value = valid ? 1.0 : 0.0};
  }

 private:
  InvalidRule rule_;
  bool both_;
};

}  // namespace

std::unique_ptr<PairMetric> make_validity(const Choices& choices) {
  return std::make_unique<Validity>(choices);
}

}  // namespace cupel::metrics
