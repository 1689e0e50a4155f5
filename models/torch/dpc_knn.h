/// Clusters of tokens by density peaks.
#pragma once

#include <ATen/core/Tensor.h>

#include "models/torch/atomas_options.h"
#include "models/torch/tokens.h"

namespace cupel::nn {

struct Clusters {
  at::Tensor index;    ///< int64 [G, N], the cluster of each token; of a pad: any
  at::Tensor centres;  ///< int64 [G, M], the token at the centre of each cluster
  at::Tensor count;    ///< int64 [G], clusters of each example; those from there on are not used
};

/// Density peaks with k nearest neighbours (Du, Ding and Jia 2016; in the released code
/// `cluster_dpc_knn`), without a gradient. With D_ij = |x_i − x_j| / √d:
///     density_i = exp(−mean of the squares of the k smallest D_i·, itself included) + 1e-6 noise_i
///     δ_i       = min D_ij over the tokens that are denser, or the largest D of the example
/// The M tokens with the largest density · δ are the centres, in this order (of equals the first);
/// a token belongs to the nearest centre (of equals the first), and a centre to itself.
///
/// M is max(⌈ratio N⌉, 1) for the longest example, `count` the same for each by
/// options.cluster_count. `noise` [G, N] is U(0, 1), or undefined for none: then equal densities
/// are ordered by index.
[[nodiscard]] Clusters dpc_knn(const Tokens& tokens, double ratio, const at::Tensor& noise,
                               const AtomasOptions& options);

}  // namespace cupel::nn
