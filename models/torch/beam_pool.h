/// The ended beams of one sentence, the best few: transformers 4.46.3's BeamHypotheses with
/// early_stopping False.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <utility>
#include <vector>

namespace cupel::nn {

class BeamPool {
 public:
  struct Ended {
    double score = 0.0;
    float sum = 0.0F;  ///< of its logarithms of probabilities
    std::vector<std::int64_t> tokens;
  };

  BeamPool(std::size_t beams, double length_penalty)
      : beams_(beams), length_penalty_(length_penalty) {}

  /// `length`: its tokens without the start token and the end token, plus one if it has ended.
  void add(std::vector<std::int64_t> tokens, float sum, std::int64_t length) {
    const double score = normalized(sum, length);
    if (ended_.size() == beams_ && score <= worst()) return decide(worst() - score);
    ended_.push_back({score, sum, std::move(tokens)});
    if (ended_.size() <= beams_) return;
    // Of equally bad ones the first leaves.
    const auto leaving = std::ranges::min_element(ended_, {}, &Ended::score);
    const double left = leaving->score;
    ended_.erase(leaving);
    decide(worst() - left);
  }

  /// Can no beam that goes on be better? `best_sum` is the best sum of this step.
  [[nodiscard]] bool is_final(float best_sum, std::int64_t length) {
    if (ended_.size() < beams_) return false;
    const double ahead = worst() - normalized(best_sum, length);
    decide(std::abs(ahead));
    return ahead >= 0.0;
  }

  /// Of equally good ones the last. There is one.
  [[nodiscard]] const Ended& best() const {
    const Ended* best = &ended_.front();
    for (const Ended& one : ended_) {
      if (one.score >= best->score) best = &one;
    }
    return *best;
  }

  /// The smallest difference of scores that decided something here, the best one's to the others
  /// among them; infinity: nothing was to decide.
  [[nodiscard]] double margin() const {
    double margin = margin_;
    const Ended& first = best();
    for (const Ended& one : ended_) {
      if (&one != &first) margin = std::min(margin, first.score - one.score);
    }
    return margin;
  }

 private:
  void decide(double difference) { margin_ = std::min(margin_, difference); }
  [[nodiscard]] double normalized(float sum, std::int64_t length) const {
    return static_cast<double>(sum) / std::pow(static_cast<double>(length), length_penalty_);
  }
  [[nodiscard]] double worst() const {
    return std::ranges::min_element(ended_, {}, &Ended::score)->score;
  }

  std::size_t beams_;
  double length_penalty_;
  double margin_ = std::numeric_limits<double>::infinity();
  std::vector<Ended> ended_;
};

}  // namespace cupel::nn
