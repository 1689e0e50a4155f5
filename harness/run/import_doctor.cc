#include "harness/run/import_doctor.h"

#include <algorithm>
#include <iterator>

#include <fmt/format.h>

#include "harness/run/import_checks.h"

namespace cupel {
namespace {

using import::Case;
using import::Findings;

void append(Findings& all, Findings more) { std::ranges::move(more, std::back_inserter(all)); }

bool any_sure(const Findings& findings) {
  return std::ranges::any_of(findings, &ImportFinding::sure);
}

bool has(const Findings& findings, const std::string& cause) {
  return std::ranges::contains(findings, cause, &ImportFinding::cause);
}

/// Do the outputs of these rows fit their own references no better than others? Of any model they
/// fit better, even when the references are in another spelling than the data set's: chance alone
/// does not reach three standard errors. Outputs that share next to nothing with any reference (a
/// copied input, say) and those that are all the same tell nothing.
bool outputs_unrelated(const Case& examined, const std::vector<std::size_t>& rows) {
  results::PredictionFile part{.rows = {}, .bytes = examined.file.bytes};
  for (const std::size_t row : rows) part.rows.push_back(examined.file.rows[row]);
  const Case selected{.file = part, .captioning = examined.captioning};
  if (rows.size() < 50 || !import::check_degenerate_outputs(selected).empty()) return false;
  const import::Relation relation = import::relate(selected);
  return relation.z < 3.0 && relation.other >= 0.02;
}

Findings check_unknown_references(const Case& examined, const import::Recognised& known) {
  const std::vector<std::size_t>& rows = known.unknown_references;
  if (rows.empty()) return {};
  const bool foreign = outputs_unrelated(examined, rows);
  const std::string set = known.dataset + " " + known.split;
  return {{.cause = foreign ? "references-foreign" : "references-altered",
           .sure = foreign,
           .what = fmt::format("{} of {} references, the first in line {}, are not those that {} "
                               "has for their inputs{}",
                               rows.size(), examined.rows(), examined.line(rows.front()), set,
                               foreign ? ", and the outputs fit them no better than others" : ""),
           .remedy = foreign
                         ? "they belong to another data set: take the references from " + set
                         : "compare one with the data set: cut, edited, or in another spelling?"}};
}

}  // namespace

ImportExamination examine_import(const results::PredictionFile& file, const std::string& task) {
  const Case examined{.file = file, .captioning = task == "captioning"};
  ImportExamination result;
  Findings& findings = result.findings;

  // From the outside in: damaged cells explain wrong columns, wrong columns explain wrong pairs,
  // and wrong pairs explain everything that outputs and references seem to have between them.
  append(findings, import::check_header_rows(examined));
  append(findings, import::check_quoting(examined));
  append(findings, import::check_merged_rows(examined));
  append(findings, import::check_controls(examined));
  const import::Recognised known = import::recognise(examined);
  result.dataset = known.dataset;
  result.split = known.split;
  result.matched = known.matched;
  append(findings, known.pairs);
  if (known.swapped || has(findings, "quoting")) return result;
  append(findings, import::check_open_quotes(examined));
  if (known.dataset.empty()) {
    append(findings, import::check_kinds(examined));
    if (any_sure(findings)) return result;
  }
  append(findings, import::check_backslashes(examined));
  const bool pairs_wrong = any_sure(known.pairs);
  append(findings, check_unknown_references(examined, known));
  if (!pairs_wrong && !any_sure(findings)) append(findings, import::check_shift(examined));
  append(findings, known.rows);
  if (known.dataset.empty()) append(findings, import::check_repeated_rows(examined));
  append(findings, import::check_cut_outputs(examined));
  append(findings, import::check_degenerate_outputs(examined));
  if (known.dataset.empty() && !any_sure(findings))
    append(findings, import::check_swap_by_quality(examined));
  if (findings.empty()) append(findings, import::check_relation(examined));
  if (known.dataset.empty() || !known.unknown_references.empty())
    append(findings, import::check_parsable_references(examined));
  if (!has(findings, "mojibake")) append(findings, import::check_mojibake(examined));
  // Stable: what explains more stands first among equals.
  std::ranges::stable_partition(findings, &ImportFinding::sure);
  return result;
}

}  // namespace cupel
