#include "metrics/text/wordnet.h"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

std::string names(const WordNet& wordnet, std::string_view word, Morphy morphy = Morphy::kOnce) {
  std::string joined;
  for (const std::string_view name : wordnet.single_word_names(word, morphy)) {
    if (!joined.empty()) joined += ' ';
    joined += name;
  }
  return joined;
}

TEST_CASE("WordNet's names are those of all synsets, without word groups") {
  const WordNet wordnet(test::kWordNetFolder);
  CHECK(names(wordnet, "three") ==
        "3 III deuce-ace iii leash tercet ternary ternion terzetto three "
        "threesome tierce trey triad trine trinity trio triplet troika");
  CHECK(names(wordnet, "xqzt").empty());
  CHECK(names(wordnet, "").empty());
  CHECK(names(wordnet, "a b").empty());
  CHECK(names(wordnet, "\n").empty());
  CHECK(names(wordnet, "1").contains("iodine") == false);
  CHECK(names(wordnet, "i").contains("iodine"));
}

TEST_CASE("the older suffix rules go on until they find a form") {
  const WordNet wordnet(test::kWordNetFolder);
  CHECK(names(wordnet, "possess") == "have own possess");
  CHECK(names(wordnet, "possess", Morphy::kUntilFound) == "have own posse possess");
  CHECK(names(wordnet, "geese", Morphy::kUntilFound) == names(wordnet, "geese"));
  // Forms that many rules lead to are tried once.
  std::string long_word;
  while (long_word.size() < 400) long_word += "es";
  CHECK(names(wordnet, long_word).empty());
  CHECK(names(wordnet, long_word, Morphy::kUntilFound).contains("einsteinium"));
}

TEST_CASE("WordNet's names equal NLTK's on the golden words") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  const WordNet wordnet(test::kWordNetFolder);
  for (const JsonValue& item : golden.member("synonyms").items) {
    const std::string& word = item.items[0].text;
    INFO(word);
    CHECK(names(wordnet, word) == item.items[1].text);
    CHECK(names(wordnet, word, Morphy::kUntilFound) == item.items[2].text);
  }
}

TEST_CASE("WordNet's names of all stems of the published captions are the golden ones") {
  const auto lines = test::lines_of(test::real_data("golden/wordnet_synonyms.tsv"), true);
  const WordNet wordnet(test::kWordNetFolder);
  CHECK(lines.size() == 4793);
  for (const std::string& line : lines) {
    const auto cells = test::split(line, '\t');
    auto golden = test::split(cells.at(1), ' ');
    std::ranges::sort(golden);
    std::string joined;
    for (const std::string& name : golden) joined += (joined.empty() ? "" : " ") + name;
    CHECK(names(wordnet, cells[0]) == joined);
  }
}

TEST_CASE("a missing WordNet is a missing capability that names its package") {
  const test::TempDir empty;
  try {
    const WordNet wordnet(empty / "nowhere");
    FAIL("opened");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kCapability);
    CHECK(error.hint().contains("wordnet-base"));
    CHECK(std::string(error.what()).contains("index.noun"));
  }
}

TEST_CASE("damaged WordNet files are refused, and change the digest") {
  const test::TempDir folder;
  for (const std::string part : {"noun", "verb", "adj", "adv"}) {
    std::filesystem::create_directories(folder / "");
    write_file(folder / ("index." + part), part == "noun" ? "cat n 1 0 1 0 99999999\n" : "");
    write_file(folder / ("data." + part), "");
    write_file(folder / (part + ".exc"), "");
  }
  const WordNet wordnet(folder / "");
  CHECK_THROWS_AS(wordnet.single_word_names("cat", Morphy::kOnce), Error);
  CHECK(wordnet.single_word_names("dog", Morphy::kOnce).empty());
  CHECK(wordnet.digest().size() == 64);
  CHECK(wordnet.digest() != WordNet(test::kWordNetFolder).digest());
}

}  // namespace
}  // namespace cupel::metrics
