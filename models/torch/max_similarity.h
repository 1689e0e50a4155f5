/// The largest similarity of each token to each example of the other side.
#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

namespace cupel::nn {

/// The real tokens of all examples, one below the other.
struct Packed {
  at::Tensor rows;                    ///< float [Σ lengths, d]
  std::vector<std::int64_t> lengths;  ///< of each example; none is 0
};

struct MaxSimilarity {
  at::Tensor left;  ///< [left tokens, right examples]: max_j <left_i, right_j> over j in an example
  at::Tensor
      right;  ///< [left examples, right tokens]: max_i <left_i, right_j> over i in an example
};

/// Differentiable; of equal similarities the gradient goes to one. Never holds more than the
/// products of one left example with all right tokens; backward has the places of the maxima and
/// makes such a strip anew from them.
[[nodiscard]] MaxSimilarity max_similarity(const Packed& left, const Packed& right);

}  // namespace cupel::nn
