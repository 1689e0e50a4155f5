#include "tasks/suite/candidate.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "harness/chem/molecule.h"
#include "harness/core/parallel.h"
#include "tasks/suite/random.h"

namespace cupel::tasks::suite {
namespace {

constexpr std::size_t kBatch = 256;

std::size_t count_of(std::string_view text, std::string_view what) {
  std::size_t count = 0;
  for (std::size_t at = text.find(what); at != std::string_view::npos;
       at = text.find(what, at + what.size()))
    ++count;
  return count;
}

std::size_t written_double_bonds(const Node& node) {
  std::size_t count = node.stereo && node.fragment->has_slashes ? 1 : 0;
  for (const Branch& branch : node.branches) count += written_double_bonds(branch.node);
  return count;
}

chem::Molecule parse(const std::string& smiles) {
  auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule)
    throw std::logic_error("the suite wrote " + smiles + ": " + molecule.error().detail);
  return std::move(*molecule);
}

// A mark on an atom with two equal neighbours says nothing, and RDKit drops it.
bool marks_hold(const Structure& structure, const std::string& smiles,
                const chem::MoleculeFacts& facts) {
  return count_of(smiles, "[C@") == facts.stereo_atoms.size() &&
         written_double_bonds(structure.root) == facts.stereo_bonds.size();
}

}  // namespace

Side side_of(std::uint64_t skeleton) {
  const std::uint64_t part = split_mix(skeleton) % 100;
  return part < 50 ? Side::kTrain : part < 65 ? Side::kValidation : Side::kTest;
}

std::optional<Candidate> examine(Structure structure, const std::vector<Side>& sides) {
  Candidate out{.structure = std::move(structure)};
  out.smiles = write(out.structure);
  if (out.smiles.size() < kShortestSmiles || out.smiles.size() > kLongestSmiles)
    return std::nullopt;
  auto molecule = parse(out.smiles);
  out.skeleton = chem::skeleton_hash(molecule);
  if (!std::ranges::contains(sides, side_of(out.skeleton))) return std::nullopt;
  out.facts = chem::facts(molecule);
  if (!marks_hold(out.structure, out.smiles, out.facts)) {
    forget_stereo(out.structure.root);
    out.smiles = write(out.structure);
    molecule = parse(out.smiles);
    out.facts = chem::facts(molecule);
    if (!marks_hold(out.structure, out.smiles, out.facts)) return std::nullopt;
  }
  out.canonical = molecule.canonical_smiles();
  out.classes = match_classes(molecule);
  return out;
}

void for_each_candidate(std::uint64_t seed, std::string_view name, const std::vector<Side>& sides,
                        unsigned jobs,
                        const std::function<bool(std::uint64_t, Candidate&&)>& visit) {
  for (std::uint64_t first = 0;; first += kBatch) {
    std::vector<std::optional<Candidate>> batch(kBatch);
    parallel_for(kBatch, jobs, [&](std::size_t i) {
      Random random(stream(seed, name, first + i));
      batch[i] = examine(grow(random), sides);
    });
    for (std::size_t i = 0; i < kBatch; ++i) {
      if (batch[i] && !visit(first + i, std::move(*batch[i]))) return;
    }
  }
}

}  // namespace cupel::tasks::suite
