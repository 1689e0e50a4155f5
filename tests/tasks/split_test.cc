#include "tasks/split.h"

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/file.h"
#include "harness/core/gzip.h"
#include "harness/core/json.h"
#include "tasks/readers/lines.h"
#include "tests/support/datasets.h"
#include "tests/support/molecules.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using SideById = std::map<std::string, Side>;

std::string letters(const std::vector<Side>& sides) {
  std::string text;
  for (const Side side : sides) text += "Tvt"[static_cast<std::size_t>(side)];
  return text;
}

SideById sides_of(const Dataset& dataset) {
  SideById sides;
  for (const Sample& sample : dataset.train) sides[sample.id] = Side::kTrain;
  for (const Sample& sample : dataset.validation) sides[sample.id] = Side::kValidation;
  for (const Sample& sample : dataset.test) sides[sample.id] = Side::kTest;
  return sides;
}

std::string unpacked(const std::string& name) {
  const auto path = test::real_data(name);
  return gunzip(read_file(path), path.string());
}

Side side_named(std::string_view name) {
  return name == "train" ? Side::kTrain : name == "test" ? Side::kTest : Side::kValidation;
}

/// Rows of one task in ChemVL's file: task, row, subset.
SideById chemvl(const std::string& task) {
  const std::string bytes = unpacked("moleculenet/splits/chemvl_scaffold.tsv.gz");
  SideById sides;
  LineReader lines(bytes);
  for (std::string_view line; lines.next(line);) {
    if (!line.starts_with(task + "\t")) continue;
    line.remove_prefix(task.size() + 1);
    const std::size_t tab = line.find('\t');
    sides[std::string(line.substr(0, tab))] = side_named(line.substr(tab + 1));
  }
  return sides;
}

SideById ogb(const std::string& task) {
  SideById sides;
  for (const char* name : {"train", "valid", "test"}) {
    const std::string bytes =
        unpacked("moleculenet/splits/ogb/ogbg_mol" + task + "/split/scaffold/" + name + ".csv.gz");
    LineReader lines(bytes);
    for (std::string_view line; lines.next(line);) sides[std::string(line)] = side_named(name);
  }
  return sides;
}

std::size_t differing(const SideById& ours, const SideById& published) {
  std::size_t count = 0;
  for (const auto& [id, side] : ours) count += published.at(id) == side ? 0 : 1;
  return count;
}

SideById loaded(const std::string& id) {
  chem::silence_rdkit();
  return sides_of(load_dataset(dataset_registry().get(id), test::real_roots("moleculenet")));
}

}  // namespace

TEST_CASE("a random split equals the one of another implementation of its generator") {
  // tests/oracle/random_split.py, Python 3.11
  CHECK(letters(random_split(40, {8, 1, 1}, 1)) == "tTTTTTTTtTTTTTvvTTTTTTTTTTTTTTTttTvTTTvT");
  CHECK(letters(random_split(23, {7, 1, 2}, 42)) == "tTtTTTTTvTtTTTvTTTTtTtT");
}

TEST_CASE("a random split has the sizes that its shares give, for every seed") {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const auto sides = random_split(1003, {8, 1, 1}, seed);
    CHECK(std::ranges::count(sides, Side::kTrain) == 802);
    CHECK(std::ranges::count(sides, Side::kValidation) == 100);
  }
  CHECK(random_split(1003, {8, 1, 1}, 1) != random_split(1003, {8, 1, 1}, 2));
  CHECK(random_split(0, {8, 1, 1}, 1).empty());
}

TEST_CASE("scaffold sets go by size, then by their later first row, and never break") {
  const std::vector<std::string> scaffolds = {"a", "b", "c", "b", "c", "d", "e", "f", "g", "h"};
  // c (rows 2, 4) before b (1, 3); then h g f e d a, one row each: 8 train, 1 validates, 1 tests.
  CHECK(letters(scaffold_split(scaffolds, {8, 1, 1})) == "tTTTTvTTTT");
  CHECK(letters(scaffold_split(scaffolds, {2, 2, 6})) == "tvTvTttttt");
}

TEST_CASE("properties of scaffold splits over drawn scaffolds") {
  std::mt19937_64 random(7);
  for (int round = 0; round < 200; ++round) {
    std::vector<std::string> scaffolds(random() % 60);
    for (std::string& scaffold : scaffolds) scaffold = std::string(1, char('a' + random() % 12));
    const auto sides = scaffold_split(scaffolds, {7, 1, 2});
    REQUIRE(sides.size() == scaffolds.size());
    std::map<std::string, std::set<Side>> of;
    for (std::size_t i = 0; i < sides.size(); ++i) of[scaffolds[i]].insert(sides[i]);
    for (const auto& [scaffold, found] : of) CHECK(found.size() == 1);
    const auto train = static_cast<std::size_t>(std::ranges::count(sides, Side::kTrain));
    CHECK(10 * train <= 7 * sides.size());
    // A set that went to test would have made both other sides too large.
    for (const auto& [scaffold, found] : of) {
      const auto size = static_cast<std::size_t>(std::ranges::count(scaffolds, scaffold));
      if (found.contains(Side::kTest)) CHECK(10 * (train + size) > 7 * sides.size());
    }
  }
}

TEST_CASE("a SMILES that is no molecule has no scaffold; one without rings an empty one") {
  chem::silence_rdkit();
  const std::vector<Sample> rows = {{.smiles = "CC"}, {.smiles = "C("}, {.smiles = "Cc1ccccc1"}};
  const auto scaffolds = scaffolds_of(rows, true);
  REQUIRE(scaffolds.size() == 3);
  CHECK(scaffolds[0] == "");
  CHECK_FALSE(scaffolds[1].has_value());
  CHECK(scaffolds[2] == "c1ccccc1");
}

TEST_CASE("real data: the scaffold splits of ChEBI-20's test side are MoleculeSTM's and Atomas's") {
  const auto path = test::real_data("golden/scaffold_split_chebi20_test.json");
  const auto golden = parse_json(read_file(path), "golden");
  chem::silence_rdkit();
  const Dataset chebi =
      load_dataset(dataset_registry().get("chebi-20"), test::real_roots("chebi20"),
                   {.train = false, .validation = false, .test = true});
  for (const auto& [variant, chirality] :
       {std::pair{"moleculestm", true}, {"atomas_default", false}}) {
    const JsonValue& expected = test::member(golden, variant);
    std::vector<std::string> scaffolds;
    auto found = scaffolds_of(chebi.test, chirality);
    for (auto& scaffold : found) scaffolds.push_back(scaffold.value());
    CHECK(std::set<std::string>(scaffolds.begin(), scaffolds.end()).size() ==
          static_cast<std::size_t>(test::member(expected, "n_scaffolds").integer));
    const auto sides = scaffold_split(scaffolds, {8, 1, 1});
    std::vector<Side> wanted(sides.size(), Side::kTrain);
    for (const JsonValue& row : test::member(expected, "valid").items)
      wanted[static_cast<std::size_t>(row.integer)] = Side::kValidation;
    for (const JsonValue& row : test::member(expected, "test").items)
      wanted[static_cast<std::size_t>(row.integer)] = Side::kTest;
    CHECK(sides == wanted);
  }
}

TEST_CASE("real data: bace and bbbp are split as OGB splits them, row for row") {
  for (const char* task : {"bace", "bbbp"}) {
    INFO(task);
    CHECK(loaded(task) == ogb(task));
  }
}

TEST_CASE("real data: bace, bbbp, clintox and sider are split as ChemVL splits them") {
  for (const char* task : {"bace", "bbbp", "clintox", "sider"}) {
    INFO(task);
    CHECK(loaded(task) == chemvl(task));
  }
}

TEST_CASE("real data: tox21 and hiv differ from ChemVL's split by what RDKit no longer reads") {
  // tests/oracle/scaffold_split.py: the published splits were made with the rows that are dropped.
  const SideById tox21 = loaded("tox21");
  CHECK(tox21.size() == 7831 - 8);
  CHECK(differing(tox21, chemvl("tox21")) == 1);
  const SideById hiv = loaded("hiv");
  CHECK(hiv.size() == 41127 - 7);
  CHECK(differing(hiv, chemvl("hiv")) == 3);
}

TEST_CASE("real data: the raw BBBP has the sides of the cleaned one") {
  const Dataset raw =
      load_dataset(dataset_registry().get("bbbp-raw"), test::real_roots("moleculenet"));
  const Dataset clean =
      load_dataset(dataset_registry().get("bbbp"), test::real_roots("moleculenet"));
  REQUIRE(raw.test.size() == clean.test.size());
  for (std::size_t i = 0; i < raw.test.size(); ++i) {
    CHECK(raw.test[i].smiles == clean.test[i].smiles);
    CHECK(raw.test[i].labels == clean.test[i].labels);
  }
}
