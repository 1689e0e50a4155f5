/// Molecules of the grammar, one after another, each with what RDKit says of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/chem/facts.h"
#include "tasks/suite/classes.h"
#include "tasks/suite/structure.h"

namespace cupel::tasks::suite {

/// Which side of an evaluation a molecule may stand on. It follows from the skeleton alone
/// (chem::skeleton_hash), whatever the seed, the set or the size: so no two molecules with equal
/// canonical SMILES, or with equal first blocks of their InChIKeys, ever stand on two sides, and
/// every file can be made without looking at another.
enum class Side : std::uint8_t { kTrain, kValidation, kTest };

[[nodiscard]] Side side_of(std::uint64_t skeleton);

struct Candidate {
  Structure structure;
  std::string smiles;     ///< as the grammar wrote it
  std::string canonical;  ///< only ever compared: its bytes depend on the RDKit version
  std::uint64_t skeleton = 0;
  chem::MoleculeFacts facts;
  std::vector<ClassMatch> classes;
};

/// SMILES of other lengths (bytes) and molecules of more atoms are not used.
inline constexpr std::size_t kShortestSmiles = 5;
inline constexpr std::size_t kLongestSmiles = 96;

/// Nothing when the molecule is too small, too large, or on none of the sides.
[[nodiscard]] std::optional<Candidate> examine(Structure structure, const std::vector<Side>& sides);

/// Calls `visit(number, candidate)` for what `examine` lets pass of the structures number 0, 1, …
/// of the stream (seed, name), in this order, until it returns false. `jobs` threads (0: all).
void for_each_candidate(
    std::uint64_t seed, std::string_view name, const std::vector<Side>& sides, unsigned jobs,
    const std::function<bool(std::uint64_t number, Candidate&& candidate)>& visit);

}  // namespace cupel::tasks::suite
