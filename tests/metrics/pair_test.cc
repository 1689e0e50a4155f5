#include "metrics/pair.h"

#include <map>
#include <random>

#include <catch2/catch_test_macros.hpp>

#include "metrics/text/simple_tokenizers.h"

namespace cupel::metrics {
namespace {

TEST_CASE("a pair's equal tokens have equal numbers on both sides") {
  const WhiteSpaceTokenizer words;
  const PairContext context{.tokenizer = &words};
  const Pair pair("b a b c", "a c d", context);
  const TokenPair& tokens = pair.tokens();
  CHECK(tokens.prediction_ids == std::vector<std::uint32_t>{0, 1, 0, 2});
  CHECK(tokens.reference_ids == std::vector<std::uint32_t>{1, 2, 3});
  CHECK(&pair.tokens() == &tokens);
}

TEST_CASE("a pair keeps the first tokens of each side") {
  const CharacterTokenizer characters;
  const PairContext context{.tokenizer = &characters, .max_tokens = 2};
  const Pair pair("CCO", "C", context);
  CHECK(pair.tokens().prediction.views == std::vector<std::string_view>{"C", "C"});
  CHECK(pair.tokens().reference.views.size() == 1);
  CHECK(pair.ngrams().predictions == std::array<std::uint64_t, kMaxOrder>{2, 1, 0, 0});
  CHECK(pair.ngrams().matches == std::array<std::uint64_t, kMaxOrder>{1, 0, 0, 0});
}

TEST_CASE("a pair's words are ROUGE's, whatever the tokenizer") {
  const CharacterTokenizer characters;
  const PairContext context{.tokenizer = &characters, .max_tokens = 1};
  const Pair pair("N-acyl(1-)", "acyl", context);
  CHECK(pair.words().prediction.views == std::vector<std::string_view>{"n", "acyl", "1"});
  CHECK(pair.words().reference_ids == std::vector<std::uint32_t>{1});
}

TEST_CASE("a pair of empty texts has no tokens and no n-grams") {
  const CharacterTokenizer characters;
  const PairContext context{.tokenizer = &characters};
  const Pair pair("", "", context);
  CHECK(pair.tokens().prediction_ids.empty());
  CHECK(pair.ngrams().matches == std::array<std::uint64_t, kMaxOrder>{});
  CHECK(pair.words().reference_ids.empty());
}

}  // namespace
}  // namespace cupel::metrics
