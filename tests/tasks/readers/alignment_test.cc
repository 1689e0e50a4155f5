// The phrases of a set: tasks/readers/alignment.cc, and the sets that have them.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tasks/dataset.h"
#include "tasks/dataset_files.h"
#include "tasks/readers/readers.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

std::vector<Sample> samples() {
  return {{.id = "1", .smiles = "CO", .text = "caf\u00e9 a", .labels = {}, .phrases = {}},
          {.id = "2", .smiles = "CCN", .text = "amine", .labels = {}, .phrases = {}}};
}

std::vector<Sample> read(const std::string& bytes) {
  std::vector<Sample> rows = samples();
  read_alignment({.name = "a.jsonl", .bytes = bytes}, rows);
  return rows;
}

const std::string kSecond = R"({"id":"2","phrases":[]})"
                            "\n";

/// Of a first line with this phrase.
std::string message(const std::string& phrase) {
  const std::string first = R"({"id":"1","phrases":[)" + phrase + "]}\n";
  return test::said_by([&] { return read(first + kSecond); });
}

}  // namespace

TEST_CASE("phrases go to the rows of their ids, and lines of other rows are passed over") {
  const auto rows =
      read(R"({"id":"2","phrases":[{"begin":0,"end":5,"level":"fragment","atoms":[0,2]}]})"
           "\n"
           R"({"id":"7","phrases":[{"begin":0,"end":900,"level":"fragment","atoms":[80]}]})"
           "\n"
           R"({"id":"1","phrases":[{"begin":0,"end":5,"level":"atom","atoms":[1]}]})");
  REQUIRE(rows[0].phrases.size() == 1);
  CHECK(rows[0].phrases[0] == Phrase{.begin = 0, .end = 5, .fragment = false, .atoms = {1}});
  REQUIRE(rows[1].phrases.size() == 1);
  CHECK(rows[1].phrases[0] == Phrase{.begin = 0, .end = 5, .fragment = true, .atoms = {0, 2}});
}

TEST_CASE("a phrase that does not fit its row is refused with its line") {
  CHECK(message(R"({"begin":0,"end":5,"level":"atom","atoms":[1]})") == "accepted");
  CHECK_THAT(message(R"({"begin":0,"end":8,"level":"atom","atoms":[1]})"),
             ContainsSubstring("2: a.jsonl:1:") &&
                 ContainsSubstring("[0, 8) is no part of a text of 7 bytes") &&
                 ContainsSubstring("make both anew"));
  CHECK_THAT(message(R"({"begin":0,"end":4,"level":"atom","atoms":[1]})"),
             ContainsSubstring("[0, 4) cuts a character"));
  CHECK_THAT(message(R"({"begin":3,"end":3,"level":"atom","atoms":[1]})"),
             ContainsSubstring("[3, 3) is no part"));
  CHECK_THAT(message(R"({"begin":0,"end":1,"level":"atom","atoms":[2]})"),
             ContainsSubstring("no atom of a molecule with 2"));
  CHECK_THAT(message(R"({"begin":0,"end":1,"level":"atom","atoms":[1,0]})"),
             ContainsSubstring("'atoms' must be rising"));
  CHECK_THAT(message(R"({"begin":0,"end":1,"level":"atom","atoms":[]})"),
             ContainsSubstring("one at least"));
  CHECK_THAT(message(R"({"begin":0,"end":1,"level":"word","atoms":[0]})"),
             ContainsSubstring("'word' is neither atom nor fragment"));
  CHECK_THAT(message(R"({"begin":0,"end":1,"level":"atom","atoms":[0],"x":1})"),
             ContainsSubstring("unknown key 'x'"));
}

TEST_CASE("every row has exactly one line") {
  const auto said = [](const std::string& bytes) {
    return test::said_by([&] { return read(bytes); });
  };
  const std::string first = R"({"id":"1","phrases":[]})"
                            "\n";
  CHECK(said(first + kSecond) == "accepted");
  CHECK_THAT(said(kSecond), ContainsSubstring("a.jsonl:1: no line is of row '1'"));
  CHECK_THAT(said(first + kSecond + first),
             ContainsSubstring("a.jsonl:3: row '1' stands in line 1 already"));
  CHECK_THAT(said("{}\n"), ContainsSubstring("a.jsonl:1:1:1: key 'id' is missing"));
}

TEST_CASE("a set with an alignment reads it for its test side alone, and checks its digest") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", "id\tsmiles\ttext\n1\tCO\tmethanol\n", 1);
  set.parts[0].side = Side::kTest;
  set.sizes = {0, 0, 1};
  const Digest without = dataset_digest(set);
  set.alignment = test::data_file(
      dir, "a.jsonl",
      R"({"id":"1","phrases":[{"begin":0,"end":8,"level":"fragment","atoms":[0,1]}]})");
  CHECK(dataset_digest(set) != without);
  CHECK(at_hand(set, test::roots(dir)));
  const Dataset whole = load_dataset(set, test::roots(dir));
  REQUIRE(whole.test.size() == 1);
  CHECK(whole.test[0].phrases.size() == 1);
  set.alignment->path = "b.jsonl";
  CHECK_FALSE(at_hand(set, test::roots(dir)));
  CHECK(load_dataset(set, test::roots(dir), {.test = false}).test.empty());
  CHECK_THAT(test::said_by([&] { return load_dataset(set, test::roots(dir)); }),
             ContainsSubstring("6: mine: ") && ContainsSubstring("b.jsonl is not there"));
  set.alignment->path = "a.tsv";
  CHECK_THAT(test::said_by([&] { return load_dataset(set, test::roots(dir)); }),
             ContainsSubstring("5: mine: "));
}
