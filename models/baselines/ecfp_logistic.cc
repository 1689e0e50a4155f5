#include "models/baselines/ecfp_logistic.h"

#include <cmath>
#include <memory>
#include <stdexcept>

#include <linear.h>

#include "models/baselines/set_bits.h"

namespace cupel::models {
namespace {

// liblinear's sparse rows: numbered from 1, the intercept last, closed by −1.
class Rows {
 public:
  Rows(const LabelRows& rows, std::size_t bits) {
    std::vector<std::size_t> begins;
    const auto intercept = static_cast<int>(bits) + 1;
    for (const chem::BitFingerprint* molecule : rows.molecules) {
      begins.push_back(nodes_.size());
      for_each_set_bit(*molecule, [this](std::size_t bit) {
        nodes_.push_back({.index = static_cast<int>(bit) + 1, .value = 1.0});
      });
      nodes_.push_back({.index = intercept, .value = 1.0});
      nodes_.push_back({.index = -1, .value = 0.0});
    }
    for (const std::size_t begin : begins) starts_.push_back(&nodes_[begin]);
    // Targets 1 and −1 keep the sign of the weights, whichever comes first.
    for (const std::int8_t positive : rows.positive) targets_.push_back(positive == 1 ? 1.0 : -1.0);
    problem_ = {.l = static_cast<int>(starts_.size()),
                .n = intercept,
                .y = targets_.data(),
                .x = starts_.data(),
                .bias = 1.0};
  }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  [[nodiscard]] const problem& get() const { return problem_; }

 private:
  std::vector<feature_node> nodes_;
  std::vector<feature_node*> starts_;
  std::vector<double> targets_;
  problem problem_{};
};

std::vector<double> fit_weights(const LabelRows& rows, std::size_t bits, double c) {
  const Rows sparse(rows, bits);
  const parameter settings{.solver_type = L2R_LR, .eps = 1e-4, .C = c};
  if (const char* fault = check_parameter(&sparse.get(), &settings))
    throw std::logic_error(fault);  // the options' bounds exclude it
  const auto release = [](model* fitted) { free_and_destroy_model(&fitted); };
  const std::unique_ptr<model, decltype(release)> fitted(::train(&sparse.get(), &settings));
  return {fitted->w, fitted->w + bits + 1};
}

}  // namespace

void EcfpLogistic::train(std::span<const LabelRows> questions, std::size_t labels,
                         std::uint64_t /*seed*/, const Work& work, Share share) {
  // liblinear reports each iteration on stdout unless told otherwise, for the whole process.
  [[maybe_unused]] static const bool silent = [] {
    set_print_string_function([](const char*) {});
    return true;
  }();
  weights_.assign(labels, {});
  run_steps(questions.size(), work, share, [&](std::size_t i) {
    weights_[questions[i].label] = fit_weights(questions[i], bits(), c_);
  });
}

double EcfpLogistic::probability(std::size_t label, const chem::BitFingerprint& molecule) const {
  const std::vector<double>& weights = weights_[label];
  double sum = weights.back();
  for_each_set_bit(molecule, [&](std::size_t bit) { sum += weights[bit]; });
  return 1.0 / (1.0 + std::exp(-sum));
}

}  // namespace cupel::models
