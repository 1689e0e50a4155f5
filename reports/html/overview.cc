#include <algorithm>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "metrics/signature.h"
#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {
namespace {

using results::Measurement;
using results::PlannedCell;
using results::Run;

void write_cell(JsonWriter& json, const results::Cell& cell) {
  json.key("model").value(cell.model).key("task").value(cell.task);
  json.key("dataset").value(cell.dataset).key("split").value(cell.split).key("seed");
  write_optional(json, cell.seed);
}

/// What must be said of the data of a run; empty: nothing.
std::string note_of(const Run& run) {
  const JsonValue source = parse_json(run.source, "run " + run.id());
  const auto note = std::ranges::find(source.members, "note", &JsonMember::key);
  return note == source.members.end() ? std::string() : note->value.text;
}

void write_runs(JsonWriter& json, const ChosenRuns& chosen) {
  json.key("runs").begin_array();
  for (const Run& run : chosen.runs) {
    json.begin_object().key("id").value(run.id());
    write_cell(json, run.cell);
    json.key("size").value(run.size).key("stored").value(run.stored);
    json.key("complete").value(run.complete()).key("note").value(note_of(run)).end_object();
  }
  json.end_array();
}

/// "done", "failed", "incomplete", "not applicable" or "not begun", and what is to be said of it.
std::pair<std::string, std::string> state_of(results::Store& store, const PlannedCell& planned,
                                             const std::vector<results::StoredFailure>& failures) {
  if (!planned.applicable()) return {"not applicable", planned.reason};
  const Digest digest = planned.cell.digest();
  const std::optional<Run> run = store.run_of(digest);
  if (run && run->complete()) return {"done", {}};
  const results::StoredFailure* last = nullptr;
  for (const results::StoredFailure& failure : failures) {
    if (failure.cell == digest) last = &failure;
  }
  if (last != nullptr) return {"failed", last->what};
  if (run) return {"incomplete", fmt::format("{} of {} predictions", run->stored, run->size)};
  return {"not begun", {}};
}

void write_plans(JsonWriter& json, results::Store& store) {
  const auto failures = store.failures();
  json.key("plans").begin_array();
  for (const results::StoredPlan& plan : store.plans()) {
    json.begin_object().key("id").value(plan.id()).key("name").value(plan.name);
    json.key("made_at").value(plan.made_at).key("cells").begin_array();
    for (const PlannedCell& planned : plan.cells) {
      const auto [state, why] = state_of(store, planned, failures);
      json.begin_object();
      write_cell(json, planned.cell);
      json.key("run").value(to_hex(planned.cell.digest()).substr(0, results::kRunId));
      json.key("state").value(state).key("why").value(why).end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

/// "rdkit 2025.03.1 and 2024.09.6" of each field in which two long signatures differ.
std::string differing_fields(const std::string& left, const std::string& right) {
  std::map<std::string, std::pair<std::string, std::string>> sides;
  const auto first = metrics::Signature::parse(left);
  const auto second = metrics::Signature::parse(right);
  for (const auto& [key, value] : first.fields()) sides[key].first = value;
  for (const auto& [key, value] : second.fields()) sides[key].second = value;
  std::string out;
  for (const auto& [key, values] : sides) {
    if (values.first == values.second) continue;
    out += fmt::format("{}{} {} and {}", out.empty() ? "" : ", ", key,
                       values.first.empty() ? "nothing" : values.first,
                       values.second.empty() ? "nothing" : values.second);
  }
  return out;
}

std::string name_of(const Run& run) { return fmt::format("{} ({})", run.cell.model, run.id()); }

/// One sentence for each task, protocol and metric that is not the same in all runs beside each
/// other, and one for each task whose runs have not the same examples.
std::set<std::string> warnings_of(const ChosenRuns& chosen) {
  using Place = std::tuple<std::string, std::string, std::string, std::string, std::string>;
  std::set<std::string> warnings;
  std::map<Place, std::pair<const Run*, const Measurement*>> metrics;
  std::map<Place, const Run*> sets;
  for (std::size_t r = 0; r < chosen.runs.size(); ++r) {
    const Run& run = chosen.runs[r];
    const results::Cell& cell = run.cell;
    const auto [set, is_first] =
        sets.try_emplace({cell.task, cell.dataset, cell.split, {}, {}}, &run);
    if (!is_first && set->second->examples != run.examples)
      warnings.insert(fmt::format("{} on {}, {}: {} and {} answered different examples", cell.task,
                                  cell.dataset, cell.split, name_of(*set->second), name_of(run)));
    for (const Measurement& one : chosen.measurements[r]) {
      const std::string& protocol = chosen.protocols.at(one.protocol_key).name;
      const auto [at, is_new] = metrics.try_emplace(
          {cell.task, cell.dataset, cell.split, protocol, one.metric}, &run, &one);
      const std::string& first = at->second.second->signature_long;
      if (is_new || first == one.signature_long) continue;
      warnings.insert(fmt::format("{} on {}, {}, protocol {}, {}: {} and {} differ in {}",
                                  cell.task, cell.dataset, cell.split, protocol, one.metric,
                                  name_of(*at->second.first), name_of(run),
                                  differing_fields(first, one.signature_long)));
    }
  }
  return warnings;
}

}  // namespace

std::string overview_document(results::Store& store, const ChosenRuns& chosen,
                              const std::string& program) {
  JsonWriter json(JsonLayout::kCompact);
  json.begin_object().key("program").value(program);
  json.key("store").value(store.path().filename().string());
  json.key("content_digest").value(to_hex(store.content_digest()));
  write_runs(json, chosen);
  write_plans(json, store);
  json.key("warnings").begin_array();
  for (const std::string& warning : warnings_of(chosen)) json.value(warning);
  json.end_array().end_object();
  return json.str();
}

}  // namespace cupel::reports
