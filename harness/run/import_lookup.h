/// Cells looked up among the keys of known sets. Only harness/run/import_*.cc include this.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/import_checks.h"
#include "tasks/known_keys.h"

namespace cupel::import {

using Rows = std::vector<std::size_t>;

/// Where a cell stands among the SMILES (`molecule`) or the descriptions of all sets.
[[nodiscard]] std::span<const tasks::KnownPlace> places(std::string_view cell, bool molecule);

/// The rows of one set among places.
[[nodiscard]] Rows rows_in(std::span<const tasks::KnownPlace> found, std::size_t set);

[[nodiscard]] bool in_set(std::span<const tasks::KnownPlace> found, std::size_t set);

/// "chebi-20 test".
[[nodiscard]] std::string set_name(std::size_t set);

/// A column read as inputs and another as references of one set.
struct Reading {
  std::size_t set = 0;  ///< in KnownKeys::sets()
  std::size_t input = kInput;
  std::size_t reference = kReference;
  std::size_t input_hits = 0;
  std::size_t reference_hits = 0;
  std::size_t pairs = 0;  ///< rows whose input and reference are one row of the set

  /// Are the columns what they are called?
  [[nodiscard]] bool as_named() const { return input == kInput && reference == kReference; }
};

/// Every cell of some rows, looked up once for each kind.
class Lookup {
 public:
  using Places = std::span<const tasks::KnownPlace>;

  Lookup(const Case& examined, const Rows& rows);

  /// Where the cell of the i-th of these rows stands among the inputs, and among the references.
  [[nodiscard]] Places input(std::size_t i, std::size_t column = kInput) const {
    return as_[column][captioning_ ? 1 : 0][i];
  }
  [[nodiscard]] Places reference(std::size_t i, std::size_t column = kReference) const {
    return as_[column][captioning_ ? 0 : 1][i];
  }
  [[nodiscard]] std::size_t size() const { return size_; }

  /// `how` with its numbers filled in.
  [[nodiscard]] Reading read(Reading how) const;

 private:
  bool captioning_;
  std::size_t size_;
  std::array<std::array<std::vector<Places>, 2>, 3> as_;
};

/// The reading that explains most rows, if it explains enough of them to say that they are a set's.
[[nodiscard]] std::optional<Reading> best_reading(const Lookup& lookup, bool captioning);

}  // namespace cupel::import
