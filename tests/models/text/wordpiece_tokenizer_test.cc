#include "models/text/wordpiece_tokenizer.h"

#include <set>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel {
namespace {

using List = std::vector<std::string_view>;

WordPieceTokenizer small() {
  return {"small", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n\nab\n##c\n##cd\n.\n[\n##\xC3\xB1\na\n"};
}

TEST_CASE("word pieces are the greedy longest ones, or the word is unknown as a whole") {
  const auto tokenizer = small();
  CHECK(tokenizer.tokenize("abcd Abc.ab").views == List{"ab", "##cd", "ab", "##c", ".", "ab"});
  CHECK(tokenizer.tokenize("abcx a").views == List{"[UNK]", "a"});
  CHECK(tokenizer.tokenize("").views.empty());
  CHECK(tokenizer.tokenize(" \t\r\n").views.empty());
}

TEST_CASE("a word of more than a hundred characters is unknown") {
  std::string word = "a";
  while (word.size() < 100) word += 'c';
  CHECK(small().tokenize(word).views.size() == 100);
  CHECK(small().tokenize(word + "c").views == List{"[UNK]"});
  CHECK(small().tokenize(word + "\u0301").views.size() == 100);  // the accent goes before the count
}

TEST_CASE("literal special tokens are cut out first, and three of them are left out") {
  CHECK(small().tokenize("ab[UNK]ab[SEP]ab [CLS][PAD][MASK]").views ==
        List{"ab", "[UNK]", "ab", "ab", "[MASK]"});
  CHECK(small().tokenize("[unk]").views == List{"[", "[UNK]", "[UNK]"});
}

TEST_CASE("the limit counts the special tokens that are left out") {
  CHECK(small().tokenize_first("[CLS] ab ab ab", 3).views == List{"ab", "ab"});
  CHECK(small().tokenize_first("abcd abcd", 3).views == List{"ab", "##cd", "ab"});
  CHECK(small().tokenize_first("[CLS][CLS]ab", 2).views.empty());
  CHECK(small().tokenize_first("ab.ab", 2).views == List{"ab", "."});
  CHECK(small().tokenize_first("ab ab", 0).views.size() == 2);
}

TEST_CASE("the lines of a vocabulary are counted with the empty one") {
  CHECK(small().line_of("[UNK]") == 1);
  CHECK(small().line_of("") == 5);
  CHECK(small().line_of("##cd") == 8);
  CHECK_FALSE(small().line_of("cd"));
  CHECK(small().digest().size() == 64);
  CHECK(small().id() == "small");
}

TEST_CASE("a broken vocabulary is refused with its reason") {
  const auto code = [](const std::string& bytes) {
    try {
      const WordPieceTokenizer tokenizer("broken", bytes);
    } catch (const Error& error) {
      CHECK(std::string(error.what()).contains("broken"));
      CHECK_FALSE(error.hint().empty());
      return error.code();
    }
    FAIL("accepted");
    return Code::kCheckFailed;
  };
  CHECK(code("") == Code::kUsage);
  CHECK(code("a\nb\n") == Code::kUsage);
  CHECK(code("[UNK]\na\nb\na\n") == Code::kUsage);
  CHECK(code("[UNK]\n\xFF\n") == Code::kUsage);
}

TEST_CASE("word pieces equal Hugging Face's on the golden sentences") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  const JsonValue& part = golden.member("wordpiece");
  JsonObject wordpiece(part, path.string());
  const WordPieceTokenizer tokenizer("tiny", wordpiece.text("vocabulary"));
  for (const JsonValue& item : wordpiece.member("cases").items) {
    JsonObject sample(item, path.string());
    const std::string text = sample.text("text");
    INFO(text);
    const auto expected = sample.texts("tokens");
    const Tokens tokens = tokenizer.tokenize_first(text, 512);
    CHECK(std::vector<std::string>(tokens.views.begin(), tokens.views.end()) == expected);
  }
}

TEST_CASE("what a model reads equals Hugging Face's on the golden sentences, also when cut") {
  const JsonValue sentences =
      parse_json(read_file(test::data("text_golden.json")), "text_golden.json");
  JsonObject golden(sentences, "text_golden.json");
  JsonObject wordpiece(golden.member("wordpiece"), "text_golden.json");
  const WordPieceTokenizer tokenizer("tiny", wordpiece.text("vocabulary"));
  const JsonValue document =
      parse_json(read_file(test::data("wordpiece_ids.json")), "wordpiece_ids.json");
  const auto& cases = wordpiece.member("cases").items;
  const auto& expected =
      JsonObject(document, "wordpiece_ids.json").member("ids by max_length").items;
  REQUIRE(cases.size() == expected.size());
  for (std::size_t i = 0; i < cases.size(); ++i) {
    const std::string text = JsonObject(cases[i], "").text("text");
    JsonObject by_length(expected[i], "wordpiece_ids.json");
    for (const std::size_t length : {2, 3, 6, 512}) {
      CAPTURE(text, length);
      std::vector<std::int32_t> ids;
      for (const JsonValue& id : by_length.member(std::to_string(length)).items)
        ids.push_back(static_cast<std::int32_t>(id.integer));
      CHECK(tokenizer.encode(text, length) == ids);
    }
  }
}

TEST_CASE("a vocabulary without a special token that is needed is refused when it is needed") {
  const WordPieceTokenizer bare("bare", "[UNK]\na\n");
  CHECK(bare.tokenize("a [MASK]").views == List{"a", "[MASK]"});
  CHECK_THROWS_WITH(bare.encode("a", 8),
                    Catch::Matchers::ContainsSubstring("'bare' has no token [CLS]"));
}

TEST_CASE("word pieces of 200 caption pairs have the golden numbers") {
  const auto path = test::real_data("golden/caption_pairs_200.jsonl");
  const auto tokenizer = test::scibert();
  for (const std::string& line : test::lines_of(path, false)) {
    const JsonValue value = parse_json(line, path.string());
    JsonObject row(value, path.string());
    const auto check = [&](const std::string& text, const char* key) {
      std::vector<std::int64_t> lines;
      for (const std::string_view token : tokenizer.tokenize_first(text, 512).views)
        lines.push_back(tokenizer.line_of(token).value());
      std::vector<std::int64_t> golden;
      for (const JsonValue& id : row.member(key).items) golden.push_back(id.integer);
      CHECK(lines == golden);
    };
    check(row.text("ground_truth"), "ref_token_ids");
    check(row.text("output"), "hyp_token_ids");
  }
}

}  // namespace
}  // namespace cupel
