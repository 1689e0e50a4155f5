#include "reports/run_report.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/nearest.h"

namespace cupel::reports {
namespace {

using For = Column::For;
using results::Measurement;
using results::Run;

struct Line {
  Run run;
  std::string protocol;
  Measurement measurement;
  results::StoredScore score;
  std::optional<results::StoredInterval> interval;
};

std::vector<Line> lines_of(results::Store& store, const RunChoice& choice) {
  std::map<std::int64_t, std::string> names;
  for (const auto& protocol : store.protocols()) names[protocol.key] = protocol.name;
  std::vector<Line> lines;
  for (const Run& run : choose_runs(store, choice)) {
    for (const Measurement& measurement : store.measurements(run)) {
      const std::string& protocol = names[measurement.protocol_key];
      const bool wanted =
          choice.protocols.empty() || std::ranges::contains(choice.protocols, protocol);
      if (!measurement.score || !wanted) continue;
      lines.push_back({.run = run,
                       .protocol = protocol,
                       .measurement = measurement,
                       .score = *measurement.score,
                       .interval = measurement.best_interval()});
    }
  }
  return lines;
}

}  // namespace

std::vector<Column> score_columns() {
  return {{"model", "model"},
          {"task", "task", For::kMachines},
          {"dataset", "dataset", For::kMachines},
          {"split", "split", For::kMachines},
          {"seed", "seed"},
          {"metric", "metric"},
          {"value", "value"},
          {"low", "low", For::kMachines},
          {"high", "high", For::kMachines},
          {"interval", "interval", For::kPeople},
          {"n", "n"},
          {"protocol", "protocol", For::kMachines},
          {"signature", "signature", For::kMachines},
          {"note", "", For::kPeople},
          {"run", "run", For::kJson},
          {"reason", "reason", For::kJson},
          {"signature_long", "signature_long", For::kJson},
          {"confidence", "confidence", For::kJson},
          {"draws", "draws", For::kJson}};
}

namespace {

std::vector<Cell> cells_of(const Line& line) {
  const results::Cell& cell = line.run.cell;
  const Measurement& measurement = line.measurement;
  const std::optional<results::StoredInterval>& interval = line.interval;
  const auto number = [](std::optional<double> value) { return value ? Cell(*value) : Cell(); };
  const auto of_interval = [&](auto value) { return interval ? Cell(value(*interval)) : Cell(); };
  return {cell.model,
          cell.task,
          cell.dataset,
          cell.split,
          cell.seed ? Cell(*cell.seed) : Cell(),
          measurement.metric,
          number(line.score.value),
          of_interval([](const auto& one) { return one.low; }),
          of_interval([](const auto& one) { return one.high; }),
          of_interval(
              [](const auto& one) { return fmt::format("[{:.4f}, {:.4f}]", one.low, one.high); }),
          static_cast<std::int64_t>(line.score.n),
          line.protocol,
          measurement.signature,
          line.score.reason,
          line.run.id(),
          line.score.reason.empty() ? Cell() : Cell(line.score.reason),
          measurement.signature_long,
          of_interval([](const auto& one) { return one.confidence; }),
          of_interval([](const auto& one) { return static_cast<std::int64_t>(one.draws); })};
}

/// Everything that must be the same for scores to stand in one table.
auto group_of(const Line& line) {
  const results::Cell& cell = line.run.cell;
  return std::tie(cell.task, cell.dataset, cell.split, line.protocol);
}

/// What must be said of the data of a run; empty: nothing.
std::string note_of(const Run& run) {
  const JsonValue source = parse_json(run.source, "run " + run.id());
  const auto note = std::ranges::find(source.members, "note", &JsonMember::key);
  return note == source.members.end() ? std::string() : note->value.text;
}

/// What the numbers are, once each.
std::vector<std::string> notes_of(const std::vector<const Line*>& lines) {
  std::vector<std::string> signatures;
  std::set<std::string> intervals;
  std::set<std::string> data;
  for (const Line* line : lines) {
    if (const std::string note = note_of(line->run); !note.empty()) data.insert(note);
    if (!std::ranges::contains(signatures, line->measurement.signature))
      signatures.push_back(line->measurement.signature);
    if (line->interval)
      intervals.insert(fmt::format("{:g} % intervals from {} bootstrap draws, seed {}",
                                   100 * line->interval->confidence, line->interval->draws,
                                   line->interval->seed));
  }
  std::vector<std::string> notes(data.begin(), data.end());
  notes.insert(notes.end(), intervals.begin(), intervals.end());
  std::ranges::move(signatures, std::back_inserter(notes));
  return notes;
}

Table group_table(const std::vector<const Line*>& lines) {
  const Line& first = *lines.front();
  const results::Cell& cell = first.run.cell;
  Table table{.id = "scores",
              .title = fmt::format("{} on {}{}{}, protocol {}", cell.task, cell.dataset,
                                   cell.split.empty() ? "" : " ", cell.split, first.protocol),
              .columns = score_columns(),
              .rows = {},
              .notes = notes_of(lines)};
  for (const Line* line : lines) table.rows.push_back(cells_of(*line));
  return table;
}

}  // namespace

std::vector<Run> choose_runs(results::Store& store, const RunChoice& choice) {
  std::vector<Run> chosen;
  for (const std::string& selector : choice.runs)
    chosen.push_back(store.find_run(selector, choice.task));
  if (!choice.runs.empty()) return chosen;
  std::vector<std::string> tasks;
  for (Run& run : store.runs()) {
    if (!std::ranges::contains(tasks, run.cell.task)) tasks.push_back(run.cell.task);
    if (choice.task.empty() || run.cell.task == choice.task) chosen.push_back(std::move(run));
  }
  if (chosen.empty() && !tasks.empty()) {
    throw Error(Code::kUsage,
                fmt::format("{}: no run of the task '{}'", store.path().string(), choice.task),
                suggest(choice.task, tasks));
  }
  return chosen;
}

std::vector<Table> score_tables(results::Store& store, const RunChoice& choice, bool split) {
  const std::vector<Line> lines = lines_of(store, choice);
  if (!split) {
    Table table{.id = "scores", .columns = score_columns()};
    for (const Line& line : lines) table.rows.push_back(cells_of(line));
    return {table};
  }
  std::vector<Table> tables;
  std::set<const Line*> done;
  for (const Line& line : lines) {
    if (done.contains(&line)) continue;
    std::vector<const Line*> group;
    for (const Line& other : lines) {
      if (group_of(other) != group_of(line)) continue;
      group.push_back(&other);
      done.insert(&other);
    }
    tables.push_back(group_table(group));
  }
  return tables;
}

}  // namespace cupel::reports
