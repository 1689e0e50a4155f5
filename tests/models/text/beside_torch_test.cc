// In a program that links LibTorch, and with it another protobuf library than sentencepiece's.
#include <ATen/ops/ones.h>
#include <catch2/catch_test_macros.hpp>

#include "models/text/t5_vocabulary.h"
#include "models/text/unigram_training.h"

namespace cupel {
namespace {

TEST_CASE("vocabularies are trained and opened again and again beside LibTorch", "[torch]") {
#ifdef __SANITIZE_ADDRESS__
  SKIP("needs a build without AddressSanitizer, which has no second link-map namespace");
#endif
  CHECK(at::ones({3}).sum().item<float>() == 3.0F);
  const std::vector<std::string> texts = {"an acid and a base", "a base and an acid"};
  for (int times = 0; times < 20; ++times) {
    const std::string model = train_unigram(CUPEL_SENTENCEPIECE_MODULE, texts, 30);
    const T5Vocabulary vocabulary(CUPEL_SENTENCEPIECE_MODULE, model, 0);
    CHECK(vocabulary.decode(vocabulary.encode("a base")) == "a base");
  }
}

}  // namespace
}  // namespace cupel
