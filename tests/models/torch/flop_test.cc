#include "models/torch/flop.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

namespace cupel::nn {
namespace {

// Counted by PyTorch while transformers computed: tests/oracle/t5_flop.py.
TEST_CASE("Operations are those that PyTorch counts", "[torch]") {
  const std::string path = test::data("t5_flop.json").string();
  const JsonValue document = parse_json(read_file(path, 1U << 20U), path);
  JsonObject all(document, path);
  for (const JsonValue& one : all.member("cases").items) {
    JsonObject golden(one, path);
    const auto number = [&](const char* key) { return golden.member(key).integer; };
    const T5Config config{.vocabulary = number("vocab_size"),
                          .d_model = number("d_model"),
                          .d_ff = number("d_ff"),
                          .d_kv = number("d_kv"),
                          .heads = number("num_heads"),
                          .layers = number("num_layers")};
    const std::int64_t length = number("length");
    CHECK(encoder_flop(config, length) == golden.member("encoder").real);
    CHECK(decoding_flop(config, length, number("written"), 1) == golden.member("decoding").real);
  }
}

TEST_CASE("Hypotheses of one source share its keys and values", "[torch]") {
  const T5Config config = *t5_size("tiny", 600);
  const double nothing = decoding_flop(config, 20, 0, 1);
  CHECK(nothing == 2.0 * 2.0 * 2.0 * 20 * 128 * 128);  // 2 layers, keys and values
  const double one = decoding_flop(config, 20, 9, 1) - nothing;
  CHECK(decoding_flop(config, 20, 9, 5) == nothing + 5.0 * one);
  CHECK(decoding_flop(config, 20, 0, 5) == nothing);
}

}  // namespace
}  // namespace cupel::nn
