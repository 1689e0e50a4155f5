#include "tasks/suite/pairs.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/json.h"
#include "tests/support/molecules.h"

using namespace cupel;
using namespace cupel::tasks;

namespace {

struct Pair {
  std::string id, smiles, text;
};

std::vector<std::string> split(const std::string& line, char at) {
  std::vector<std::string> out;
  std::istringstream stream(line);
  for (std::string cell; std::getline(stream, cell, at);) out.push_back(cell);
  return out;
}

std::vector<Pair> pairs_of(const SuiteFile& file) {
  const auto lines = split(file.bytes, '\n');
  CHECK(lines.front() == "CID\tSMILES\tdescription");
  std::vector<Pair> out;
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto cells = split(lines[i], '\t');
    REQUIRE(cells.size() == 3);
    out.push_back({cells[0], cells[1], cells[2]});
  }
  return out;
}

std::string single_backslashes(const std::string& smiles) {
  std::string out;
  for (std::size_t i = 0; i < smiles.size(); ++i) {
    if (smiles[i] == '\\') {
      REQUIRE(i + 1 < smiles.size());
      REQUIRE(smiles[++i] == '\\');
    }
    out += smiles[i];
  }
  return out;
}

}  // namespace

TEST_CASE("mini-chebi-20 has ChEBI-20's layout: doubled backslashes, all rows distinct") {
  chem::silence_rdkit();
  const auto files = make_suite_set("mini-chebi-20");
  REQUIRE(files.size() == 4);
  std::set<std::string> ids, molecules, texts;
  std::size_t rows = 0, backslashes = 0, components = 0, bytes = 0;
  for (const auto& [index, size] : {std::pair{0, 2000}, {1, 200}, {2, 500}}) {
    const auto pairs = pairs_of(files[static_cast<std::size_t>(index)]);
    CHECK(pairs.size() == static_cast<std::size_t>(size));
    for (const Pair& pair : pairs) {
      ++rows;
      backslashes += pair.smiles.contains('\\');
      components += pair.smiles.contains('.');
      bytes += pair.text.size();
      ids.insert(pair.id);
      texts.insert(pair.text);
      molecules.insert(test::molecule(single_backslashes(pair.smiles)).canonical_smiles());
      CHECK(pair.text.starts_with("The molecule "));
      CHECK(pair.text.size() <= suite::kLongestText);
    }
  }
  CHECK(ids.size() == rows);
  CHECK(molecules.size() == rows);
  CHECK(texts.size() == rows);
  CHECK(backslashes > rows / 25);
  CHECK(components > rows / 50);
  CHECK(bytes / rows > 140);
  CHECK(bytes / rows < 300);
}

TEST_CASE("mini-pcdes calls the molecule it, and repeats a few texts and SMILES") {
  chem::silence_rdkit();
  const auto files = make_suite_set("mini-pcdes");
  REQUIRE(files.size() == 4);
  std::size_t row = 0;
  std::set<std::string> texts, molecules;
  for (std::size_t i = 0; i < 3; ++i) {
    for (const Pair& pair : pairs_of(files[i])) {
      CHECK(pair.id == std::to_string(row++));
      CHECK(pair.text.starts_with("it "));
      CHECK(!pair.smiles.contains("\\\\"));
      texts.insert(pair.text);
      molecules.insert(test::molecule(pair.smiles).canonical_smiles());
    }
  }
  CHECK(row == 1500 + 150 + 600);
  CHECK(row - texts.size() > 10);  // the real set: 378 of 14,992
  CHECK(row - texts.size() < 120);
  CHECK(row - molecules.size() > 0);  // the real set: 17
  CHECK(row - molecules.size() < 25);
}

TEST_CASE("mini-pubchemstm-distill has a table of SMILES and an object of texts") {
  chem::silence_rdkit();
  const auto files = make_suite_set("mini-pubchemstm-distill", {.scale = 0.2});
  REQUIRE(files.size() == 3);
  const auto lines = split(files[0].bytes, '\n');
  CHECK(lines.front() == "CID,SMILES");
  CHECK(lines.size() == 601);
  const auto texts = parse_json(files[1].bytes, files[1].path);
  REQUIRE(texts.members.size() == 600);
  std::size_t several = 0;
  for (std::size_t i = 0; i < 600; ++i) {
    CHECK(lines[i + 1].starts_with(texts.members[i].key + ","));
    CHECK(!texts.members[i].value.items.empty());
    several += texts.members[i].value.items.size() > 1;
  }
  CHECK(several > 90);
}

TEST_CASE("the alignment has one line a text, in its order, with ranges inside the text") {
  chem::silence_rdkit();
  for (const char* set : {"mini-chebi-20", "mini-pcdes"}) {
    const auto files = make_suite_set(set, {.scale = 0.1});
    std::vector<Pair> pairs;
    for (std::size_t i = 0; i < 3; ++i)
      std::ranges::copy(pairs_of(files[i]), std::back_inserter(pairs));
    const auto lines = split(files[3].bytes, '\n');
    REQUIRE(lines.size() == pairs.size());
    std::map<std::string, std::size_t> levels;
    for (std::size_t i = 0; i < lines.size(); ++i) {
      const auto row = parse_json(lines[i], files[3].path);
      CHECK(test::member(row, "id").text == pairs[i].id);
      const auto atoms = static_cast<std::int64_t>(test::molecule(pairs[i].smiles).atoms());
      for (const JsonValue& phrase : test::member(row, "phrases").items) {
        ++levels[test::member(phrase, "level").text];
        CHECK(test::member(phrase, "begin").integer < test::member(phrase, "end").integer);
        CHECK(test::member(phrase, "end").integer <=
              static_cast<std::int64_t>(pairs[i].text.size()));
        for (const JsonValue& atom : test::member(phrase, "atoms").items)
          CHECK(atom.integer < atoms);
      }
    }
    CHECK(levels.size() == 2);
    CHECK(levels["atom"] > lines.size());
    CHECK(levels["fragment"] > lines.size());
  }
}

TEST_CASE("small and large suites keep their shapes") {
  chem::silence_rdkit();
  for (const auto& [scale, train, test] :
       {std::tuple{0.01, 20, 10}, {0.1, 200, 50}, {3.0, 6000, 1500}}) {
    const auto files = make_suite_set("mini-chebi-20", {.scale = scale});
    std::set<std::string> texts;
    for (std::size_t i = 0; i < 3; ++i) {
      for (const Pair& pair : pairs_of(files[i])) CHECK(texts.insert(pair.text).second);
    }
    CHECK(pairs_of(files[0]).size() == static_cast<std::size_t>(train));
    CHECK(pairs_of(files[2]).size() == static_cast<std::size_t>(test));
  }
}
