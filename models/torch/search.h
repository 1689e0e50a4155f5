/// How a sequence is chosen, token by token: greedy, beam and sampling, as transformers 4.46.3 does
/// (GenerationMixin._sample, ._beam_search with BeamSearchScorer). Knows nothing of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

/// A decoder with a state for each row; rows are sentences × beams, a sentence's beams together.
class Stepper {
 public:
  virtual ~Stepper() = default;
  /// The next token of each row [rows] -> logits of the one after it [rows, vocabulary].
  [[nodiscard]] virtual at::Tensor step(const at::Tensor& tokens) = 0;
  /// Row i goes on from what row `rows[i]` has seen.
  virtual void choose(const at::Tensor& rows) = 0;
  /// Only these sentences stay, in rising order.
  virtual void keep(const at::Tensor& sentences) = 0;
};

struct SearchOptions {
  std::int64_t beams = 1;         ///< 1: greedy, or sampling
  std::int64_t max_length = 512;  ///< with the start token, as Hugging Face counts
  double length_penalty = 1.0;    ///< a beam's score is its log probability / length^penalty
  bool sample = false;            ///< draw from the softmax; beams must be 1
  double temperature = 1.0;
  std::int64_t top_k = 0;            ///< only among so many; 0: all
  double top_p = 1.0;                ///< only among the fewest that have this share
  std::uint64_t seed = 0;            ///< of the draws; each sentence has its own sequence of them
  std::int64_t first = 0;            ///< the number of the first sentence, for its draws
  std::function<void()> check = {};  ///< called once a step; may throw
};

/// Token ids of each sentence, without the start token, with the end token unless the length ran
/// out.
using Sequences = std::vector<std::vector<std::int64_t>>;

/// `sentences` is what the stepper was made for.
[[nodiscard]] Sequences search(Stepper& stepper, std::int64_t sentences,
                               const SearchOptions& options);

}  // namespace cupel::nn
