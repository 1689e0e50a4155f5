#include "harness/run/import_doctor.h"

#include <algorithm>
#include <iterator>

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

ImportFinding foreign_references(const import::Recognised& known, const Case& examined) {
  // The references may be the set's own in another spelling. Then the outputs of any model still
  // fit them better than they fit others; three standard errors are what chance does not do.
  const import::Relation relation = import::relate(examined);
  const bool unrelated = examined.rows() >= 50 && relation.z < 3.0 &&
                         import::check_degenerate_outputs(examined).empty();
  const std::string set = known.dataset + " " + known.split;
  return {
      .cause = unrelated ? "references-foreign" : "references-altered",
      .sure = unrelated,
      .what = "the inputs are those of " + set + ", the references are not" +
              (unrelated ? ", and the outputs fit their own references no better than others" : ""),
      .remedy = "take the references from " + set +
                "; if they are its own in another spelling, say so beside the scores"};
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
  import::Recognised known = import::recognise(examined);
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
  if (known.references_unknown) findings.push_back(foreign_references(known, examined));
  if (!pairs_wrong && !any_sure(findings)) append(findings, import::check_shift(examined));
  append(findings, known.rows);
  if (known.dataset.empty()) append(findings, import::check_repeated_rows(examined));
  append(findings, import::check_cut_outputs(examined));
  append(findings, import::check_degenerate_outputs(examined));
  if (known.dataset.empty() && !any_sure(findings))
    append(findings, import::check_swap_by_quality(examined));
  if (findings.empty()) append(findings, import::check_relation(examined));
  if (known.dataset.empty() || known.references_unknown)
    append(findings, import::check_parsable_references(examined));
  append(findings, import::check_mojibake(examined));
  // Stable: what explains more stands first among equals.
  std::ranges::stable_partition(findings, &ImportFinding::sure);
  return result;
}

}  // namespace cupel
