#include "harness/chem/molecule.h"

#include <algorithm>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <GraphMol/MolOps.h>
#include <GraphMol/RDKitBase.h>
#include <GraphMol/SanitException.h>
#include <GraphMol/SmilesParse/SmilesParse.h>
#include <GraphMol/SmilesParse/SmilesWrite.h>
#include <RDGeneral/RDLog.h>
#include <RDGeneral/versions.h>
#include <fmt/format.h>

namespace cupel::chem {
namespace {

bool is_white(char byte) { return static_cast<unsigned char>(byte) <= ' '; }

// At least as many as there are atoms: one for each bracket, and one for each letter outside them
// that can start an atom ("Cl" and "Br" have one such letter).
std::size_t count_atoms_at_most(std::string_view smiles) {
  constexpr std::string_view kStarts = "BCNOPSFIHbcnops*";
  std::size_t atoms = 0;
  bool in_bracket = false;
  for (const char byte : smiles.substr(0, smiles.find_last_not_of(" \t\n") + 1)) {
    if (byte == '[') {
      in_bracket = true;
      ++atoms;
    } else if (byte == ']') {
      in_bracket = false;
    } else if (!in_bracket && (byte == ' ' || byte == '\t') && atoms > 0) {
      break;  // a name or a CXSMILES block: no atoms
    } else if (!in_bracket && kStarts.contains(byte)) {
      ++atoms;
    }
  }
  return atoms;
}

std::optional<std::string> excess_of_text(std::string_view smiles) {
  if (smiles.size() > kMaxSmilesBytes)
    return fmt::format("{} bytes, at most {} are read", smiles.size(), kMaxSmilesBytes);
  if (const std::size_t atoms = count_atoms_at_most(smiles); atoms > kMaxAtoms)
    return fmt::format("about {} atoms, at most {} are read", atoms, kMaxAtoms);
  return std::nullopt;
}

std::optional<std::string> excess_of_graph(const RDKit::ROMol& molecule) {
  for (const RDKit::Atom* atom : molecule.atoms()) {
    if (const std::size_t degree = atom->getDegree(); degree > kMaxNeighbours)
      return fmt::format("an atom with {} neighbours, at most {} are read", degree, kMaxNeighbours);
  }
  return std::nullopt;
}

std::unexpected<Failure<Defect>> defect(Defect kind, std::string detail) {
  return std::unexpected(Failure<Defect>{.kind = kind, .detail = std::move(detail)});
}

}  // namespace

Outcome<Molecule, Defect> Molecule::from_smiles(std::string_view smiles) {
  if (auto excess = excess_of_text(smiles)) return defect(Defect::kTooLarge, std::move(*excess));
  try {
    std::shared_ptr<const RDKit::ROMol> molecule =
        RDKit::v2::SmilesParse::MolFromSmiles(std::string(smiles));
    if (molecule == nullptr) return defect(Defect::kSyntax, "RDKit cannot read it as SMILES");
    if (auto excess = excess_of_graph(*molecule))
      return defect(Defect::kTooLarge, std::move(*excess));
    return Molecule(std::move(molecule));
  } catch (const std::bad_alloc&) {
    throw;
  } catch (const RDKit::MolSanitizeException& error) {
    return defect(Defect::kChemistry, error.what());
  } catch (const std::exception& error) {  // CXSMILES, numbers out of range, broken invariants
    return defect(Defect::kSyntax, error.what());
  }
}

Molecule Molecule::parent() const {
  const auto components = RDKit::MolOps::getMolFrags(*molecule_);
  if (components.size() < 2) return *this;
  std::optional<Molecule> best;
  std::pair<std::size_t, std::string> rank;
  for (const auto& component : components) {
    // RDKit shares it as Boost does; the copy of that pointer keeps it alive.
    Molecule next(std::shared_ptr<const RDKit::ROMol>(component.get(), [component](auto*) {}));
    std::pair next_rank(next.atoms(), next.canonical_smiles());
    if (best && next_rank <= rank) continue;
    rank = std::move(next_rank);
    best = std::move(next);
  }
  return *best;
}

std::size_t Molecule::atoms() const { return molecule_->getNumAtoms(); }

std::string Molecule::canonical_smiles(bool with_stereo) const {
  return RDKit::MolToSmiles(*molecule_, with_stereo);
}

bool has_trailing_text(std::string_view smiles) {
  if (std::ranges::any_of(smiles, [](char byte) { return static_cast<unsigned char>(byte) > 127; }))
    return true;
  const auto first = std::ranges::find_if_not(smiles, is_white);
  const auto end = std::find_if(first, smiles.end(), is_white);
  return std::find_if_not(end, smiles.end(), is_white) != smiles.end();
}

std::string rdkit_version() { return RDKit::rdkitVersion; }

void silence_rdkit() { boost::logging::disable_logs("rdApp.*"); }

}  // namespace cupel::chem
