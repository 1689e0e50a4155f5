#include "tasks/dataset_descriptor.h"

#include <array>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tasks/datasets/embedded.h"
#include "tests/support/damages.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

const std::string kSha = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

const std::string kPairs = R"({
"id": "mine", "summary": "s", "licence": "l", "origin": "o", "obtain": "ask", "root": "suite",
"parts": [{"format": "tsv", "files": [{"path": "a/b.tsv", "sha256": ")" +
                           kSha + R"(", "bytes": 7}],
  "columns": {"id": "CID", "smiles": "SMILES", "text": "description"}, "rows": 3,
  "only": {"column": "split", "is": "train"}, "side": "train"}],
"backslashes": "unescape",
"split": {"rule": "given", "source": "us"},
"sizes": {"train": 2, "validation": 0, "test": 0}})";

const std::string kLabels = R"({
"id": "mine", "summary": "s", "licence": "l", "origin": "o", "obtain": "ask", "root": "data",
"parts": [{"format": "csv", "files": [{"path": "b.csv", "sha256": ")" +
                            kSha + R"(", "bytes": 7}],
  "columns": {"smiles": "mol"}, "rows": 3}],
"labels": ["a", "b"], "unparsable": 1,
"split": {"rule": "scaffold", "fractions": [8, 1, 1], "chirality": true, "source": "us"},
"sizes": {"train": 2, "validation": 0, "test": 0}, "note": "mind"})";

std::string message(const std::string& bytes) {
  return test::said_by([&] { return parse_descriptor(bytes, "d.json"); });
}

}  // namespace

TEST_CASE("a descriptor is read whole") {
  const DatasetDescriptor pairs = parse_descriptor(kPairs, "d.json");
  CHECK(pairs.root == DatasetDescriptor::Root::kSuite);
  CHECK_FALSE(pairs.has_labels());
  CHECK(pairs.unescape_backslashes);
  CHECK_FALSE(pairs.unparsable.has_value());
  REQUIRE(pairs.parts.size() == 1);
  const Part& part = pairs.parts[0];
  CHECK(part.files.at(0).path == "a/b.tsv");
  CHECK(part.files.at(0).sha256 == kSha);
  CHECK(part.files.at(0).bytes == 7);
  CHECK(part.columns.text == "description");
  CHECK(part.only_column == "split");
  CHECK(part.side == Side::kTrain);
  const DatasetDescriptor labels = parse_descriptor(kLabels, "d.json");
  CHECK(labels.labels == std::vector<std::string>{"a", "b"});
  CHECK(labels.unparsable == 1);
  CHECK(labels.note == "mind");
  CHECK(labels.split.kind == SplitRule::Kind::kScaffold);
  CHECK(labels.split.fractions == Fractions{8, 1, 1});
  CHECK(labels.split.chirality);
  CHECK_FALSE(labels.parts.at(0).side.has_value());
  CHECK(labels.sizes == std::array<std::size_t, 3>{2, 0, 0});
}

TEST_CASE("what a descriptor may not say is refused with line, column and remedy") {
  const auto changed = [](const std::string& from, const std::string& to,
                          const std::string& bytes = kPairs) {
    const std::string other = test::replace_all(bytes, from, to);
    REQUIRE(other != bytes);
    return message(other);
  };
  CHECK_THAT(changed("\"licence\"", "\"license\""),
             ContainsSubstring("2: d.json:1:1: key 'licence' is missing") &&
                 ContainsSubstring("is 'license' meant to be 'licence'?"));
  CHECK_THAT(changed("\"backslashes\"", "\"backslash\""),
             ContainsSubstring("unknown key 'backslash'") && ContainsSubstring("backslashes"));
  CHECK_THAT(changed("\"unescape\"", "\"keep\""), ContainsSubstring("d.json:6:16:"));
  CHECK_THAT(changed("\"licence\": \"l\"", "\"licence\": \"\""),
             ContainsSubstring("'licence' is empty"));
  CHECK_THAT(changed("\"tsv\"", "\"tsvs\""), ContainsSubstring("did you mean 'tsv'"));
  CHECK_THAT(changed("a/b.tsv", "a/../../b"), ContainsSubstring("must stay below the root"));
  CHECK_THAT(changed("a/b.tsv", "/etc/passwd"), ContainsSubstring("must stay below the root"));
  CHECK_THAT(changed("e3b0", "E3B0"), ContainsSubstring("64 lower-case hexadecimal digits"));
  CHECK_THAT(changed("\"sha256\": \"" + kSha + "\", \"bytes\": 7", "\"bytes\": 7"),
             ContainsSubstring("either 'sha256' or 'git-blob'"));
  CHECK_THAT(changed(", \"bytes\": 7", ""), ContainsSubstring("key 'bytes' is missing"));
  CHECK_THAT(changed("\"rows\": 3", "\"rows\": -3"), ContainsSubstring("must not be negative"));
  CHECK_THAT(changed(", \"side\": \"train\"", ""), ContainsSubstring("key 'side' is missing"));
  CHECK_THAT(changed("\"tsv\"", "\"lines\""), ContainsSubstring("this format has 2 file(s)"));
  const std::string alignment =
      R"("alignment": {"path": "p", "sha256": ")" + kSha + R"(", "bytes": 9}, "sizes")";
  CHECK_THAT(changed("\"sizes\"", alignment, kLabels),
             ContainsSubstring("phrases need rows with columns 'id' and 'text'"));
  CHECK_THAT(changed("[8, 1, 1]", "[8, 1]", kLabels), ContainsSubstring("three whole numbers"));
  CHECK_THAT(changed("[8, 1, 1]", "[0, 0, 0]", kLabels), ContainsSubstring("three whole numbers"));
  CHECK_THAT(changed("[\"a\", \"b\"]", "[]", kLabels), ContainsSubstring("'labels' names none"));
  CHECK_THAT(changed("\"unparsable\": 1,", "", kLabels), ContainsSubstring("'unparsable'"));
  CHECK_THAT(changed("\"chirality\": true", "\"chirality\": 1", kLabels),
             ContainsSubstring("must be true or false"));
  CHECK_THAT(changed("\"rows\": 3}", "\"rows\": 3, \"side\": \"test\"}", kLabels),
             ContainsSubstring("unknown key 'side'"));
}

TEST_CASE("every set has its licence, origin and how to obtain it, and the name of its file") {
  const auto& sets = dataset_registry().entries();
  REQUIRE(sets.size() == embedded_datasets().size());
  REQUIRE(sets.size() >= 16);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    const DatasetDescriptor& set = sets[i];
    INFO(set.id);
    CHECK(embedded_datasets()[i].first == set.id + ".json");
    for (const std::string* text : {&set.summary, &set.licence, &set.origin, &set.obtain})
      CHECK(text->size() > 10);
    std::size_t rows = 0;
    for (const Part& part : set.parts) rows += part.rows;
    const std::size_t kept = set.sizes[0] + set.sizes[1] + set.sizes[2];
    CHECK(kept <= rows);
    if (set.unparsable) CHECK(kept + *set.unparsable == rows);
  }
}

TEST_CASE("sets that are not what their name promises say so below every table") {
  const auto& sets = dataset_registry();
  CHECK_THAT(sets.get("chebi-20-open").note, ContainsSubstring("3,801"));
  CHECK_THAT(sets.get("pcdes-scaffold").note, ContainsSubstring("MoMu"));
  CHECK_THAT(sets.get("pubchemstm-distill").note, ContainsSubstring("not released"));
  CHECK(sets.get("pubchemstm-distill").parts.empty());
  CHECK(sets.get("chebi-20").note.empty());
}
