#include "models/text/t5_vocabulary.h"

#include <algorithm>
#include <atomic>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/gzip.h"
#include "harness/core/parallel.h"
#include "harness/core/utf8.h"
#include "tasks/suite/suite.h"
#include "tests/metrics/text/golden_captions.h"
#include "tests/models/text/t5_ids_golden.h"

namespace cupel {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using Ids = std::vector<std::int32_t>;

T5Vocabulary ours(std::size_t sentinels) {
  return {CUPEL_SENTENCEPIECE_MODULE, test::our_model(), sentinels};
}

T5Vocabulary t5() {
  return {CUPEL_SENTENCEPIECE_MODULE, read_file(test::real_data("t5_spiece/spiece.model"))};
}

/// The bytes of each character, against the tokens that the fast tokenizer's offsets say ("-": not
/// compared). Of several tokens with the same character the last counts.
void check_ranges(const T5Vocabulary& vocabulary, const std::string& text,
                  const std::string& golden) {
  const auto located = vocabulary.encode_located(text, 100'000);
  CHECK(located.ids == vocabulary.encode(text));
  REQUIRE(located.ranges.size() == located.ids.size());
  CHECK(located.ranges.back() == TextRange());
  std::vector<std::string> token_of(text.size(), "-1");
  for (std::size_t token = 0; token < located.ranges.size(); ++token) {
    const TextRange& range = located.ranges[token];
    REQUIRE(range.begin <= range.end);
    REQUIRE(range.end <= text.size());
    for (std::size_t at = range.begin; at < range.end; ++at) token_of[at] = std::to_string(token);
  }
  if (text.empty()) return;
  std::size_t at = 0;
  for (const std::string& expected : test::split(golden, ' ')) {
    const std::size_t end = at + utf8_length(text.at(at));
    for (; at < end; ++at) {
      CAPTURE(at);
      if (expected != "-") CHECK(token_of[at] == expected);
    }
  }
  CHECK(at == text.size());
}

void check_case(const T5Vocabulary& vocabulary, JsonObject golden) {
  const std::string& text = golden.text("text");
  INFO(text);
  const Ids ids = test::ids_of(golden.member("ids"));
  CHECK(vocabulary.encode(text) == ids);
  check_ranges(vocabulary, text, golden.text("token-of"));
  CHECK(vocabulary.encode_located(text, 4).ids == vocabulary.encode(text, 4));
  CHECK(vocabulary.encode_located(text, 4).ranges.size() == vocabulary.encode(text, 4).size());
  CHECK(vocabulary.encode(text, 1) == test::ids_of(golden.member("of-1")));
  CHECK(vocabulary.encode(text, 4) == test::ids_of(golden.member("of-4")));
  CHECK(vocabulary.encode(text, ids.size()) == ids);
  CHECK(vocabulary.decode(ids) == golden.text("decoded"));
  CHECK(vocabulary.unknowns(text) ==
        static_cast<std::size_t>(std::ranges::count(ids, T5Vocabulary::kUnknown)));
}

void check_cases(const T5Vocabulary& vocabulary, const char* key) {
  const std::string origin = "t5_ids_golden.json";
  const JsonValue document = test::t5_ids_golden();
  JsonObject golden(JsonObject(document, origin).member(key), origin);
  CHECK(vocabulary.size() == static_cast<std::size_t>(golden.integer("size")));
  const auto& cases = golden.member("cases").items;
  CHECK(cases.size() > 80);
  for (const JsonValue& item : cases) check_case(vocabulary, JsonObject(item, origin));
  for (const JsonValue& item : golden.member("strange").items) {
    JsonObject strange(item, origin);
    const Ids ids = test::ids_of(strange.member("ids"));
    CAPTURE(ids);
    CHECK(vocabulary.decode(ids) == strange.text("decoded"));
  }
}

/// SMILES of the generated suite.
std::vector<std::string> suite_smiles() {
  std::vector<std::string> smiles;
  const auto files = tasks::make_suite_set("mini-pcdes", {.scale = 0.2});
  for (const auto& file : files) {
    if (!file.path.ends_with(".txt")) continue;
    auto lines = test::split(file.bytes, '\n');
    for (const std::string& line : lines) {
      const auto cells = test::split(line, '\t');
      if (cells.size() == 3 && cells[1] != "SMILES") smiles.push_back(cells[1]);
    }
  }
  REQUIRE(smiles.size() > 100);
  return smiles;
}

/// How many of them have no unknown character.
std::size_t check_round_trips(const T5Vocabulary& vocabulary,
                              const std::vector<std::string>& texts) {
  std::size_t known = 0;
  for (const std::string& text : texts) {
    if (vocabulary.unknowns(text) > 0) continue;
    ++known;
    REQUIRE(vocabulary.decode(vocabulary.encode(text)) == text);
  }
  return known;
}

std::vector<std::string> column(const std::string& file, const std::string& name) {
  std::string bytes = read_file(test::real_data("chebi20/" + file));
  if (file.ends_with(".gz")) bytes = gunzip(bytes, file);
  std::vector<std::string> texts;
  std::size_t at = 0;
  for (const std::string& line : test::split(bytes, '\n')) {
    const auto cells = test::split(line, '\t');
    if (texts.empty() && at == 0)
      at = static_cast<std::size_t>(std::ranges::find(cells, name) - cells.begin());
    else if (!line.empty())
      texts.push_back(cells.at(at));
  }
  return texts;
}

TEST_CASE("T5 ids of a vocabulary of ours equal the fast tokenizer's") {
  check_cases(ours(0), "ours");
  check_cases(ours(100), "ours-with-sentinels");
}

TEST_CASE("T5 ids of the real vocabulary equal the fast tokenizer's") {
  const T5Vocabulary vocabulary = t5();
  CHECK(vocabulary.size() == 32'100);
  CHECK(vocabulary.digest() == "d60acb128cf7b7f2536e8f38a5b18a05535c9e14c7a355904270e15b0945ea86");
  check_cases(vocabulary, "t5");
}

TEST_CASE("T5 ids and decoded texts equal the fast tokenizer's on all of ChEBI-20 at hand") {
  const T5Vocabulary vocabulary = t5();
  const std::string origin = "t5_ids_golden.json";
  const JsonValue document = test::t5_ids_golden();
  for (const JsonValue& item : JsonObject(document, origin).member("files").items) {
    JsonObject golden(item, origin);
    const auto texts = column(golden.text("file"), golden.text("column"));
    INFO(golden.text("file") << " " << golden.text("column"));
    CHECK(texts.size() == static_cast<std::size_t>(golden.integer("texts")));
    Sha256 all_ids;
    Sha256 all_decoded;
    for (const std::string& text : texts) {
      const Ids ids = vocabulary.encode(text);
      std::string line;
      for (const std::int32_t id : ids) line += (line.empty() ? "" : " ") + std::to_string(id);
      all_ids.update(line + "\n");
      all_decoded.update(vocabulary.decode(ids) + "\n");
    }
    CHECK(all_ids.hex() == golden.text("ids"));
    CHECK(all_decoded.hex() == golden.text("decoded"));
  }
}

TEST_CASE("SMILES without unknown characters come back from their ids") {
  const auto smiles = suite_smiles();
  const auto model = train_unigram(CUPEL_SENTENCEPIECE_MODULE, smiles, 300);
  const T5Vocabulary trained(CUPEL_SENTENCEPIECE_MODULE, model, 0);
  CHECK(check_round_trips(trained, smiles) == smiles.size());
}

TEST_CASE("SMILES without unknown characters come back from T5's ids") {
  const auto smiles = suite_smiles();
  const std::size_t known = check_round_trips(t5(), smiles);
  CHECK(known > smiles.size() / 2);
  const auto escaped = [](const std::string& text) { return text.contains('\\'); };
  CHECK(known == smiles.size() - static_cast<std::size_t>(std::ranges::count_if(smiles, escaped)));
}

TEST_CASE("a T5 model can write no backslash") {
  const T5Vocabulary vocabulary = t5();
  for (std::int32_t id = 0; id < static_cast<std::int32_t>(vocabulary.size()); ++id)
    REQUIRE_FALSE(vocabulary.decode(Ids{id, id}).contains('\\'));
  CHECK(vocabulary.encode("C/C=C\\C") == vocabulary.encode("C/C=C\\\\C"));
  CHECK(vocabulary.unknowns("C/C=C\\\\C") == 1);
  CHECK(vocabulary.decode(vocabulary.encode("C/C=C\\C")) == "C/C=CC");
}

TEST_CASE("T5 ids are the same from several threads") {
  const T5Vocabulary vocabulary = ours(100);
  const std::string text = "The molecule is <extra_id_7> caf\u00e9 ";
  const Ids ids = vocabulary.encode(text);
  std::atomic<int> wrong = 0;
  parallel_for(400, 4, [&](std::size_t) {
    if (vocabulary.encode(text) != ids) ++wrong;
  });
  CHECK(wrong == 0);
}

TEST_CASE("a vocabulary in another layout than T5's is refused") {
  const std::string model = read_file(test::data("tiny_spiece.model"));
  std::string other = model;
  other.replace(other.find("<pad>"), 5, "<bos>");
  const auto opened = [](const std::string& bytes) {
    return T5Vocabulary(CUPEL_SENTENCEPIECE_MODULE, bytes).size();
  };
  CHECK(opened(model) == 141);
  CHECK_THROWS_MATCHES(
      opened(other), Error,
      MessageMatches(ContainsSubstring("does not begin with <pad>, </s>, <unk> as T5's does")));
  CHECK_THROWS_MATCHES(opened("no model"), Error, MessageMatches(ContainsSubstring("is broken")));
}

}  // namespace
}  // namespace cupel
