/// The building blocks of the suite's molecules: pieces of SMILES with places for other pieces.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::tasks::suite {

/// A row of the tables in scaffolds.cc and substituents.cc. The template is SMILES with three
/// additions:
///   {2}       behind an atom: a place, called by its locant, that may carry a substituent
///   {2!RM}    a place that always carries one, of a kind that is named by one of the letters
///   [C*H:2]   an atom that is a stereocentre when it has its four neighbours: written with @, with
///             @@ or without; the locant is left out where a place follows
/// A [nH] whose place is taken is written n. Slashes are turned: the last one for
/// the other isomer, all of them for another spelling; or left out.
struct FragmentRow {
  std::string_view name;
  std::string_view smiles;
  /// Where it may stand. C: on carbon; N: on nitrogen; R: a ring bound by carbon; M: a ring bound
  /// by nitrogen. P asks for parentheses around the name inside a longer one.
  std::string_view kinds;
  std::size_t weight;  ///< how often it is drawn, relative to the others
  /// The same piece written towards its bond, to stand in front of its neighbour; may be empty.
  std::string_view reverse = {};
};

inline constexpr std::size_t kNoSite = static_cast<std::size_t>(-1);

struct Site {
  std::string locant;
  std::string_view accepts;  ///< kinds of substituents
  bool required = false;
  std::size_t atom = 0;  ///< that carries it, counted within the template
  bool last = false;     ///< nothing follows in its branch, so that no parentheses are needed
};

struct StereoCentre {
  std::size_t atom = 0;
  std::string locant;
  bool needs_site = false;  ///< a centre only when the place behind it is taken
};

struct Token {
  enum class Kind { kAtom, kCentre, kRing, kSlash, kSite, kOther };
  Kind kind = Kind::kOther;
  std::string text;       ///< as written; of a centre what stands between C and H: "C", "H" or ""
  std::size_t index = 0;  ///< of the atom, the centre's entry or the site, within the fragment
};

/// A row, taken apart.
struct Fragment {
  FragmentRow row;
  std::vector<Token> tokens;
  std::vector<Site> sites;
  std::vector<StereoCentre> centres;
  std::size_t atoms = 0;
  int charge = 0;
  bool has_slashes = false;
  /// The site that a symmetry of the fragment puts in the place of each site, kNoSite when there is
  /// none that accepts the same. With the identity. Set in scaffolds() and substituents().
  std::vector<std::vector<std::size_t>> symmetries;

  [[nodiscard]] bool is(char kind) const { return row.kinds.contains(kind); }
};

/// Throws std::logic_error for a template that breaks the rules above.
[[nodiscard]] Fragment compile(const FragmentRow& row);

[[nodiscard]] std::span<const FragmentRow> scaffold_rows();
[[nodiscard]] std::span<const FragmentRow> substituent_rows();

/// What molecules start from: ring systems, chains, acids, steroids, sugars.
[[nodiscard]] const std::vector<Fragment>& scaffolds();
/// What is put on them.
[[nodiscard]] const std::vector<Fragment>& substituents();

}  // namespace cupel::tasks::suite
