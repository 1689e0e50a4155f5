#include "harness/run/import_lookup.h"

#include <algorithm>

namespace cupel::import {
namespace {

using tasks::KnownKeys;
using tasks::KnownPlace;

const KnownKeys& keys() { return KnownKeys::builtin(); }

bool is_pair(std::span<const KnownPlace> input, std::span<const KnownPlace> reference,
             std::size_t set) {
  return std::ranges::any_of(input, [&](const KnownPlace& place) {
    return place.set == set && std::ranges::any_of(reference, [&](const KnownPlace& other) {
             return other.set == set && other.row == place.row;
           });
  });
}

/// Descriptions are long and a set's own; common molecules stand in many sets, so that SMILES alone
/// must nearly all agree.
bool belongs(const Reading& reading, std::size_t rows, bool captioning) {
  const std::size_t texts = captioning ? reading.reference_hits : reading.input_hits;
  const std::size_t molecules = captioning ? reading.input_hits : reading.reference_hits;
  if (rows < 20) return reading.pairs == rows;
  return reading.pairs * 2 >= rows || texts * 2 >= rows || molecules * 10 >= rows * 9;
}

std::vector<Reading> all_readings(const Lookup& lookup) {
  std::vector<Reading> all;
  for (std::size_t set = 0; set < keys().sets().size(); ++set) {
    for (std::size_t input = 0; input < 3; ++input) {
      for (std::size_t reference = 0; reference < 3; ++reference) {
        if (input != reference)
          all.push_back(lookup.read({.set = set, .input = input, .reference = reference}));
      }
    }
  }
  return all;
}

}  // namespace

std::span<const KnownPlace> places(std::string_view cell, bool molecule) {
  return molecule ? keys().find_smiles(tasks::smiles_key(cell))
                  : keys().find_description(tasks::description_key(cell));
}

Rows rows_in(std::span<const KnownPlace> found, std::size_t set) {
  Rows rows;
  for (const KnownPlace& place : found) {
    if (place.set == set) rows.push_back(place.row);
  }
  return rows;
}

bool in_set(std::span<const KnownPlace> found, std::size_t set) {
  return std::ranges::contains(found, set, &KnownPlace::set);
}

std::string set_name(std::size_t set) {
  return keys().sets()[set].id + " " + keys().sets()[set].split;
}

Lookup::Lookup(const Case& examined, const Rows& rows)
    : captioning_(examined.captioning), size_(rows.size()) {
  for (std::size_t column = 0; column < as_.size(); ++column) {
    for (const std::size_t row : rows) {
      as_[column][0].push_back(places(examined.cell(row, column), false));
      as_[column][1].push_back(places(examined.cell(row, column), true));
    }
  }
}

Reading Lookup::read(Reading how) const {
  for (std::size_t i = 0; i < size_; ++i) {
    const auto inputs = input(i, how.input);
    const auto references = reference(i, how.reference);
    how.input_hits += in_set(inputs, how.set) ? 1U : 0U;
    how.reference_hits += in_set(references, how.set) ? 1U : 0U;
    how.pairs += is_pair(inputs, references, how.set) ? 1U : 0U;
  }
  return how;
}

/// The reading that explains most rows; the columns keep their names unless another order makes at
/// least a fifth of the rows right that are wrong as named (or nearly all rows, where names leave
/// some wrong): outputs that repeat the references explain as much as these.
std::optional<Reading> best_reading(const Lookup& lookup, bool captioning) {
  const std::size_t rows = lookup.size();
  const std::vector<Reading> all = all_readings(lookup);
  const auto weight = [](const Reading& reading) {
    return reading.pairs * 2 + reading.input_hits + reading.reference_hits;
  };
  Reading named;
  for (const Reading& reading : all) {
    if (reading.as_named() && weight(reading) > weight(named)) named = reading;
  }
  Reading best = named;
  for (const Reading& reading : all) {
    if (reading.as_named() || reading.pairs * 10 < rows * 9 || reading.pairs <= best.pairs)
      continue;
    const std::size_t gain = reading.pairs - named.pairs;
    const bool nearly_all = reading.pairs * 200 >= rows * 199 && gain >= 3 && gain * 50 >= rows;
    if (gain * 5 >= rows || nearly_all) best = reading;
  }
  if (!belongs(best, rows, captioning)) return std::nullopt;
  return best;
}

}  // namespace cupel::import
