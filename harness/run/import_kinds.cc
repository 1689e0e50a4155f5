#include <algorithm>
#include <functional>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "harness/chem/molecule.h"
#include "harness/run/import_checks.h"

namespace cupel::import {
namespace {

using Sample = std::vector<std::size_t>;

bool parses(std::string_view cell) {
  return !cell.empty() && !chem::has_trailing_text(cell) && chem::Molecule::from_smiles(cell);
}

bool has_words(std::string_view cell) { return cell.contains(' '); }

template <typename Predicate>
double share(const Case& examined, const Sample& sample, std::size_t column, Predicate holds) {
  std::size_t count = 0;
  for (const std::size_t row : sample) count += holds(examined.cell(row, column)) ? 1U : 0U;
  return sample.empty() ? 0.0 : static_cast<double>(count) / static_cast<double>(sample.size());
}

enum class Kind : std::uint8_t { kUnclear, kMolecules, kText };

/// Inputs and references are data: nearly all of one kind. Outputs may be poor: half is enough.
Kind kind_of(const Case& examined, const Sample& sample, std::size_t column) {
  if (share(examined, sample, column, has_words) >= 0.8) return Kind::kText;
  const double molecules = share(examined, sample, column, parses);
  return molecules >= (column == kPrediction ? 0.5 : 0.8) ? Kind::kMolecules : Kind::kUnclear;
}

Findings swapped(std::size_t a, std::size_t b, const char* holds_a, const char* holds_b) {
  return {{.cause = "columns-swapped",
           .sure = true,
           .what = fmt::format("column '{}' holds {} and column '{}' {}: they are swapped",
                               kColumnNames[a], holds_a, kColumnNames[b], holds_b),
           .remedy = "give the two columns each other's name"}};
}

/// Different texts among the non-empty ones of a column.
double repeated_share(const Case& examined, std::size_t column) {
  std::unordered_set<std::string_view> distinct;
  std::size_t filled = 0;
  for (const std::size_t row : sample_rows(examined.rows(), 20'000)) {
    if (examined.cell(row, column).empty()) continue;
    ++filled;
    distinct.insert(examined.cell(row, column));
  }
  return filled == 0 ? 0.0
                     : 1.0 - static_cast<double>(distinct.size()) / static_cast<double>(filled);
}

ImportFinding perhaps_swapped(std::string what) {
  return {.cause = "columns-swapped",
          .sure = false,
          .what = std::move(what),
          .remedy = "are 'ground truth' and 'output' swapped?"};
}

bool ends_a_sentence(std::string_view cell) {
  while (cell.ends_with(' ')) cell.remove_suffix(1);
  return cell.ends_with('.') || cell.ends_with('!') || cell.ends_with('?');
}

/// `longer` without its last character.
bool is_cut_from(std::string_view shorter, std::string_view longer) {
  if (shorter.empty() || longer.size() <= shorter.size() || !longer.starts_with(shorter))
    return false;
  const std::string_view rest = longer.substr(shorter.size());
  return std::ranges::count_if(rest, [](char byte) {
           return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
         }) == 1;
}

/// What appending one character could repair: the brackets and rings that are still open.
std::vector<std::string> endings_for(std::string_view smiles) {
  std::vector<std::string> endings = {")", "]", "C", "O"};
  for (const char digit : std::string_view("123456789")) {
    if (std::ranges::count(smiles, digit) % 2 == 1) endings.emplace_back(1, digit);
  }
  return endings;
}

/// How outputs that are SMILES end.
struct Endings {
  std::size_t sampled = 0;
  std::size_t valid = 0;
  std::size_t repairable = 0;  ///< invalid, and valid with one more character
};

Endings look_at_endings(const Case& examined) {
  Endings found;
  for (const std::size_t row : sample_rows(examined.rows(), 400)) {
    const std::string output(examined.cell(row, kPrediction));
    if (output.empty() || chem::has_trailing_text(output)) continue;
    ++found.sampled;
    if (parses(output)) {
      ++found.valid;
    } else if (std::ranges::any_of(endings_for(output),
                                   [&](const std::string& end) { return parses(output + end); })) {
      ++found.repairable;
    }
  }
  return found;
}

ImportFinding cut(bool sure, std::string what) {
  return {.cause = "outputs-cut",
          .sure = sure,
          .what = std::move(what),
          .remedy =
              "the last character of each output is missing, probably stripped as a line end "
              "that was not there: write the outputs again"};
}

}  // namespace

Findings check_kinds(const Case& examined) {
  const Sample sample = sample_rows(examined.rows(), 200);
  if (sample.size() < 3) return {};
  const Kind input = kind_of(examined, sample, kInput);
  const Kind reference = kind_of(examined, sample, kReference);
  const Kind output = kind_of(examined, sample, kPrediction);
  const Kind given = examined.captioning ? Kind::kMolecules : Kind::kText;
  const Kind wanted = examined.captioning ? Kind::kText : Kind::kMolecules;
  const char* given_name = examined.captioning ? "molecules" : "texts";
  const char* wanted_name = examined.captioning ? "texts" : "molecules";
  if (input == wanted && reference == given && output == given)
    return {{.cause = "wrong-task",
             .sure = true,
             .what = fmt::format("the inputs are {}, the references and outputs {}", wanted_name,
                                 given_name),
             .remedy = fmt::format("is the task {}?",
                                   examined.captioning ? "generation" : "captioning")}};
  if (input == wanted && reference == given)
    return swapped(kInput, kReference, wanted_name, given_name);
  if (input == wanted && reference == wanted && output == given)
    return swapped(kInput, kPrediction, wanted_name, given_name);
  if (input == given && reference == given && output == wanted)
    return swapped(kReference, kPrediction, given_name, wanted_name);
  return {};
}

Findings check_swap_by_quality(const Case& examined) {
  if (examined.rows() < 100) return {};
  if (examined.captioning) {
    // Data sets repeat few texts; models repeat theirs.
    const double references = repeated_share(examined, kReference);
    const double outputs = repeated_share(examined, kPrediction);
    if (references < 0.01 || references < 5.0 * outputs) return {};
    return {perhaps_swapped(
        fmt::format("{:.1f} % of the references repeat another one, and {:.1f} % of the outputs",
                    100 * references, 100 * outputs))};
  }
  const Sample sample = sample_rows(examined.rows(), 500);
  const double references = share(examined, sample, kReference, parses);
  const double outputs = share(examined, sample, kPrediction, parses);
  if (outputs < 0.995 || references > outputs - 0.03) return {};
  return {perhaps_swapped(
      fmt::format("{:.1f} % of the references are molecules, and {:.1f} % of the outputs",
                  100 * references, 100 * outputs))};
}

Findings check_parsable_references(const Case& examined) {
  if (examined.captioning) return {};
  const Sample sample = sample_rows(examined.rows(), 1000);
  std::size_t bad = 0;
  std::size_t first_line = 0;
  for (const std::size_t row : sample) {
    if (parses(examined.cell(row, kReference))) continue;
    if (bad++ == 0) first_line = examined.line(row);
  }
  if (bad == 0) return {};
  return {
      {.cause = "references-unparsable",
       .sure = bad * 2 > sample.size() && sample.size() >= 5,
       .what = fmt::format("{} of {} references looked at, the first in line {}, are no molecules",
                           bad, sample.size(), first_line),
       .remedy = "generation is scored against SMILES; convert other notations (SELFIES, names) "
                 "first"}};
}

Findings check_cut_outputs(const Case& examined) {
  std::size_t equal = 0;
  std::size_t longer = 0;
  std::unordered_set<std::string_view> shorter;
  std::size_t filled = 0;
  for (const results::PredictionRow& row : examined.file.rows) {
    filled += row.prediction.empty() ? 0U : 1U;
    if (row.prediction == row.reference) {
      ++equal;
    } else if (is_cut_from(row.prediction, row.reference)) {
      shorter.insert(row.prediction);
    } else if (is_cut_from(row.reference, row.prediction)) {
      ++longer;
    }
  }
  // An honest output misses the last character by chance only, and then others are right or have
  // one too many about as often.
  if (shorter.size() >= 5 && shorter.size() >= 10 * (equal + longer))
    return {cut(true, fmt::format("{} outputs equal their reference without its last character, "
                                  "and {} equal it whole",
                                  shorter.size(), equal))};
  if (shorter.size() >= 10 && shorter.size() >= 10 * longer)
    return {
        cut(false, fmt::format("{} outputs equal their reference without its last character, {} "
                               "equal it whole, and {} have one character more",
                               shorter.size(), equal, longer))};
  if (filled < 20 || equal > 0) return {};
  const Sample sample = sample_rows(examined.rows(), 1000);
  if (!examined.captioning) {
    // Of cut SMILES nearly all that became invalid lack one bracket or ring digit (19 of 20); of
    // the invalid ones of good and poor models between a quarter and two thirds do.
    const Endings endings = look_at_endings(examined);
    const std::size_t invalid = endings.sampled - endings.valid;
    if (endings.repairable < 10 || invalid * 10 < endings.sampled ||
        endings.repairable * 10 < invalid * 8)
      return {};
    return {cut(false, fmt::format("{} of {} outputs looked at are no molecules, and {} would be "
                                   "with one more character",
                                   invalid, endings.sampled, endings.repairable))};
  }
  if (share(examined, sample, kPrediction, has_words) < 0.8 ||
      share(examined, sample, kReference, ends_a_sentence) < 0.9 ||
      share(examined, sample, kPrediction, ends_a_sentence) > 0.02)
    return {};
  // Outputs that end sentences inside but never at their end were cut; a model that knows no full
  // stop ends none.
  const double inside = share(examined, sample, kPrediction,
                              [](std::string_view cell) { return cell.contains(". "); });
  return {cut(inside >= 0.5,
              fmt::format("the references end with a full stop; of the outputs none does, though "
                          "{:.0f} % have one inside",
                          100 * inside))};
}

Findings check_degenerate_outputs(const Case& examined) {
  const std::size_t rows = examined.rows();
  const std::string_view first = examined.cell(0, kPrediction);
  const std::size_t empty = count_rows(
      examined, [&](std::size_t row) { return examined.cell(row, kPrediction).empty(); });
  if (empty * 2 >= rows)
    return {{.cause = "outputs-empty",
             .sure = false,
             .what = fmt::format("{} of {} outputs are empty", empty, rows),
             .remedy = "did the model answer, and is this the column of its answers?"}};
  const std::size_t same = count_rows(
      examined, [&](std::size_t row) { return examined.cell(row, kPrediction) == first; });
  if (same < rows || rows < 2) return {};
  return {{.cause = "outputs-constant",
           .sure = false,
           .what = fmt::format("all {} outputs are the same text", rows),
           .remedy = "did the model see its inputs, and is this the column of its answers?"}};
}

Findings check_repeated_rows(const Case& examined) {
  std::vector<std::size_t> hashes;
  const std::hash<std::string_view> hash;
  for (const results::PredictionRow& row : examined.file.rows) {
    hashes.push_back(hash(row.input) * 31 + hash(row.reference) * 7 + hash(row.prediction));
  }
  std::ranges::sort(hashes);
  std::size_t distinct = 0;
  std::size_t several = 0;  // texts that occur more than once
  for (auto at = hashes.begin(); at != hashes.end();) {
    const auto end =
        std::find_if(at, hashes.end(), [&](std::size_t value) { return value != *at; });
    ++distinct;
    several += end - at > 1 ? 1U : 0U;
    at = end;
  }
  const std::size_t repeated = hashes.size() - distinct;
  if (repeated == 0) return {};
  // Data sets repeat some pairs. That nine in ten rows come twice is no data set.
  return {{.cause = "rows-duplicated",
           .sure = distinct >= 5 && several * 10 >= distinct * 9,
           .what = fmt::format("{} of {} rows repeat another row, output and all", repeated,
                               hashes.size()),
           .remedy = "keep one of each, unless the data set itself repeats them"}};
}

}  // namespace cupel::import
