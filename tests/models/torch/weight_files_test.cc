#include "models/torch/weight_files.h"

#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "harness/core/error.h"
#include "models/torch/atomas_network.h"
#include "models/torch/foreign_weights.h"
#include "tests/support/paths.h"

namespace cupel::nn {
namespace {

NetworkOptions small_options() {
  NetworkOptions options;
  options.t5 = {.vocabulary = 12, .d_model = 8, .d_ff = 8, .d_kv = 2, .heads = 2, .layers = 1};
  options.alignment = strict();
  options.alignment.queue_size = 4;
  return options;
}

TEST_CASE("What is saved is loaded, bit for bit", "[torch]") {
  const cupel::test::TempDir scratch;
  const AtomasNetwork first(small_options(), 1);
  AtomasNetwork second(small_options(), 2);
  save_parameters(first.parameters(), scratch / "w.safetensors", {}, {{"steps", "7"}});
  const auto file = models::TensorFile::open(scratch / "w.safetensors");
  CHECK(file.metadata().at("steps") == "7");
  load_parameters(second.parameters(), file);
  for (std::size_t i = 0; i < first.parameters().all().size(); ++i)
    CHECK(at::equal(first.parameters().all()[i].tensor, second.parameters().all()[i].tensor));
}

TEST_CASE("What is left out may be lacking, and nothing else", "[torch]") {
  const cupel::test::TempDir scratch;
  Parameters saved;
  saved.add("a", at::tensor({1.0, 2.0}).to(at::kFloat));
  saved.add_state("adam.a", at::tensor({3.0}).to(at::kFloat));
  save_parameters(saved, scratch / "w.safetensors", {"adam."}, {});
  const auto file = models::TensorFile::open(scratch / "w.safetensors");
  CHECK(file.tensors().size() == 1);
  Parameters loaded;
  const at::Tensor a = loaded.add("a", at::zeros({2}));
  const at::Tensor moment = loaded.add_state("adam.a", at::zeros({1}));
  CHECK_THROWS_AS(load_parameters(loaded, file), Error);
  load_parameters(loaded, file, {.may_lack = {"adam."}});
  CHECK(a[1].item<double>() == 2.0);
  CHECK(moment.item<double>() == 0.0);
}

TEST_CASE("A T5 checkpoint goes to every encoder and to the momentum copy", "[torch]") {
  const cupel::test::TempDir scratch;
  const T5Config config = small_options().t5;
  Parameters t5;
  const Initializer random(9);
  const T5Maker maker{config, t5, random};
  const at::Tensor embedding = make_embedding(maker, "");
  const T5Encoder encoder(maker, "", embedding);
  const T5Decoder decoder(maker, "", embedding);
  save_parameters(t5, scratch / "t5.safetensors", {}, {});
  NetworkOptions options = small_options();
  options.unified = false;
  AtomasNetwork network(options, 1);
  load_foreign_weights(network, scratch / "t5.safetensors", "");
  for (const char* prefix : {"molt5.", "molt5_m."}) {
    const auto is = [&](const std::string& ours, const char* theirs) {
      return at::equal(network.parameters().get(prefix + ours), t5.get(theirs));
    };
    CHECK(is("lm_head.weight", "lm_head.weight"));
    CHECK(is("shared.weight", "shared.weight"));
    CHECK(is("smiles.shared.weight", "shared.weight"));
    CHECK(is("smiles.encoder.block.0.layer.1.DenseReluDense.wo.weight",
             "encoder.block.0.layer.1.DenseReluDense.wo.weight"));
  }
}

TEST_CASE("Weights with another digest than the one named are refused", "[torch]") {
  const cupel::test::TempDir scratch;
  AtomasNetwork network(small_options(), 1);
  save_parameters(network.parameters(), scratch / "w.safetensors", {}, {});
  const std::string digest = models::TensorFile::open(scratch / "w.safetensors").digest();
  CHECK_NOTHROW(load_foreign_weights(network, scratch / "w.safetensors", digest));
  try {
    load_foreign_weights(network, scratch / "w.safetensors", std::string(64, '0'));
    FAIL("it was loaded");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kIntegrity);
    CHECK(std::string(error.what()).contains(digest));
  }
}

}  // namespace
}  // namespace cupel::nn
