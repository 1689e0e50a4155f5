/// Which side of a split a row is on: the same on every machine.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/sample.h"

namespace cupel::tasks {

enum class Side : std::uint8_t { kTrain, kValidation, kTest };

inline constexpr std::array<std::pair<Side, std::string_view>, 3> kSideNames = {{
    {Side::kTrain, "train"},
    {Side::kValidation, "validation"},
    {Side::kTest, "test"},
}};

/// Train : validation : test, as whole numbers (8:1:1).
using Fractions = std::array<std::uint32_t, 3>;

/// Rows in an order drawn from the seed; the first ones train, the last ones test. Each side has
/// its share rounded down, the test side the rest.
[[nodiscard]] std::vector<Side> random_split(std::size_t rows, const Fractions& fractions,
                                             std::uint64_t seed);

/// The deterministic scaffold split: rows with one scaffold stay together. The sets are taken by
/// falling size, of two as large the one whose first row comes later; each goes to the train side
/// if that stays within its share, otherwise to validation if both sides stay within theirs
/// together, otherwise to test. The rule of MoleculeSTM, OGB and OpenBioMed, equal to their
/// published splits row for row (tests/oracle/scaffold_split.py); chemprop leaves sets as large in
/// the file's order. Shares are compared as whole numbers, so that no rounding decides.
[[nodiscard]] std::vector<Side> scaffold_split(std::span<const std::string> scaffolds,
                                               const Fractions& fractions);

/// The Murcko scaffold of each row, on all processors; nothing for a SMILES that RDKit does not
/// read.
[[nodiscard]] std::vector<std::optional<std::string>> scaffolds_of(std::span<const Sample> rows,
                                                                   bool with_chirality);

}  // namespace cupel::tasks
