#include "tasks/suite/suite.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/chem/scaffold.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "tests/support/paths.h"

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

namespace {

std::vector<std::string> lines_of(const std::string& bytes) {
  std::vector<std::string> out;
  std::istringstream stream(bytes);
  for (std::string line; std::getline(stream, line);) out.push_back(line);
  return out;
}

std::string smiles_of(const std::string& path, const std::string& line) {
  if (path.ends_with(".txt")) {
    const std::size_t tab = line.find('\t') + 1;
    return line.substr(tab, line.find('\t', tab) - tab);
  }
  if (path.ends_with("CID2SMILES.csv")) return line.substr(line.find(',') + 1);
  return line.substr(0, line.find(','));
}

/// Canonical SMILES and InChIKey skeletons.
struct Identities {
  std::set<std::string> training;
  std::set<std::string> evaluation;
};

void collect(const SuiteFile& file, Identities& all) {
  if (file.path.ends_with(".json") || file.path.ends_with(".jsonl")) return;
  const bool training = file.path.ends_with("train.txt") || file.path.contains("distill");
  const auto lines = lines_of(file.bytes);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const auto molecule = chem::Molecule::from_smiles(smiles_of(file.path, lines[i]));
    INFO(file.path << " line " << i + 1);
    REQUIRE(molecule.has_value());
    auto& into = training ? all.training : all.evaluation;
    into.insert(molecule->canonical_smiles());
    if (!chem::has_inchi()) continue;
    const std::string inchi = chem::inchi(*molecule);
    REQUIRE(!inchi.empty());
    into.insert(chem::inchi_key(inchi).substr(0, 14));
  }
}

std::size_t common(const Identities& all) {
  return static_cast<std::size_t>(std::ranges::count_if(
      all.training, [&](const std::string& one) { return all.evaluation.contains(one); }));
}

}  // namespace

TEST_CASE("the default suite has its pinned bytes", "[slow]") {
  chem::silence_rdkit();
  std::string found = "path\tbytes\tsha256\n";
  for (const SuiteFile& file : make_suite())
    found += fmt::format("{}\t{}\t{}\n", file.path, file.bytes.size(), sha256_hex(file.bytes));
  CHECK(found == read_file(test::data("suite_digests.tsv")));
}

TEST_CASE("the suite's bytes depend on the seed, and not on the number of threads") {
  chem::silence_rdkit();
  for (const std::string& set : suite_sets()) {
    const auto alone = make_suite_set(set, {.scale = 0.05, .jobs = 1});
    const auto together = make_suite_set(set, {.scale = 0.05, .jobs = 4});
    const auto other = make_suite_set(set, {.seed = 2, .scale = 0.05});
    REQUIRE(alone.size() == together.size());
    for (std::size_t i = 0; i < alone.size(); ++i) {
      CHECK(alone[i].bytes == together[i].bytes);
      CHECK(alone[i].bytes != other[i].bytes);
    }
  }
}

TEST_CASE("no molecule that is evaluated is trained on, at any size and across seeds", "[slow]") {
  chem::silence_rdkit();
  Identities across;
#ifdef __SANITIZE_ADDRESS__
  constexpr double kLarge = 0.2;  // minutes otherwise
#else
  constexpr double kLarge = 1.0;
#endif
  for (const auto& [seed, scale] : {std::pair{std::uint64_t{1}, kLarge}, {2, 0.05}, {3, 0.05}}) {
    Identities all;
    for (const SuiteFile& file : make_suite({.seed = seed, .scale = scale})) {
      collect(file, all);
      collect(file, across);
    }
    CHECK(all.training.size() > 100);
    CHECK(common(all) == 0);
  }
  CHECK(common(across) == 0);
}

TEST_CASE("the suite has several hundred scaffolds") {
  chem::silence_rdkit();
  std::set<std::string> scaffolds;
  for (const char* set : {"mini-chebi-20", "mini-bbbp"}) {
    for (const SuiteFile& file : make_suite_set(set, {.scale = 0.5})) {
      if (file.path.ends_with("jsonl")) continue;
      const auto lines = lines_of(file.bytes);
      for (std::size_t i = 1; i < lines.size(); ++i) {
        const auto molecule = chem::Molecule::from_smiles(smiles_of(file.path, lines[i])).value();
        scaffolds.insert(chem::murcko_scaffold(molecule, false));
      }
    }
  }
  CHECK(scaffolds.size() > 400);
}

TEST_CASE("an unknown set and a scale out of range are refused") {
  CHECK_THROWS_WITH(make_suite_set("mini-bbp"), ContainsSubstring("mini-bbp"));
  for (const double scale : {0.0, -1.0, 0.001, 1000.0, std::nan("")})
    CHECK_THROWS_AS(make_suite_set("mini-bbbp", {.scale = scale}), Error);
}

TEST_CASE("a suite is written whole, with a list of its digests, or not at all") {
  chem::silence_rdkit();
  const test::TempDir folder;
  std::vector<std::string> told;
  write_suite(folder / "suite", {.scale = 0.02},
              [&](std::string_view set, std::size_t, std::size_t total) {
                told.emplace_back(set);
                CHECK(total == 11);
                CHECK(!std::filesystem::exists(folder / "suite"));
              });
  CHECK(told == suite_sets());
  const auto lines = lines_of(read_file(folder / "suite/suite.tsv"));
  REQUIRE(lines.size() == 20);
  for (std::size_t i = 1; i < lines.size(); ++i) {
    const std::string path = lines[i].substr(0, lines[i].find('\t'));
    const std::string digest = lines[i].substr(lines[i].rfind('\t') + 1);
    CHECK(sha256_hex(read_file((folder / "suite") / path)) == digest);
  }
  CHECK_THROWS_WITH(write_suite(folder / "suite", {.scale = 0.02}), ContainsSubstring("there"));
  struct Stop {};
  CHECK_THROWS_AS(write_suite(folder / "second", {.scale = 0.02},
                              [](std::string_view, std::size_t done, std::size_t) {
                                if (done == 3) throw Stop();
                              }),
                  Stop);
  CHECK(std::distance(std::filesystem::directory_iterator((folder / "suite").parent_path()),
                      std::filesystem::directory_iterator()) == 1);
}
