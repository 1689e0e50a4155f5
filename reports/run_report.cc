#include "reports/run_report.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <numeric>
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
          {"n", "n"},
          {"protocol", "protocol", For::kMachines},
          {"signature", "signature", For::kMachines},
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
          static_cast<std::int64_t>(line.score.n),
          line.protocol,
          measurement.signature,
          line.run.id(),
          line.score.reason.empty() ? Cell() : Cell(line.score.reason),
          measurement.signature_long,
          of_interval([](const auto& one) { return one.confidence; }),
          of_interval([](const auto& one) { return static_cast<std::int64_t>(one.draws); })};
}

/// The metrics that a run has under a line's protocol, in their order.
std::vector<std::string> metrics_beside(const Line& line, const std::vector<Line>& lines) {
  std::vector<std::string> metrics;
  for (const Line& other : lines) {
    if (other.run.key == line.run.key && other.protocol == line.protocol)
      metrics.push_back(other.measurement.metric);
  }
  return metrics;
}

/// Scores of one protocol with the same metrics stand in one table.
struct Group {
  std::string protocol;
  std::vector<std::string> metrics;
  std::vector<const Line*> lines;
};

std::vector<Group> groups_of(const std::vector<Line>& lines) {
  std::vector<Group> groups;
  std::map<std::pair<std::int64_t, std::string>, std::size_t> known;  // of run and protocol
  for (const Line& line : lines) {
    const auto [at, is_new] = known.try_emplace({line.run.key, line.protocol}, 0);
    if (is_new) {
      Group own{.protocol = line.protocol, .metrics = metrics_beside(line, lines), .lines = {}};
      const auto same = std::ranges::find_if(groups, [&](const Group& group) {
        return group.protocol == own.protocol && group.metrics == own.metrics;
      });
      at->second = static_cast<std::size_t>(same - groups.begin());
      if (same == groups.end()) groups.push_back(std::move(own));
    }
    groups[at->second].lines.push_back(&line);
  }
  return groups;
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
    if (line->interval) intervals.insert(interval_text(*line->interval));
  }
  std::vector<std::string> notes(data.begin(), data.end());
  notes.insert(notes.end(), intervals.begin(), intervals.end());
  std::ranges::move(joined_signatures(signatures), std::back_inserter(notes));
  return notes;
}

/// Runs that differ in their seed alone, under one metric.
using Seeds = std::vector<const Line*>;

/// In the order of tasks and data sets, then of metrics, then of models.
std::vector<Seeds> rows_of(const Group& group) {
  std::vector<std::tuple<std::string, std::string, std::string>> places;
  std::vector<std::string> models;
  const auto place = [](const results::Cell& cell) {
    return std::tuple(cell.task, cell.dataset, cell.split);
  };
  for (const Line* line : group.lines) {
    const results::Cell& cell = line->run.cell;
    if (!std::ranges::contains(places, place(cell))) places.push_back(place(cell));
    if (!std::ranges::contains(models, cell.model)) models.push_back(cell.model);
  }
  const auto rank = [](const auto& all, const auto& one) {
    return std::ranges::find(all, one) - all.begin();
  };
  std::map<std::tuple<std::ptrdiff_t, std::ptrdiff_t, std::ptrdiff_t>, Seeds> rows;
  for (const Line* line : group.lines) {
    const results::Cell& cell = line->run.cell;
    rows[{rank(places, place(cell)), rank(group.metrics, line->measurement.metric),
          rank(models, cell.model)}]
        .push_back(line);
  }
  std::vector<Seeds> ordered;
  for (auto& [key, seeds] : rows) ordered.push_back(std::move(seeds));
  return ordered;
}

/// Several seeds are shown as their mean, with the sample's standard deviation.
std::vector<Cell> people_cells(const Seeds& seeds) {
  const Line& first = *seeds.front();
  const results::Cell& cell = first.run.cell;
  std::vector<double> values;
  for (const Line* line : seeds) {
    if (line->score.value) values.push_back(*line->score.value);
  }
  Cell value;
  Cell spread;
  if (!values.empty()) {
    const auto count = static_cast<double>(values.size());
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / count;
    double squares = 0.0;
    for (const double one : values) squares += (one - mean) * (one - mean);
    value = mean;
    if (values.size() > 1)
      spread = fmt::format("sd {:.4f}, {} seeds", std::sqrt(squares / (count - 1)), values.size());
    else if (first.interval)
      spread = fmt::format("[{:.4f}, {:.4f}]", first.interval->low, first.interval->high);
  }
  return {cell.task,         cell.dataset, cell.split, first.measurement.metric,
          cell.model,        value,        spread,     static_cast<std::int64_t>(first.score.n),
          first.score.reason};
}

/// What all rows share is said once, in the title.
Table group_table(const Group& group) {
  Table table{.id = "scores",
              .title = fmt::format("protocol {}", group.protocol),
              .columns = {{"task", "task"},
                          {"dataset", "data set"},
                          {"split", "split"},
                          {"metric", "metric"},
                          {"model", "model"},
                          {"value", "value"},
                          {"interval", "interval"},
                          {"n", "n"},
                          {"note", ""}},
              .rows = {},
              .notes = notes_of(group.lines)};
  for (const Seeds& seeds : rows_of(group)) table.rows.push_back(people_cells(seeds));
  const auto shared = [&](std::size_t column) {
    const Cell first = table.rows.front()[column];
    if (!std::ranges::all_of(table.rows, [&](const auto& row) { return row[column] == first; }))
      return std::string();
    for (auto& row : table.rows) row[column] = Cell();
    return std::get<std::string>(first);
  };
  std::string what = shared(0);
  if (const std::string dataset = shared(1); !dataset.empty())
    what += (what.empty() ? "" : " on ") + dataset;
  if (const std::string part = shared(2); !part.empty())
    what += (what.empty() ? "" : table.rows.front()[1] == Cell() ? " " : ", ") + part;
  if (!what.empty()) table.title = fmt::format("{}, {}", what, table.title);
  return table;
}

}  // namespace

std::string note_of(const Run& run) {
  const JsonValue source = parse_json(run.source, "run " + run.id());
  const auto note = std::ranges::find(source.members, "note", &JsonMember::key);
  return note == source.members.end() ? std::string() : note->value.text;
}

std::vector<std::string> joined_signatures(const std::vector<std::string>& signatures) {
  std::vector<std::pair<std::string, std::string>> kinds;  // what follows the metric; the metrics
  for (const std::string& signature : signatures) {
    const std::size_t bar = std::min(signature.find('|'), signature.size());
    const std::string rest = signature.substr(bar);
    const std::string metric = signature.substr(0, bar);
    const auto at = std::ranges::find(kinds, rest, &std::pair<std::string, std::string>::first);
    if (at == kinds.end())
      kinds.emplace_back(rest, metric);
    else
      at->second += "," + metric;
  }
  std::vector<std::string> all;
  for (const auto& [rest, metrics] : kinds) all.push_back(metrics + rest);
  return all;
}

std::string interval_text(const results::StoredInterval& interval) {
  return fmt::format("{:g} % intervals from {} bootstrap draws, seed {}", 100 * interval.confidence,
                     interval.draws, interval.seed);
}

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
  for (const Group& group : groups_of(lines)) tables.push_back(group_table(group));
  return tables;
}

}  // namespace cupel::reports
