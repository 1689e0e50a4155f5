#include "tasks/known_keys.h"

#include <algorithm>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/digest.h"
#include "harness/core/file.h"
#include "results/prediction_file.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;

std::vector<std::size_t> rows_of(std::span<const tasks::KnownPlace> places,
                                 const std::string& set) {
  std::vector<std::size_t> rows;
  for (const auto& place : places) {
    if (tasks::KnownKeys::builtin().sets()[place.set].id == set) rows.push_back(place.row);
  }
  return rows;
}

}  // namespace

TEST_CASE("keys look through outer white space and, in SMILES only, doubled backslashes") {
  CHECK(tasks::description_key("ab") == 0xfb8e20fc2e4c3f24);  // SHA-256 of "ab"
  CHECK(tasks::description_key(" ab\r\n") == tasks::description_key("ab"));
  CHECK(tasks::description_key("a b") != tasks::description_key("ab"));
  CHECK(tasks::smiles_key(R"(C/C=C\\C)") == tasks::smiles_key(R"( C/C=C\C)"));
  CHECK(tasks::smiles_key(R"(C\\\\C)") == tasks::description_key(R"(C\\C)"));
  CHECK(tasks::description_key(R"(\\)") != tasks::description_key(R"(\)"));
  CHECK(tasks::smiles_key("") == tasks::smiles_key(" "));
}

TEST_CASE("the known sets have their published sizes, and unknown texts no place") {
  const auto& known = tasks::KnownKeys::builtin();
  REQUIRE(known.sets().size() == 2);
  CHECK(known.sets()[0].id == "chebi-20");
  CHECK(known.sets()[0].smiles.size() == 3300);
  CHECK(known.sets()[1].id == "pcdes");
  CHECK(known.sets()[1].split == "test");
  CHECK(known.sets()[1].descriptions.size() == 3000);
  CHECK(known.find_smiles(tasks::smiles_key("no such molecule")).empty());
  CHECK(known.find_description(tasks::description_key("no such text")).empty());
}

TEST_CASE("the published ChEBI-20 test set has these keys, in its order") {
  // A set's own file is a table too: its id stands in for the prediction.
  const auto file = results::read_prediction_file(
      test::real_data("chebi20/test.txt"),
      {.task = "captioning", .format = "molt5", .columns = {"SMILES", "description", "CID"}});
  const auto& set = tasks::KnownKeys::builtin().sets()[0];
  REQUIRE(file.rows.size() == set.smiles.size());
  std::size_t equal = 0;
  for (std::size_t i = 0; i < file.rows.size(); ++i) {
    equal += tasks::smiles_key(file.rows[i].input) == set.smiles[i] &&
             tasks::description_key(file.rows[i].reference) == set.descriptions[i];
  }
  CHECK(equal == 3300);
}

TEST_CASE("all rows of the shared prediction files are ChEBI-20's by both keys") {
  for (const auto& [name, task] : {std::pair{"molt5-large-caption2smiles.txt", "generation"},
                                   {"molt5-small-caption2smiles.txt", "generation"},
                                   {"molt5-large-smiles2caption.txt", "captioning"},
                                   {"t5-v1_1-small-smiles2caption.txt", "captioning"}}) {
    const std::string file_name = name;
    const auto file =
        results::read_prediction_file(test::real_data("molt5/" + file_name), std::string(task));
    const bool captioning = std::string_view(task) == "captioning";
    const auto& known = tasks::KnownKeys::builtin();
    std::set<std::size_t> seen;
    for (const auto& row : file.rows) {
      const auto molecules = rows_of(
          known.find_smiles(tasks::smiles_key(captioning ? row.input : row.reference)), "chebi-20");
      const auto texts = rows_of(
          known.find_description(tasks::description_key(captioning ? row.reference : row.input)),
          "chebi-20");
      if (molecules.size() == 1 && molecules == texts) seen.insert(molecules[0]);
    }
    CHECK(seen.size() == 3300);
  }
}
