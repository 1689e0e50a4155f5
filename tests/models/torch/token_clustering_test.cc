#include "models/torch/token_clustering.h"

#include <string>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"

namespace cupel::nn {
namespace {

constexpr std::int64_t kWidth = 16;

at::Tensor mask(const std::vector<std::int64_t>& lengths, std::int64_t slots) {
  return at::arange(slots).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

at::Tensor random_states(std::int64_t group, std::int64_t slots) {
  return Initializer(11).normal("states", {group, slots, kWidth}, 1.0);
}

TEST_CASE("A merged token is the weighted mean of its cluster", "[torch]") {
  Parameters parameters;
  const TokenMerging merging(parameters, Initializer(12), "t_ctm1", kWidth, 0.25, released_code());
  const Tokens tokens{random_states(2, 12), mask({12, 7}, 12)};
  const auto found = merging(tokens, {});
  const at::Tensor weight = found.score.exp();
  REQUIRE(found.merged.states.sizes() == at::IntArrayRef({2, 3, kWidth}));
  CHECK_FALSE(found.merged.valid.defined());
  for (std::int64_t g = 0; g < 2; ++g) {
    for (std::int64_t m = 0; m < 3; ++m) {
      const at::Tensor member = (found.clusters.index[g] == m) * weight[g];
      const at::Tensor mean =
          (found.source[g] * member.unsqueeze(1)).sum(0) / (member.sum() + 1e-6);
      CHECK((found.merged.states[g][m] - mean).abs().max().item<double>() < 1e-6);
    }
  }
  CHECK(found.score[1].narrow(0, 7, 5).isinf().all().item<bool>());
}

TEST_CASE("A cluster of pads alone is a pad when asked", "[torch]") {
  Parameters parameters;
  AtomasOptions options = released_code();
  options.cluster_mask = true;
  const TokenMerging merging(parameters, Initializer(12), "t_ctm1", kWidth, 0.25, options);
  const auto found = merging({random_states(2, 12), mask({12, 2}, 12)}, {});
  CHECK(found.merged.valid.sum().item<std::int64_t>() == 3 + 2);
  CHECK(found.merged.states[1][2].eq(0).all().item<bool>());
}

TEST_CASE("Large scores overflow unless the largest is subtracted", "[torch]") {
  for (const bool stable : {false, true}) {
    Parameters parameters;
    AtomasOptions options = released_code();
    options.stable_exp = stable;
    const TokenMerging merging(parameters, Initializer(12), "t_ctm1", kWidth, 0.25, options);
    {
      const at::NoGradGuard guard;
      parameters.get("t_ctm1.score.bias").fill_(200.0);
    }
    const auto found = merging({random_states(1, 12), {}}, {});
    CHECK(found.merged.states.isfinite().all().item<bool>() == stable);
  }
}

TEST_CASE("A masked convolution does not see pads", "[torch]") {
  for (const bool masked : {false, true}) {
    Parameters parameters;
    AtomasOptions options = released_code();
    options.masked_convolution = masked;
    const TokenMerging merging(parameters, Initializer(12), "t_ctm1", kWidth, 0.25, options);
    const at::Tensor states = random_states(1, 12);
    at::Tensor other = states.clone();
    other[0].narrow(0, 7, 5).mul_(3);
    const at::Tensor valid = mask({7}, 12);
    const at::Tensor change =
        (merging({states, valid}, {}).source - merging({other, valid}, {}).source)[0]
            .narrow(0, 0, 7)
            .abs()
            .amax(1);
    CHECK(change.narrow(0, 0, 6).eq(0).all().item<bool>());
    CHECK(change[6].eq(0).item<bool>() == masked);
  }
}

TEST_CASE("With value weights of 0 the attention adds its bias to the merged tokens", "[torch]") {
  Parameters parameters;
  const TokenMerging merging(parameters, Initializer(12), "t_ctm1", kWidth, 0.25, released_code());
  const MergedAttention attention(parameters, Initializer(12), "t_block1", kWidth, 8);
  {
    const at::NoGradGuard guard;
    parameters.get("t_block1.attn.kv.weight").narrow(0, kWidth, kWidth).zero_();
    parameters.get("t_block1.attn.proj.bias").fill_(0.5);
  }
  const auto merged = merging({random_states(2, 12), mask({12, 5}, 12)}, {});
  CHECK((attention(merged) - merged.merged.states - 0.5).abs().max().item<double>() < 1e-6);
}

TEST_CASE("Heads that do not divide the width are refused", "[torch]") {
  Parameters parameters;
  try {
    const MergedAttention attention(parameters, Initializer(12), "t_block1", 20, 8);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    CHECK(std::string(error.what()) == "8 heads of the alignment do not divide a width of 20");
  }
}

}  // namespace
}  // namespace cupel::nn
