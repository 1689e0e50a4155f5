#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/json_rewrite.h"
#include "harness/core/nearest.h"
#include "harness/core/utf8.h"
#include "harness/run/plan_state.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "metrics/signature.h"
#include "reports/table.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct ShowFlags {
  std::string kind;
  std::string name;
  std::string store;
  std::string format;
};

std::string show_protocol(const std::string& name, const std::string& format) {
  const metrics::Protocol protocol = metrics::find_protocol(name);
  if (format == "json") {
    JsonWriter json;
    metrics::write_protocol(json, protocol);
    return json.str();
  }
  std::string out = fmt::format("{}, version {}: {}\norigin: {}\n", protocol.id, protocol.version,
                                protocol.summary, protocol.origin);
  for (const auto& [name_of_task, task] : protocol.tasks) {
    out += fmt::format("\n{}: {}\n", name_of_task, fmt::join(task.metrics, " "));
    if (!task.source.empty()) out += fmt::format("  source: {}\n", task.source);
    for (const metrics::ChoiceSpec& spec : metrics::choice_specs()) {
      const std::string key(spec.key);
      if (!task.choices.has(key)) continue;
      const std::string value = task.choices.printed(key);
      out += fmt::format("  {} = {}\n      {}\n      source: {}\n", key,
                         value.empty() ? "(nothing)" : value, spec.meaning, task.sources.at(key));
    }
  }
  return out;
}

std::string metric_json(const metrics::MetricEntry& entry) {
  JsonWriter json;
  json.begin_array().begin_object().key("id").value(entry.id).key("summary").value(entry.summary);
  json.key("equals").value(entry.reference);
  json.key("better").value(entry.higher_is_better ? "higher" : "lower");
  return json.end_object().end_array().str();
}

std::string show_metric(const std::string& name, const std::string& format) {
  const metrics::MetricEntry& entry = metrics::metric_registry().get(name);
  if (format == "json") return metric_json(entry);
  return fmt::format(
      "{}: {}\nequals: {}\nbetter: {}\nchoices that change it: {}\n", entry.id, entry.summary,
      entry.reference, entry.higher_is_better ? "higher" : "lower",
      entry.choices.empty() ? "none" : fmt::format("{}", fmt::join(entry.choices, ", ")));
}

std::string show_signature(const std::string& text, const std::string& format) {
  const auto signature = metrics::Signature::parse(text);
  if (format == "json") {
    JsonWriter json;
    json.begin_object();
    for (const auto& [key, value] : signature.fields()) json.key(key).value(value);
    return json.end_object().str();
  }
  std::string out;
  for (const auto& [key, value] : signature.fields()) {
    const metrics::ChoiceSpec* choice = metrics::find_choice(key);
    out += fmt::format("{:<18} {:<24} {}\n", key, value.empty() ? "(nothing)" : value,
                       choice != nullptr ? choice->meaning : "");
  }
  return out;
}

/// Everything that is known of a run but its predictions.
std::string run_json(const results::Run& run) {
  JsonWriter json;
  json.begin_object().key("id").value(run.id()).key("digest").value(to_hex(run.digest));
  for (const auto& [key, document] : {std::pair{"config", &run.cell.config},
                                      {"source", &run.source},
                                      {"environment", &run.environment}})
    write_json(json.key(key), parse_json(*document, key));
  json.key("examples").value(run.size).key("stored").value(run.stored);
  json.key("examples_digest").value(to_hex(run.examples)).key("predictions_digest");
  if (run.predictions)
    json.value(to_hex(*run.predictions));
  else
    json.null();
  json.key("started_at").value(run.started_at).key("finished_at");
  if (run.complete())
    json.value(run.finished_at);
  else
    json.null();
  return json.end_object().str();
}

void add_lines(std::string& out, const std::string& name, const JsonValue& value) {
  for (const JsonMember& member : value.members)
    add_lines(out, name + "." + member.key, member.value);
  for (const JsonValue& item : value.items) add_lines(out, name, item);
  if (value.kind == JsonValue::Kind::kObject || value.kind == JsonValue::Kind::kArray) return;
  const std::string text = value.kind == JsonValue::Kind::kText ? value.text
                           : value.kind == JsonValue::Kind::kInteger
                               ? fmt::format("{}", value.integer)
                               : "-";
  out += fmt::format("{:<24} {}\n", name.substr(1), printable(text));
}

/// The predictions as a CSV that `cupel import` reads again.
void print_rows(results::Store& store, const results::Run& run) {
  constexpr std::size_t kRowsAtOnce = 4096;
  print("input,reference,prediction\n");
  for (std::size_t first = 0; first < run.stored; first += kRowsAtOnce) {
    std::string out;
    for (const results::Row& row : store.rows(run, first, kRowsAtOnce))
      out += reports::csv_cell(row.input) + "," + reports::csv_cell(row.reference) + "," +
             reports::csv_cell(row.prediction) + "\n";
    print(out);
  }
}

void show_run(const ShowFlags& flags) {
  if (flags.store.empty())
    throw Error(Code::kUsage, "runs are shown from a store", "add --store FILE");
  results::Store store(flags.store);
  const results::Run run = store.find_run(flags.name);
  if (flags.format == "csv") return print_rows(store, run);
  const std::string json = run_json(run);
  std::string text;
  if (flags.format == "text") add_lines(text, "", parse_json(json, "run"));
  print(flags.format == "json" ? json : text);
}

/// The cells of a plan with what is done of each.
reports::Table plan_table(results::Store& store, const results::StoredPlan& plan) {
  using For = reports::Column::For;
  reports::Table table{.id = "cells",
                       .title = fmt::format("plan {} ({}), {}", plan.id(), plan.name, plan.made_at),
                       .columns = {{"run", "run"},
                                   {"model", "model"},
                                   {"task", "task"},
                                   {"dataset", "data set"},
                                   {"split", "split"},
                                   {"seed", "seed"},
                                   {"state", "state", For::kMachines},
                                   {"stored", "stored", For::kMachines},
                                   {"size", "size", For::kMachines},
                                   {"detail", "state"}},
                       .rows = {},
                       .notes = {}};
  const PlanState state = plan_state(store, plan);
  for (const PlannedState& one : state.cells) {
    const results::Cell& cell = one.planned.cell;
    table.rows.push_back({one.id(), cell.model, cell.task, cell.dataset, cell.split,
                          cell.seed ? reports::Cell(*cell.seed) : reports::Cell(),
                          name_of(one.state), static_cast<std::int64_t>(one.stored),
                          static_cast<std::int64_t>(one.size), one.describe()});
  }
  std::string counts;
  for (const CellState each : {CellState::kComplete, CellState::kPartial, CellState::kFailed,
                               CellState::kMissing, CellState::kNotApplicable}) {
    if (state.count(each) > 0)
      counts +=
          fmt::format("{}{} {}", counts.empty() ? "" : ", ", state.count(each), name_of(each));
  }
  table.notes.push_back(counts);
  return table;
}

void show_plan(const ShowFlags& flags) {
  if (flags.store.empty())
    throw Error(Code::kUsage, "plans are shown from a store", "add --store FILE");
  results::Store store(flags.store);
  const reports::Table table = plan_table(store, store.find_plan(flags.name));
  print(reports::print_tables({&table, 1}, flags.format));
}

int show(const ShowFlags& flags) {
  if (flags.format == "csv" && flags.kind != "run" && flags.kind != "plan")
    throw Error(Code::kUsage, "only runs and plans are shown as csv", "use text or json");
  if (flags.name.empty() && flags.kind != "plan")
    throw Error(Code::kUsage, "NAME is required", "see: cupel show --help");
  if (flags.kind == "protocol")
    print(show_protocol(flags.name, flags.format));
  else if (flags.kind == "metric")
    print(show_metric(flags.name, flags.format));
  else if (flags.kind == "signature")
    print(show_signature(flags.name, flags.format));
  else if (flags.kind == "run")
    show_run(flags);
  else if (flags.kind == "plan")
    show_plan(flags);
  else
    throw Error(Code::kUsage, "unknown kind '" + flags.kind + "'",
                suggest(flags.kind, std::vector<std::string>{"protocol", "metric", "signature",
                                                             "run", "plan"}));
  return 0;
}

}  // namespace

void add_show(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ShowFlags>();
  CLI::App* command = app.add_subcommand(
      "show",
      "show a protocol with its sources, a metric, what a signature says, a run, or a plan");
  command->add_option("KIND", flags->kind, "protocol, metric, signature, run or plan")->required();
  command->add_option(
      "NAME", flags->name,
      "a name from cupel list, a protocol file (*.json), or a signature; for a plan "
      "none, to see the one made last");
  add_store_flag(*command, flags->store)->description("of the run or plan");
  add_format(*command, flags->format, {"text", "json", "csv"});
  command->footer(
      "Examples:\n"
      "  cupel show protocol molt5\n"
      "  cupel show run molt5-large --store runs.db                  (where it comes from)\n"
      "  cupel show run molt5-large --store runs.db --format csv     (its predictions)\n"
      "  cupel show plan --store runs.db                             (what of it is done)");
  command->callback([flags, &chosen] { chosen.action = [flags] { return show(*flags); }; });
}

}  // namespace cupel::cli
