/// One token out of a row of logits, and how clear the choice was.
#pragma once

#include <cstdint>
#include <span>

namespace cupel::nn {

struct TokenChoice {
  std::int64_t token = 0;
  /// The difference of scores that another choice would have to make up; infinity: there is none.
  double margin = 0.0;
};

/// The first one with the largest logit.
[[nodiscard]] TokenChoice likeliest(std::span<const float> logits);

/// What may be drawn, as in transformers 4.46.3: temperature first, then top-k, then top-p.
struct Sampling {
  double temperature = 1.0;
  std::int64_t top_k = 0;  ///< only the k likeliest and what ties with the last of them; 0: all
  double top_p = 1.0;  ///< only the fewest likeliest that have this share together, at least one
};

/// A draw from softmax(logits / temperature) among what is allowed: the largest of logit /
/// temperature + g, where g follows Gumbel's distribution (Gumbel 1954) and depends on `key` and
/// the token alone. So what is drawn changes with a rounding only where two scores are next to
/// equal, as in greedy search, and the margin is their difference.
[[nodiscard]] TokenChoice drawn(std::span<const float> logits, const Sampling& sampling,
                                std::uint64_t key);

}  // namespace cupel::nn
