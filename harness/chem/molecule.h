/// The one definition of "a valid molecule": what RDKit's default SMILES parser returns.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "harness/core/error.h"

namespace RDKit {
class ROMol;
}

namespace cupel::chem {

/// Why a string is no molecule. RDKit returns null for the first and throws for the second; a
/// molecule with zero atoms is neither: it parses, and protocols decide whether it counts (see
/// Molecule::atoms).
enum class Defect : std::uint8_t {
  kSyntax,     ///< not SMILES: unbalanced ring or parenthesis, unknown symbol, malformed CXSMILES
               ///< block
  kChemistry,  ///< SMILES of an impossible molecule: valence, kekulization, aromaticity
};

/// An immutable molecule; copies share it. Thread-safe to read.
class Molecule {
 public:
  /// Equals Chem.MolFromSmiles(smiles) with default parameters: sanitized, explicit hydrogens
  /// removed, text after the first white space taken as a name (or as a CXSMILES block if it starts
  /// with '|'). Leading white space is skipped. The empty string is a molecule without atoms; a
  /// string of white space only is a syntax defect. Never throws; the detail of a failure is
  /// RDKit's message.
  [[nodiscard]] static Outcome<Molecule, Defect> from_smiles(std::string_view smiles);

  [[nodiscard]] std::size_t atoms() const;

  /// Chem.MolToSmiles(mol), with stereo marks or (Chem.MolToSmiles(mol, isomericSmiles=False))
  /// without.
  [[nodiscard]] std::string canonical_smiles(bool with_stereo = true) const;

  /// For the rooms' own .cc files only; no other room includes RDKit.
  [[nodiscard]] const RDKit::ROMol& rdkit() const { return *molecule_; }

 private:
  explicit Molecule(std::shared_ptr<const RDKit::ROMol> molecule)
      : molecule_(std::move(molecule)) {}
  friend struct MoleculeAccess;
  std::shared_ptr<const RDKit::ROMol> molecule_;
};

/// True when RDKit would read only a prefix of the string as the molecule: text stands after white
/// space that follows the first non-white character. "C C" has trailing text; " C" and "C " have
/// none.
[[nodiscard]] bool has_trailing_text(std::string_view smiles);

/// "2025.03.1", of the library that is loaded.
[[nodiscard]] std::string rdkit_version();

/// Sends RDKit's own log lines nowhere; libraries do not print. Called once by the program and by
/// tests.
void silence_rdkit();

}  // namespace cupel::chem
