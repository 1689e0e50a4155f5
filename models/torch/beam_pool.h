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
  BeamPool(std::size_t beams, double length_penalty)
      : beams_(beams), length_penalty_(length_penalty) {}

  /// `sum`: of its logarithms of probabilities; `length`: its tokens without the start token and
  /// the end token, plus one if it has ended.
  void add(std::vector<std::int64_t> tokens, float sum, std::int64_t length) {
    const double score = normalized(sum, length);
    if (ended_.size() == beams_ && score <= worst()) return;
    ended_.push_back({score, std::move(tokens)});
    // Of equally bad ones the first leaves.
    if (ended_.size() > beams_) ended_.erase(std::ranges::min_element(ended_, {}, &Ended::score));
  }

  /// Can no beam that goes on be better? `best_sum` is the best sum of this step.
  [[nodiscard]] bool is_final(float best_sum, std::int64_t length) const {
    return ended_.size() == beams_ && worst() >= normalized(best_sum, length);
  }

  /// Of equally good ones the last. There is one.
  [[nodiscard]] const std::vector<std::int64_t>& best() const {
    const Ended* best = &ended_.front();
    for (const Ended& one : ended_) {
      if (one.score >= best->score) best = &one;
    }
    return best->tokens;
  }

 private:
  struct Ended {
    double score = 0.0;
    std::vector<std::int64_t> tokens;
  };

  [[nodiscard]] double normalized(float sum, std::int64_t length) const {
    return static_cast<double>(sum) / std::pow(static_cast<double>(length), length_penalty_);
  }
  [[nodiscard]] double worst() const {
    return std::ranges::min_element(ended_, {}, &Ended::score)->score;
  }

  std::size_t beams_;
  double length_penalty_;
  std::vector<Ended> ended_;
};

}  // namespace cupel::nn
