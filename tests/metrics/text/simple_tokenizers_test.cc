#include "metrics/text/simple_tokenizers.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"
#include "metrics/text/bleu.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

using List = std::vector<std::string_view>;

TEST_CASE("characters are code points") {
  const CharacterTokenizer characters;
  CHECK(characters.tokenize("C\u00E9\U0001F600 ").views == List{"C", "\u00E9", "\U0001F600", " "});
  CHECK(characters.tokenize("").views.empty());
  CHECK(characters.id() == "characters");
}

TEST_CASE("white space is Python's") {
  const WhiteSpaceTokenizer words;
  CHECK(words.tokenize(" a\tb\n c\u00A0d\u2003e\u3000").views == List{"a", "b", "c", "d", "e"});
  CHECK(words.tokenize("a\u200Bb \u200B").views == List{"a\u200Bb", "\u200B"});
  CHECK(words.tokenize("\u2010 \u1FFF").views == List{"\u2010", "\u1FFF"});
  CHECK(words.tokenize(" \n").views.empty());
}

TEST_CASE("13a sets off punctuation as mteval does") {
  const Mteval13aTokenizer cut;
  CHECK(cut.tokenize("Hello, world.").views == List{"Hello", ",", "world", "."});
  CHECK(cut.tokenize("1,000.5 1-2 a-b").views == List{"1,000.5", "1", "-", "2", "a-b"});
  CHECK(cut.tokenize("&quot;x&quot;").views == List{"\"", "x", "\""});
  CHECK(cut.tokenize("").views.empty());
}

TEST_CASE("tokens equal the references' on the golden sentences") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  const Mteval13aTokenizer cut;
  const WhiteSpaceTokenizer words;
  for (const Tokenizer* tokenizer :
       {static_cast<const Tokenizer*>(&cut), static_cast<const Tokenizer*>(&words)}) {
    for (const JsonValue& item : golden.member(tokenizer->id()).items) {
      JsonObject sample(item, path.string());
      const std::string text = sample.text("text");
      INFO(tokenizer->id() << ": " << text);
      const Tokens tokens = tokenizer->tokenize(text);
      CHECK(std::vector<std::string>(tokens.views.begin(), tokens.views.end()) ==
            sample.texts("tokens"));
    }
  }
}

TEST_CASE("BLEU over these tokens equals NLTK's on the golden pairs") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  std::vector<test::Caption> rows;
  for (const JsonValue& item : golden.member("pairs").items) {
    JsonObject sample(item, path.string());
    rows.push_back({sample.text("prediction"), sample.text("reference")});
  }
  const CharacterTokenizer characters;
  const WhiteSpaceTokenizer words;
  const JsonValue& scores = golden.member("bleu");
  JsonObject bleu(scores, path.string());
  for (const Tokenizer* tokenizer :
       {static_cast<const Tokenizer*>(&characters), static_cast<const Tokenizer*>(&words)}) {
    JsonObject by_order(bleu.member(tokenizer->id()), path.string());
    for (std::size_t order = 1; order <= kMaxOrder; ++order) {
      const auto metric = make_bleu(order);
      const auto table = test::measure_all(*metric, rows, {.tokenizer = tokenizer});
      CHECK(metric->score(table).value() == std::stod(by_order.text(std::to_string(order))));
    }
  }
}

}  // namespace
}  // namespace cupel::metrics
