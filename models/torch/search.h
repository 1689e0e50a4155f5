/// How a sequence is chosen, token by token: greedy, beam and sampling, as transformers 4.46.3 does
/// (GenerationMixin._sample, ._beam_search with BeamSearchScorer). Knows nothing of the model.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/sampling.h"

namespace cupel::nn {

/// A decoder with a state for each row; rows are sentences × beams, a sentence's beams together. It
/// is told numbers on the CPU, and may answer from any device and in any precision.
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
  std::optional<Sampling> sampling = {};  ///< draw each token; beams must be 1
  std::vector<std::uint64_t> seeds = {};  ///< of the draws: one a sentence
  std::function<void()> check = {};       ///< called once a step; may throw
};

/// Token ids of each sentence, without the start token, with the end token unless the length ran
/// out.
using Sequences = std::vector<std::vector<std::int64_t>>;

/// By sentence.
struct Found {
  Sequences tokens;
  /// Natural logarithm of what the model gives the whole output: its softmax without temperature.
  std::vector<double> log_probabilities;
  /// The smallest difference of scores that decided something: greedy, between the two likeliest
  /// tokens of a step; drawn, see drawn(); beams, between those that stay and those that fall out,
  /// of a step and of the ended ones. Infinity: nothing was to decide. What changes scores by less
  /// than half of it changes no token.
  std::vector<double> margins;
};

/// `sentences` is what the stepper was made for.
[[nodiscard]] Found search(Stepper& stepper, std::int64_t sentences, const SearchOptions& options);

}  // namespace cupel::nn
