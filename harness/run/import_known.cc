#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/run/import_checks.h"
#include "harness/run/import_lookup.h"
#include "tasks/known_keys.h"

namespace cupel::import {
namespace {

const std::vector<tasks::KnownSet>& sets() { return tasks::KnownKeys::builtin().sets(); }

ImportFinding swapped_columns(const Reading& reading, std::size_t rows) {
  const std::size_t rest = 3 - reading.input - reading.reference;
  return {
      .cause = "columns-swapped",
      .sure = true,
      .what = fmt::format("in {} of {} rows column '{}' holds the input of {}, column '{}' its "
                          "reference, and so column '{}' the output",
                          reading.pairs, rows, kColumnNames[reading.input], set_name(reading.set),
                          kColumnNames[reading.reference], kColumnNames[rest]),
      .remedy = "give the columns their right names"};
}

/// How each row of the file stands to the set.
struct Pairing {
  Rows mismatched;             ///< input and reference are different rows of the set
  Rows unknown_reference;      ///< only the input is of the set
  Rows unknown_input;          ///< only the reference is
  Rows unknown;                ///< neither
  std::set<std::size_t> seen;  ///< rows of the set that some row of the file names
  std::size_t repeated = 0;    ///< rows of the file that are, input and reference, a row once more
};

Pairing pair_up(const Lookup& lookup, const Reading& reading) {
  Pairing pairing;
  const bool by_reference = reading.reference_hits > reading.input_hits;
  std::set<std::size_t> paired;
  for (std::size_t i = 0; i < lookup.size(); ++i) {
    const Rows inputs = rows_in(lookup.input(i), reading.set);
    const Rows references = rows_in(lookup.reference(i), reading.set);
    if (inputs.empty() && references.empty()) {
      pairing.unknown.push_back(i);
      continue;
    }
    const auto common = std::ranges::find_if(
        inputs, [&](std::size_t row) { return std::ranges::contains(references, row); });
    if (common != inputs.end()) {
      pairing.seen.insert(*common);
      pairing.repeated += paired.insert(*common).second ? 0U : 1U;
      continue;
    }
    if (references.empty()) pairing.unknown_reference.push_back(i);
    if (inputs.empty()) pairing.unknown_input.push_back(i);
    if (!inputs.empty() && !references.empty()) pairing.mismatched.push_back(i);
    const Rows& own = inputs.empty() || (by_reference && !references.empty()) ? references : inputs;
    pairing.seen.insert(own.front());
  }
  return pairing;
}

/// The k by which nearly all mismatched references stand away from their inputs, or 0.
std::ptrdiff_t common_offset(const Lookup& lookup, const Reading& reading, const Rows& mismatched) {
  std::unordered_map<std::size_t, std::size_t> place_of;
  for (std::size_t i = 0; i < lookup.size(); ++i) {
    for (const std::size_t row : rows_in(lookup.input(i), reading.set)) place_of.emplace(row, i);
  }
  std::map<std::ptrdiff_t, std::size_t> votes;
  for (const std::size_t i : mismatched) {
    for (const std::size_t row : rows_in(lookup.reference(i), reading.set)) {
      const auto at = place_of.find(row);
      if (at != place_of.end())
        ++votes[static_cast<std::ptrdiff_t>(i) - static_cast<std::ptrdiff_t>(at->second)];
    }
  }
  for (const auto& [offset, count] : votes) {
    if (count * 10 >= mismatched.size() * 9) return offset;
  }
  return 0;
}

void report_mismatches(const Case& examined, const Lookup& lookup, const Reading& reading,
                       const Pairing& pairing, Findings& findings) {
  const Rows& wrong = pairing.mismatched;
  if (wrong.empty()) return;
  const std::ptrdiff_t offset = common_offset(lookup, reading, wrong);
  findings.push_back(
      {.cause = "references-reordered",
       .sure = true,
       .what = fmt::format(
           "in {} of {} rows, the first in line {}, the reference belongs to the "
           "input of another row of {}{}",
           wrong.size(), examined.rows(), examined.line(wrong.front()), set_name(reading.set),
           offset == 0 ? std::string() : fmt::format(": they are shifted by {} rows", offset)),
       .remedy = "one column was sorted, shuffled or shifted alone; write inputs and references "
                 "from the same rows"});
}

/// References of one set beside inputs of another.
bool report_foreign(const Lookup& lookup, const Reading& reading, Findings& findings) {
  const std::size_t rows = lookup.size();
  for (std::size_t set = 0; set < sets().size(); ++set) {
    if (set == reading.set) continue;
    const Reading other = lookup.read({.set = set});
    const bool inputs_here = reading.input_hits * 10 >= rows * 9 && reading.pairs * 10 < rows;
    const bool references_here =
        reading.reference_hits * 10 >= rows * 9 && reading.pairs * 10 < rows;
    const bool references_there = inputs_here && other.reference_hits * 2 >= rows;
    const bool inputs_there = references_here && other.input_hits * 2 >= rows;
    if (!references_there && !inputs_there) continue;
    findings.push_back(
        {.cause = "references-foreign",
         .sure = true,
         .what = fmt::format("the inputs are those of {}, the references those of {}",
                             set_name(references_there ? reading.set : set),
                             set_name(references_there ? set : reading.set)),
         .remedy = "take inputs and references from one data set"});
    return true;
  }
  return false;
}

/// Cells of `rows` that are the set's once their UTF-8 is no longer read as Latin-1. Leaves the
/// other rows.
void report_garbled(const Case& examined, const Reading& reading, std::size_t column, Rows& rows,
                    Findings& findings) {
  const std::size_t garbled = std::erase_if(rows, [&](std::size_t row) {
    const auto before = undo_mojibake(examined.cell(row, column));
    return before && in_set(places(*before, examined.molecules(column)), reading.set);
  });
  if (garbled == 0) return;
  findings.push_back(
      {.cause = "mojibake",
       .sure = true,
       .what = fmt::format("{} cells of column '{}' are those of {} after their UTF-8 was read as "
                           "Latin-1",
                           garbled, kColumnNames[column], set_name(reading.set)),
       .remedy = "read the original file as UTF-8"});
}

/// Does `cell` hold the SMILES of a row of the set and, before or behind it, the same row's
/// description?
std::optional<std::size_t> row_inside(std::string_view cell, std::size_t set) {
  for (std::size_t at = 0; at < cell.size();) {
    const std::size_t end = std::min(cell.find(' ', at), cell.size());
    for (const std::size_t row : rows_in(places(cell.substr(at, end - at), true), set)) {
      const tasks::Key wanted = sets()[set].descriptions[row];
      const std::string_view before = cell.substr(0, at);
      for (std::size_t from = before.find(' '); from != std::string_view::npos;
           from = before.find(' ', from + 1)) {
        if (tasks::description_key(before.substr(from)) == wanted) return row;
      }
      const std::string_view behind = cell.substr(end);
      for (std::size_t stop = behind.find('.'); stop != std::string_view::npos;
           stop = behind.find('.', stop + 1)) {
        if (tasks::description_key(behind.substr(0, stop + 1)) == wanted) return row;
      }
      if (tasks::description_key(before) == wanted || tasks::description_key(behind) == wanted)
        return row;
    }
    at = end + 1;
  }
  return std::nullopt;
}

/// Cells that hold whole rows of the set which are missing: these rows were swallowed.
void report_swallowed(const Case& examined, const Lookup& lookup, const Reading& reading,
                      const Pairing& pairing, Findings& findings) {
  if (pairing.seen.size() == sets()[reading.set].smiles.size()) return;
  Rows holding;
  for (std::size_t i = 0; i < examined.rows(); ++i) {
    for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
      const std::string_view cell = examined.cell(i, column);
      if (!cell.contains(' ') || !lookup.input(i, column).empty() ||
          !lookup.reference(i, column).empty())
        continue;
      const auto inside = row_inside(cell, reading.set);
      if (!inside || pairing.seen.contains(*inside)) continue;
      holding.push_back(i);
      break;
    }
  }
  if (holding.empty()) return;
  findings.push_back(
      {.cause = "rows-merged",
       .sure = true,
       .what = fmt::format("{} rows, the first in line {}, hold other rows of {} in their cells, "
                           "which are missing: quoting merged rows",
                           holding.size(), examined.line(holding.front()), set_name(reading.set)),
       .remedy = "a '\"' swallowed the rows after it: read the table that this file was made from "
                 "with quoting off (QUOTE_NONE)"});
}

void report_rows(const Case& examined, const Reading& reading, const Pairing& pairing,
                 Findings& findings) {
  const std::size_t size = sets()[reading.set].smiles.size();
  const std::size_t missing = size - pairing.seen.size();
  const std::size_t repeated = pairing.repeated;
  if (repeated > 0) {
    findings.push_back(
        {.cause = "rows-duplicated",
         .sure = true,
         .what = fmt::format("{} of {} rows repeat a row of {}", repeated, examined.rows(),
                             set_name(reading.set)),
         .remedy = "keep one output for each row; several runs or samples make several files"});
  }
  if (missing > 0) {
    findings.push_back(
        {.cause = "rows-missing",
         .sure = true,
         .what = fmt::format("{} of the {} rows of {} are missing", missing, size,
                             set_name(reading.set)),
         .remedy = "was the file written to the end? if a part was meant, its scores compare with "
                   "nobody's for the whole set"});
  }
  if (findings.size() > 1 && missing > repeated) std::ranges::reverse(findings);
  if (!pairing.unknown.empty()) {
    findings.push_back(
        {.cause = "rows-unknown",
         .sure = false,
         .what = fmt::format("{} of {} rows, the first in line {}, are no rows of {}",
                             pairing.unknown.size(), examined.rows(),
                             examined.line(pairing.unknown.front()), set_name(reading.set)),
         .remedy = "are rows of another split or set among them?"});
  }
}

/// Most files are of no known set, and a sample shows that.
bool worth_looking(const Case& examined) {
  if (examined.rows() <= 20'000) return true;
  const Lookup sample(examined, sample_rows(examined.rows(), 500));
  return best_reading(sample, examined.captioning).has_value();
}

}  // namespace

Recognised recognise(const Case& examined) {
  Recognised result;
  if (!worth_looking(examined)) return result;
  const Lookup lookup(examined, sample_rows(examined.rows(), examined.rows()));
  const auto reading = best_reading(lookup, examined.captioning);
  if (!reading) return result;
  result.dataset = sets()[reading->set].id;
  result.split = sets()[reading->set].split;
  result.matched = reading->pairs;
  if (!reading->as_named()) {
    result.swapped = true;
    result.pairs.push_back(swapped_columns(*reading, examined.rows()));
    return result;
  }
  Pairing pairing = pair_up(lookup, *reading);
  if (report_foreign(lookup, *reading, result.pairs)) return result;
  report_swallowed(examined, lookup, *reading, pairing, result.pairs);
  result.unknown_references = pairing.unknown_reference;
  // Data sets share a text now and then: among many unknown references, a few that belong to other
  // rows are no order of this set's.
  if (pairing.mismatched.size() * 10 >= pairing.unknown_reference.size())
    report_mismatches(examined, lookup, *reading, pairing, result.pairs);
  report_garbled(examined, *reading, kInput, pairing.unknown_input, result.pairs);
  report_garbled(examined, *reading, kReference, result.unknown_references, result.pairs);
  report_rows(examined, *reading, pairing, result.rows);
  return result;
}

}  // namespace cupel::import
