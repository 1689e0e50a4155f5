#include "harness/chem/path_fingerprint.h"

#include <atomic>
#include <memory>
#include <set>
#include <string>

#include <DataStructs/ExplicitBitVect.h>
#include <GraphMol/Fingerprints/Fingerprints.h>
#include <GraphMol/RDKitBase.h>
#include <boost/dynamic_bitset.hpp>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/parallel.h"
#include "tests/support/molecules.h"

namespace {

cupel::chem::BitFingerprint by_rdkit(const cupel::chem::Molecule& molecule) {
  const std::unique_ptr<const ExplicitBitVect> bits(RDKit::RDKFingerprintMol(molecule.rdkit()));
  cupel::chem::BitFingerprint result;
  result.words.resize(bits->dp_bits->num_blocks());
  boost::to_block_range(*bits->dp_bits, result.words.begin());
  return result;
}

}  // namespace

TEST_CASE("Path fingerprints of dense and strange graphs equal RDKit's") {
  for (const char* smiles :
       {"", "C", "CC", "[U]", "[Na+].[Cl-]", "C12C3C4C1C5C2C3C45", "FS(F)(F)(F)(F)F", "C~C~CCC",
        "CC |$Q_e;$|", "[Fe](C)(C)(C)(C)(C)(C)(C)(C)(C)C", "*1*2*3*1*23", "[2H]C([2H])([2H])[2H]",
        "C1=CC2=CC=C3C=CC4=CC=C5C=CC6=CC=C1C7=C2C3=C4C5=C67", "[NH3]->[Cu+2]<-[NH3]", "C$C",
        "c1ccc2c(c1)c1ccccc1c1ccccc21"}) {
    INFO(smiles);
    const auto molecule = cupel::test::molecule(smiles);
    CHECK(cupel::chem::path_fingerprint(molecule.rdkit()) == by_rdkit(molecule));
  }
}

TEST_CASE("A star of many bonds is counted without keeping its subgraphs") {
  std::string star = "[Fe]";
  for (int i = 0; i < 20; ++i) star += "(C)";
  const auto molecule = cupel::test::molecule(star);
  CHECK(cupel::chem::path_fingerprint(molecule.rdkit()) == by_rdkit(molecule));
}

TEST_CASE("Path fingerprints of every real molecule equal RDKit's") {
  std::set<std::string> all;
  for (const char* name :
       {"molt5/molt5-large-caption2smiles.txt", "molt5/molt5-small-caption2smiles.txt"}) {
    for (const auto& row : cupel::test::table(cupel::test::real_data(name), '\t'))
      all.insert({row.at(1), row.at(2)});
  }
  cupel::chem::silence_rdkit();
  const std::vector<std::string> smiles(all.begin(), all.end());
  std::atomic<int> compared = 0;
  std::atomic<int> wrong = 0;
  cupel::parallel_for(smiles.size(), 0, [&](std::size_t i) {
    const auto molecule = cupel::chem::Molecule::from_smiles(smiles[i]);
    if (!molecule.has_value()) return;
    ++compared;
    wrong +=
        static_cast<int>(cupel::chem::path_fingerprint(molecule->rdkit()) != by_rdkit(*molecule));
  });
  CHECK(compared > 7'000);
  CHECK(wrong == 0);
}
