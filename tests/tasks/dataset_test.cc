#include "tasks/dataset.h"

#include <array>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "tasks/known_keys.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

const std::string kRows = "id\tsmiles\ttext\n1\tC/C=C\\\\C\ta\n2\tCC\tb\n";

std::string message(const DatasetDescriptor& set, const DataRoots& roots) {
  return test::said_by([&] { return load_dataset(set, roots); });
}

Dataset real(const std::string& id, const std::string& folder, const Sides& sides = {}) {
  chem::silence_rdkit();
  return load_dataset(dataset_registry().get(id), test::real_roots(folder), sides);
}

std::array<std::size_t, 3> sizes(const Dataset& dataset) {
  return {dataset.train.size(), dataset.validation.size(), dataset.test.size()};
}

using Sizes = std::array<std::size_t, 3>;

}  // namespace

TEST_CASE("a set is read, treated as its descriptor says, and dealt out") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  CHECK(load_dataset(set, test::roots(dir)).train.at(0).smiles == "C/C=C\\\\C");
  set.unescape_backslashes = true;
  const Dataset dataset = load_dataset(set, test::roots(dir));
  REQUIRE(dataset.train.size() == 2);
  CHECK(dataset.train[0].smiles == "C/C=C\\C");
  CHECK(dataset.train[1].id == "2");
  CHECK(dataset.validation.empty());
}

TEST_CASE("a file that is not there is a missing capability that says how to obtain it") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  set.parts[0].files[0].path = "b.tsv";
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("6: mine: ") && ContainsSubstring("b.tsv is not there // ask"));
  CHECK_THAT(message(set, {}), ContainsSubstring("6: mine: the folder with b.tsv is not known") &&
                                   ContainsSubstring("CUPEL_DATA") &&
                                   ContainsSubstring("ask its author"));
  set.root = DatasetDescriptor::Root::kSuite;
  CHECK_THAT(message(set, test::roots(dir)), ContainsSubstring("cupel data synth"));
  set.parts.clear();
  CHECK_THAT(message(set, test::roots(dir)), ContainsSubstring("6: mine: was never released"));
}

TEST_CASE("another file is an integrity error that names what was expected and found") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  const std::string right = set.parts[0].files[0].sha256;
  const std::string other =
      test::data_file(dir, "a.tsv", "id\tsmiles\ttext\n1\tC/C=C\\\\C\ta\n2\tCC\tc\n").sha256;
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("5: mine: ") &&
                 ContainsSubstring("expected sha256 " + right + ", found sha256 " + other));
  static_cast<void>(test::data_file(dir, "a.tsv", kRows + "x"));
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("expected 35 bytes, found 36 bytes"));
}

TEST_CASE("a file of which only git's identity is known is checked by that") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  DataFile& file = set.parts[0].files[0];
  file = {.path = "a.tsv", .sha256 = {}, .git_blob = git_blob_hex(kRows), .bytes = {}};
  CHECK(load_dataset(set, test::roots(dir)).train.size() == 2);
  file.git_blob[0] = file.git_blob[0] == '0' ? '1' : '0';
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("5: mine: ") && ContainsSubstring("found git-blob "));
}

TEST_CASE("counts that the descriptor does not know, and repeated ids, are refused") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 3);
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("5: mine: rows in a.tsv: expected 3, found 2"));
  set.parts[0].rows = 2;
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("5: mine: rows of the train side: expected 3, found 2"));
  const auto twice = test::pairs_set(dir, "b.tsv", "id\tsmiles\ttext\n1\tC\ta\n1\tCC\tb\n", 2);
  CHECK_THAT(message(twice, test::roots(dir)), ContainsSubstring("two rows have the id '1'"));
}

TEST_CASE("text that is not UTF-8, NUL bytes and broken gzip are refused with their place") {
  const test::TempDir dir;
  const auto latin = test::pairs_set(dir, "a.tsv", "id\tsmiles\ttext\n1\tC\tcaf\xE9\n", 1);
  CHECK_THAT(message(latin, test::roots(dir)),
             ContainsSubstring("a.tsv:2: byte 0xE9 is not UTF-8"));
  const auto nul = test::pairs_set(dir, "b.tsv", std::string("id\tsm\0les\n", 10), 1);
  CHECK_THAT(message(nul, test::roots(dir)), ContainsSubstring("b.tsv:1: a NUL byte"));
  const auto plain = test::pairs_set(dir, "c.tsv.gz", kRows, 2);
  CHECK_THAT(message(plain, test::roots(dir)),
             ContainsSubstring("c.tsv.gz: the gzip stream is damaged"));
}

TEST_CASE("rows that RDKit does not read are dropped before the split, and counted") {
  chem::silence_rdkit();
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(
      dir, "a.tsv", "id\tsmiles\ttext\n1\tC\ta\n2\tC(\tb\n3\tc1ccccc1\tc\n4\tCC\td\n", 4);
  set.parts[0].side.reset();
  set.split = {.kind = SplitRule::Kind::kScaffold, .fractions = {2, 1, 0}};
  set.unparsable = 1;
  set.sizes = {2, 1, 0};
  const Dataset dataset = load_dataset(set, test::roots(dir));
  CHECK(dataset.train.at(0).id == "1");
  CHECK(dataset.train.at(1).id == "4");
  CHECK(dataset.validation.at(0).id == "3");
  set.unparsable = 0;
  CHECK_THAT(message(set, test::roots(dir)),
             ContainsSubstring("5: mine: rows that RDKit does not read: expected 0, found 1"));
}

TEST_CASE("sides that are not asked for are empty, and given ones not even read") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  set.parts.push_back(set.parts[0]);
  set.parts[1].side = Side::kTest;
  set.parts[1].files[0].path = "absent.tsv";
  set.sizes = {2, 0, 2};
  CHECK_THAT(message(set, test::roots(dir)), ContainsSubstring("absent.tsv"));
  const Sides no_test{.train = true, .validation = true, .test = false};
  CHECK(sizes(load_dataset(set, test::roots(dir), no_test)) == Sizes{2, 0, 0});
}

TEST_CASE("rows without ids are numbered over all parts, whichever sides are read") {
  const test::TempDir dir;
  DatasetDescriptor set = test::pairs_set(dir, "a.tsv", kRows, 2);
  set.parts[0].columns.id.clear();
  set.parts.push_back(set.parts[0]);
  set.parts[1].side = Side::kTest;
  set.sizes = {2, 0, 2};
  CHECK(load_dataset(set, test::roots(dir)).test.at(1).id == "3");
  CHECK(load_dataset(set, test::roots(dir), {.train = false, .validation = false, .test = true})
            .test.at(1)
            .id == "3");
}

TEST_CASE("real data: the pairs have their published sizes") {
  CHECK(sizes(real("chebi-20-open", "chebi20")) == Sizes{3801, 0, 3300});
  CHECK(sizes(real("pcdes", "pcdes")) == Sizes{10494, 1500, 3000});
  CHECK(sizes(real("pcdes-scaffold", "pcdes")) == Sizes{10494, 1499, 2999});
  CHECK(sizes(real("momu-phy", "pcdes")) == Sizes{0, 0, 5562});
  CHECK(sizes(real("pubchem324k", "pubchem324k")) == Sizes{0, 1000, 2000});
}

TEST_CASE("real data: the property sets have their published sizes and labels") {
  struct Expected {
    const char* id;
    std::size_t rows;
    std::size_t labels;
  };
  for (const auto& [id, rows, labels] : {Expected{"bbbp", 2039, 1},
                                         {"bbbp-raw", 2039, 1},
                                         {"tox21", 7823, 12},
                                         {"toxcast", 8576, 617},
                                         {"sider", 1427, 27},
                                         {"clintox", 1478, 2},
                                         {"bace", 1513, 1}}) {
    INFO(id);
    const Dataset dataset = real(id, "moleculenet");
    CHECK(dataset.train.size() + dataset.validation.size() + dataset.test.size() == rows);
    CHECK(dataset.labels.size() == labels);
    for (const Sample& sample : dataset.test) CHECK(sample.labels.size() == labels);
  }
}

TEST_CASE("real data: muv has its published size, and 24 to 30 positives a label") {
  const Dataset dataset = real("muv", "moleculenet");
  CHECK(sizes(dataset) == Sizes{74469, 9309, 9309});
  REQUIRE(dataset.labels.size() == 17);
  for (std::size_t label = 0; label < 17; ++label) {
    std::size_t positives = 0;
    for (const auto* side : {&dataset.train, &dataset.validation, &dataset.test})
      for (const Sample& sample : *side) positives += sample.labels[label] == 1 ? 1 : 0;
    CHECK(positives >= 24);
    CHECK(positives <= 30);
  }
}

TEST_CASE("real data: the test rows of chebi-20 and pcdes are the known ones, in order") {
  const Sides test_only{.train = false, .validation = false, .test = true};
  for (const auto& [id, folder] : {std::pair{"chebi-20", "chebi20"}, {"pcdes", "pcdes"}}) {
    const Dataset dataset = real(id, folder, test_only);
    for (const KnownSet& known : KnownKeys::builtin().sets()) {
      if (known.id != id) continue;
      REQUIRE(known.smiles.size() == dataset.test.size());
      std::size_t equal = 0;
      for (std::size_t i = 0; i < dataset.test.size(); ++i)
        equal += smiles_key(dataset.test[i].smiles) == known.smiles[i] &&
                         description_key(dataset.test[i].text) == known.descriptions[i]
                     ? 1
                     : 0;
      CHECK(equal == dataset.test.size());
      for (const Sample& sample : dataset.test) CHECK_FALSE(sample.smiles.contains("\\\\"));
    }
  }
}

TEST_CASE("real data: chebi-20's training side is told to be missing, with how to obtain it") {
  const auto roots = test::real_roots("chebi20");
  if (std::filesystem::exists(roots.data / "chebi20/train.txt"))
    SKIP("chebi20/train.txt is at hand");
  CHECK_THAT(message(dataset_registry().get("chebi-20"), roots),
             ContainsSubstring("6: chebi-20: ") && ContainsSubstring("train.txt is not there") &&
                 ContainsSubstring("blender-nlp/MolT5"));
}
