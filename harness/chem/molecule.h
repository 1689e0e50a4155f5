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
  kTooLarge,   ///< beyond the limits below; RDKit was not asked, or its answer was not kept
};

/// Beyond these, RDKit's recursive searches overflow an 8 MiB stack (between 9,000 and 10,000 atoms
/// in one chain) or its path fingerprint does not end (a star of n bonds has C(n, 7) subgraphs of
/// seven bonds). Real data stays far below: ChEBI-20 has at most 1,598 bytes and 10 neighbours.
inline constexpr std::size_t kMaxSmilesBytes = 100'000;
inline constexpr std::size_t kMaxAtoms = 4'000;
inline constexpr std::size_t kMaxNeighbours = 24;

/// An immutable molecule; copies share it. Thread-safe to read.
class Molecule {
 public:
  /// Equals Chem.MolFromSmiles(smiles) with default parameters: sanitized, explicit hydrogens
  /// removed, text after the first white space taken as a name (or as a CXSMILES block if it starts
  /// with '|'). Leading white space is skipped. The empty string is a molecule without atoms; a
  /// string of white space only is a syntax defect. Throws nothing but std::bad_alloc. The detail
  /// of a failure is RDKit's message where it throws one (its parser logs instead of throwing).
  [[nodiscard]] static Outcome<Molecule, Defect> from_smiles(std::string_view smiles);

  [[nodiscard]] std::size_t atoms() const;

  /// Chem.MolToSmiles(mol), with stereo marks or (Chem.MolToSmiles(mol, isomericSmiles=False))
  /// without.
  [[nodiscard]] std::string canonical_smiles(bool with_stereo = true) const;

  /// What matters in a salt, solvate or mixture: the component with most atoms; of several, the one
  /// whose canonical SMILES comes last. Charges stay as they are.
  [[nodiscard]] Molecule parent() const;

  /// For the rooms' own .cc files only; no other room includes RDKit.
  [[nodiscard]] const RDKit::ROMol& rdkit() const { return *molecule_; }

 private:
  explicit Molecule(std::shared_ptr<const RDKit::ROMol> molecule)
      : molecule_(std::move(molecule)) {}
  std::shared_ptr<const RDKit::ROMol> molecule_;
};

/// True when RDKit would read only a part of the string as the molecule and say nothing: text
/// stands after the white space (or NUL) that ends the SMILES, or a byte outside ASCII stands
/// anywhere, which its lexer takes for the end of the input. "C C" and "C\u2047C" have trailing
/// text; " C" and "C " have none. A CXSMILES block counts as text.
[[nodiscard]] bool has_trailing_text(std::string_view smiles);

/// "2025.03.1", of the library that is loaded.
[[nodiscard]] std::string rdkit_version();

/// Sends RDKit's own log lines nowhere; libraries do not print. Called once by the program and by
/// tests.
void silence_rdkit();

}  // namespace cupel::chem
