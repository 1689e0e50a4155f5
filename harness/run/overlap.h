/// Which evaluation molecules occur in training data, by three notions of "the same".
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "harness/core/sample.h"

namespace cupel {

enum class OverlapKind : std::uint8_t {
  kInchiKey,  ///< the same standard InChIKey: the same molecule, whatever its SMILES or tautomer
  kSkeleton,  ///< the same first block of the InChIKey of the parent: stereo, isotopes, salts and
              ///< protons do not count
  kScaffold,  ///< the same Murcko scaffold without chirality; a molecule without rings has none
};

/// The names of the kinds in the store and in reports.
inline constexpr std::array<std::pair<OverlapKind, std::string_view>, 3> kOverlapKinds = {{
    {OverlapKind::kInchiKey, "inchikey"},
    {OverlapKind::kSkeleton, "skeleton"},
    {OverlapKind::kScaffold, "scaffold"},
}};

/// For each kind (by its number) one flag an evaluation sample.
using Overlaps = std::array<std::vector<bool>, kOverlapKinds.size()>;

/// For each kind the keys (64 bits of their digests) of training molecules. A molecule without the
/// key (not valid, InChI cannot treat it, no rings) adds none.
using TrainingKeys = std::array<std::unordered_set<std::uint64_t>, kOverlapKinds.size()>;

/// `progress` (may be empty) is told the share that is done, from any thread; it may throw.
[[nodiscard]] TrainingKeys training_keys(std::span<const Sample> train, unsigned jobs,
                                         const std::function<void(double)>& progress = {});

/// A flag is true when the sample shares a key with a training sample. Without InChI in this build
/// the first two are empty.
[[nodiscard]] Overlaps find_overlaps(const TrainingKeys& training,
                                     std::span<const Sample> evaluation, unsigned jobs,
                                     const std::function<void(double)>& progress = {});

}  // namespace cupel
