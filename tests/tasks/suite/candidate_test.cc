#include "tasks/suite/candidate.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"

using namespace cupel;
using namespace cupel::tasks::suite;

namespace {

std::vector<Candidate> first(std::size_t n, const std::vector<Side>& sides, unsigned jobs) {
  chem::silence_rdkit();
  std::vector<Candidate> out;
  for_each_candidate(3, "candidate test", sides, jobs, [&](std::uint64_t, Candidate&& one) {
    out.push_back(std::move(one));
    return out.size() < n;
  });
  return out;
}

}  // namespace

TEST_CASE("candidates do not depend on the number of threads") {
  const auto alone = first(300, {Side::kTrain}, 1);
  const auto together = first(300, {Side::kTrain}, 3);
  REQUIRE(alone.size() == together.size());
  for (std::size_t i = 0; i < alone.size(); ++i) CHECK(alone[i].smiles == together[i].smiles);
}

TEST_CASE("candidates stand on the sides that were asked for, at the shares of the sides") {
  for (const Candidate& one : first(200, {Side::kTest}, 0)) {
    CHECK(side_of(one.skeleton) == Side::kTest);
    CHECK(one.smiles.size() <= kLongestSmiles);
    CHECK(one.smiles.size() >= kShortestSmiles);
  }
  std::vector<std::size_t> shares(3);
  for (std::uint64_t i = 0; i < 10'000; ++i) ++shares[static_cast<std::size_t>(side_of(i))];
  CHECK(std::abs(static_cast<double>(shares[0]) - 5000) < 200);
  CHECK(std::abs(static_cast<double>(shares[1]) - 1500) < 150);
}

TEST_CASE("every written configuration is one that RDKit sees") {
  std::size_t marked = 0;
  for (const Candidate& one : first(600, {Side::kTrain, Side::kTest}, 0)) {
    INFO(one.smiles);
    const bool centres = one.smiles.contains('@');
    const bool bonds = one.smiles.contains('/') || one.smiles.contains('\\');
    CHECK(centres == !one.facts.stereo_atoms.empty());
    CHECK(bonds == !one.facts.stereo_bonds.empty());
    marked += centres || bonds;
  }
  CHECK(marked > 120);
}
