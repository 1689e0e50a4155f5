#include "models/torch/t5.h"

#include <set>

#include <ATen/TensorOperators.h>
#include <ATen/ops/allclose.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/cross_entropy_loss.h>
#include <ATen/ops/rand.h>
#include <c10/core/InferenceMode.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

using test::GoldenT5;

constexpr std::int64_t kIgnored = -100;

at::Tensor shifted(const at::Tensor& labels) {
  const at::Tensor start = at::full({labels.size(0), 1}, kPad, at::kLong);
  return at::cat({start, labels.narrow(1, 0, labels.size(1) - 1).clamp_min(kPad)}, 1);
}

TEST_CASE("Encoder states, logits and loss are those of transformers", "[torch]") {
  GoldenT5 t5;
  const c10::InferenceMode guard;
  const at::Tensor states = t5.encoder(t5.ids, t5.mask, false);
  CHECK(test::relative_difference(states[3][8], test::reals(t5.golden.member("states"))) < 1e-5);
  const at::Tensor labels = test::padded(test::rows(t5.golden.member("targets")), kIgnored);
  const at::Tensor logits = t5.decoder.head(t5.decoder(shifted(labels), states, t5.mask, false));
  CHECK(test::relative_difference(logits[1][2], test::reals(t5.golden.member("first_logits"))) <
        1e-5);
  CHECK(test::relative_difference(logits.select(1, 0).norm(2, -1),
                                  test::reals(t5.golden.member("logits_norm"))) < 1e-5);
  const at::Tensor loss = at::cross_entropy_loss(logits.view({-1, t5.config.vocabulary}),
                                                 labels.view({-1}), {}, 1, kIgnored);
  CHECK(loss.item<double>() == Catch::Approx(t5.golden.member("loss").real).epsilon(1e-6));
}

TEST_CASE("Every bucket of relative positions is that of transformers", "[torch]") {
  GoldenT5 t5;
  const JsonValue& buckets = t5.golden.member("buckets");
  JsonObject both(buckets, t5.origin);
  for (const bool bidirectional : {true, false}) {
    // Distances from -300 to 300: one query at 300, keys 0 to 600.
    const at::Tensor ours = position_buckets(T5Config(), bidirectional, 1, 601, 300);
    const auto theirs = test::integers(both.member(bidirectional ? "true" : "false"));
    CHECK(at::equal(ours.view({-1}), at::tensor(theirs)));
  }
}

TEST_CASE("Pads change nothing of what is not a pad", "[torch]") {
  GoldenT5 t5;
  const c10::InferenceMode guard;
  const at::Tensor together = t5.encoder(t5.ids, t5.mask, false);
  for (std::size_t i = 0; i < t5.inputs.size(); ++i) {
    const at::Tensor alone = test::padded({t5.inputs[i]});
    const at::Tensor states = t5.encoder(alone, alone.ne(kPad), false);
    const at::Tensor part = together[static_cast<std::int64_t>(i)].narrow(0, 0, alone.size(1));
    CHECK(test::relative_difference(part, states[0]) < 1e-5);
  }
}

TEST_CASE("Dropout is off unless training, and changes with every call", "[torch]") {
  GoldenT5 t5;
  const c10::InferenceMode guard;
  CHECK(at::equal(t5.encoder(t5.ids, t5.mask, false), t5.encoder(t5.ids, t5.mask, false)));
  CHECK_FALSE(at::equal(t5.encoder(t5.ids, t5.mask, true), t5.encoder(t5.ids, t5.mask, true)));
}

// Raffel et al. 2020; the sums for base and large agree with a public log of Atomas.
TEST_CASE("The sizes of MolT5 have as many parameters as published", "[torch]") {
  const auto count = [](const char* size) {
    const T5Config config = t5_size(size, kT5Vocabulary).value();
    const std::int64_t inner = config.heads * config.d_kv;
    const std::int64_t attention = 4 * inner * config.d_model;
    const std::int64_t part = 3 * config.d_ff * config.d_model;
    const std::int64_t encoder = config.layers * (attention + part + 2 * config.d_model);
    const std::int64_t decoder = config.layers * (2 * attention + part + 3 * config.d_model);
    const std::int64_t ends = 2 * (config.buckets * config.heads + config.d_model);
    return encoder + decoder + ends + 2 * config.vocabulary * config.d_model;
  };
  CHECK(count("base") == 247'577'856);
  CHECK(count("large") == 783'150'080);
  CHECK(count("small") == 76'961'152);
}

TEST_CASE("A model that is made has the parameters that its shape says, by checkpoint names",
          "[torch]") {
  Parameters parameters;
  const T5Config config = t5_size("tiny", 700).value();
  const Initializer initializer(1);
  const T5Maker maker{config, parameters, initializer};
  const at::Tensor embedding = make_embedding(maker, "molt5.");
  const T5Encoder encoder(maker, "molt5.", embedding);
  const T5Decoder decoder(maker, "molt5.", embedding);
  const std::int64_t attention = 4 * 128 * 128;
  const std::int64_t part = 3 * 256 * 128;
  CHECK(parameters.count() == 2 * (attention + part + 2 * 128) +
                                  2 * (2 * attention + part + 3 * 128) + 2 * (32 * 4 + 128) +
                                  2 * 700 * 128);
  for (const char* name :
       {"molt5.shared.weight", "molt5.lm_head.weight",
        "molt5.encoder.block.1.layer.1.DenseReluDense.wi_0.weight",
        "molt5.decoder.block.1.layer.1.EncDecAttention.q.weight",
        "molt5.decoder.block.0.layer.0.SelfAttention.relative_attention_bias.weight",
        "molt5.decoder.block.1.layer.2.layer_norm.weight", "molt5.encoder.final_layer_norm.weight"})
    CHECK_NOTHROW(parameters.get(name));
  CHECK_THROWS(
      parameters.get("molt5.encoder.block.1.layer.0.SelfAttention.relative_attention_bias.weight"));
}

}  // namespace
}  // namespace cupel::nn
