#include "harness/run/overlap.h"

#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/chem/scaffold.h"
#include "harness/core/file.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;

std::vector<Sample> samples(const std::vector<std::string>& smiles) {
  std::vector<Sample> all;
  for (const std::string& one : smiles)
    all.push_back({.id = "", .smiles = one, .text = "", .labels = {}});
  return all;
}

using Flags = std::vector<bool>;

TEST_CASE("planted duplicates are found by the keys that they share") {
  if (!chem::has_inchi()) SKIP("this build has no InChI");
  // L-alanine, caffeine, acetylacetone (keto), sodium-free ibuprofen.
  const auto train = samples({"C[C@H](N)C(=O)O", "Cn1cnc2c1c(=O)n(C)c(=O)n2C", "CC(=O)CC(=O)N",
                              "CC(C)Cc1ccc(cc1)C(C)C(=O)O"});
  const auto test = samples({
      "OC(=O)[C@H](C)N",                      // re-ordered
      "CC(N)C(=O)O",                          // stereo removed
      "C[C@@H](N)C(=O)O",                     // the other enantiomer
      "CC(C)Cc1ccc(cc1)C(C)C(=O)[O-].[Na+]",  // the sodium salt
      "CC(=O)CC(O)=N",                        // a tautomer that InChI makes one
      "Cn1cnc2c1c(=O)[nH]c(=O)n2C",           // theobromine-like: same scaffold only
      "CCCCCCCC",                             // shares nothing
      "c1ccccc1CC(C)C",                       // benzene scaffold, as ibuprofen
      "not a molecule",
  });
  const auto overlaps = find_overlaps(training_keys(train, 1), test, 1);
  CHECK(overlaps[0] == Flags{1, 0, 0, 0, 1, 0, 0, 0, 0});
  CHECK(overlaps[1] == Flags{1, 1, 1, 1, 1, 0, 0, 0, 0});
  CHECK(overlaps[2] == Flags{0, 0, 0, 1, 0, 1, 0, 1, 0});
}

TEST_CASE("overlaps equal brute force over strings, on any number of threads") {
  if (!chem::has_inchi()) SKIP("this build has no InChI");
  std::vector<std::string> all;
  std::istringstream rows(read_file(test::suite("captioning.tsv")));
  for (std::string row; std::getline(rows, row);) all.push_back(row.substr(0, row.find('\t')));
  const std::size_t half = all.size() / 2;
  const auto train = samples({all.begin(), all.begin() + static_cast<std::ptrdiff_t>(half)});
  // The last third of the training molecules are in the evaluation, too.
  const auto test = samples({all.begin() + static_cast<std::ptrdiff_t>(half * 2 / 3), all.end()});
  std::set<std::string> keys;
  std::set<std::string> scaffolds;
  for (const Sample& sample : train) {
    const auto molecule = chem::Molecule::from_smiles(sample.smiles);
    if (!molecule) continue;
    keys.insert(chem::inchi_key(chem::inchi(*molecule)));
    scaffolds.insert(chem::murcko_scaffold(*molecule, false));
  }
  scaffolds.erase("");
  const auto overlaps = find_overlaps(training_keys(train, 1), test, 1);
  for (std::size_t i = 0; i < test.size(); ++i) {
    const auto molecule = chem::Molecule::from_smiles(test[i].smiles);
    if (!molecule) continue;
    CAPTURE(test[i].smiles);
    const std::string inchi = chem::inchi(*molecule);
    CHECK(overlaps[0][i] == (!inchi.empty() && keys.contains(chem::inchi_key(inchi))));
    CHECK(overlaps[2][i] == scaffolds.contains(chem::murcko_scaffold(*molecule, false)));
  }
  CHECK(find_overlaps(training_keys(train, 3), test, 3) == overlaps);
}

TEST_CASE("nothing overlaps with no training data") {
  const auto overlaps = find_overlaps(TrainingKeys(), samples({"CCO"}), 1);
  CHECK(overlaps[2] == Flags{0});
}

}  // namespace
