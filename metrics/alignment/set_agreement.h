/// How far found sets agree with the truth, beside what chance gives.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace cupel::metrics {

/// What is compared.
enum class AlignedKind : std::uint8_t {
  kMolecule,  ///< adjusted_rand over atoms
  kText,      ///< adjusted_rand over the bytes of phrases
  kPair,      ///< adjusted_rand_across of atoms and bytes, a set of the text being the set of the
              ///< molecule that it is matched with
};
inline constexpr std::size_t kAlignedKinds = 3;

/// Of one example, one level and one kind.
struct Agreement {
  double found = 0.0;
  double shuffled = 0.0;   ///< of the controls (metrics/alignment/controls.h)
  double rotated = 0.0;    ///< the same
  double rematched = 0.0;  ///< the same; of pairs alone
};

/// Of one example. An atom has the set of its first letter; an element without a set is alone, and
/// what is matched with no set belongs to no atom.
struct SetAgreement {
  bool counts = false;    ///< the truth has something to be found, and could be read
  bool readable = false;  ///< the answer could be read; else all agreement is 0
  /// By level from 1, then by AlignedKind. Empty unless both hold.
  std::vector<std::array<Agreement, kAlignedKinds>> levels;
};

/// `reference` as write_truth wrote it, `prediction` as found_sets.h says. The controls are drawn
/// from the reference alone: every model has the same, and each time again.
[[nodiscard]] SetAgreement set_agreement(std::string_view prediction, std::string_view reference);

}  // namespace cupel::metrics
