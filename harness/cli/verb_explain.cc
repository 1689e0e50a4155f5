#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "harness/core/utf8.h"
#include "harness/run/explain.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "reports/table.h"
#include "results/published.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

/// More are counted only; JSON has all of them.
constexpr std::size_t kListed = 20;

struct ExplainFlags {
  std::string store;
  std::string run;
  std::string task;
  std::string metric;
  std::string target;
  std::string paper;
  std::string protocol = "molt5";
  std::size_t most = 3;
  unsigned jobs = 0;
  FileFlags files;
  std::string format;
};

/// Drawn over at a terminal, twice a second; a line a minute for a log.
std::function<void(const ExplainProgress&)> shown(const std::string& what) {
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  using Clock = std::chrono::steady_clock;
  struct State {
    std::size_t size = 0;
    Clock::time_point start = Clock::now();
    Clock::time_point drawn = start;
  };
  auto state = std::make_shared<State>();
  return [what, state, terminal](const ExplainProgress& at) {
    const std::chrono::milliseconds pause{terminal ? 500 : 60'000};
    const auto now = Clock::now();
    if (at.size != state->size) *state = {.size = at.size, .start = now, .drawn = state->drawn};
    if (now - state->drawn < pause || at.share <= 0.0) return;
    state->drawn = now;
    const double elapsed = std::chrono::duration<double>(now - state->start).count();
    const std::string line =
        fmt::format("{}: {} sets of up to {} choices, {:.0f} %, about {:.0f} s left", what, at.sets,
                    at.size, 100 * at.share, elapsed * (1 - at.share) / at.share);
    std::fprintf(stderr, terminal ? "\r%s\033[K" : "%s\n", line.c_str());
  };
}

void end_line() {
  if (::isatty(STDERR_FILENO) != 0) std::fprintf(stderr, "\r\033[K");
}

std::unique_ptr<ExplainScores> scores_of(results::Store& store, const results::Run& run,
                                         const std::string& protocol, const std::string& metric,
                                         const ExplainFlags& flags) {
  if (!run.complete())
    throw Error(Code::kIncomplete,
                fmt::format("run {} ({}) has {} of {} predictions", run.id(), run.cell.model,
                            run.stored, run.size),
                "finish it first: the command that began it goes on");
  std::vector<TextPair> pairs;
  for (std::size_t first = 0; first < run.size; first += results::kBlock) {
    for (results::Row& row : store.rows(run, first, results::kBlock))
      pairs.push_back(
          {.prediction = std::move(row.prediction), .reference = std::move(row.reference)});
  }
  if (pairs.size() != run.size)
    throw Error(Code::kIntegrity,
                fmt::format("{}: run {}: examples or predictions are missing",
                            store.path().string(), run.id()),
                "see: cupel doctor --store");
  const std::string section = scoring_section(run.cell.task);
  const metrics::TaskProtocol task = metrics::find_protocol(protocol).task(section);
  if (!std::ranges::contains(task.metrics, metric))
    throw Error(
        Code::kUsage,
        fmt::format("'{}' is no metric of {} under protocol '{}'", metric, section, protocol),
        suggest(metric, task.metrics));
  return std::make_unique<ExplainScores>(std::move(pairs), task, section, metric,
                                         resolve(flags.files), flags.jobs);
}

std::string text_of(const std::vector<ChangedChoice>& changes) {
  if (changes.empty()) return "no change";
  std::string out;
  for (const ChangedChoice& one : changes) {
    out += fmt::format("{}{}: {} -> {}", out.empty() ? "" : "; ", one.key,
                       one.from.empty() ? "(nothing)" : one.from,
                       one.to.empty() ? "(nothing)" : one.to);
  }
  return out;
}

std::string number_or_none(const std::optional<double>& value) {
  return value ? fmt::format("{:.6g}", *value) : "no value";
}

std::string chance(const Explanation& found) {
  std::string out = fmt::format(
      "{} sets of up to {} choices gave {} different scores; {:.2g} of these would be in the "
      "interval by chance\n",
      found.tried, found.size, found.scores, found.by_chance);
  constexpr double kWorthSaying = 0.1;
  if (!found.sets.empty() && found.sets.front().changes.size() > 0 &&
      found.by_chance > kWorthSaying)
    out += "so this may be chance: more printed digits, or other metrics of the row, decide\n";
  return out;
}

std::string as_text(const std::string& what, const ExplainTarget& target,
                    const Explanation& found) {
  std::string out =
      fmt::format("{} = {} as the protocol has it; {} stands for {:.6g} to {:.6g}\n", what,
                  number_or_none(found.value), target.printed, target.low, target.high);
  for (std::size_t i = 0; i < std::min(kListed, found.sets.size()); ++i)
    out += fmt::format("  {:<10.6g} {}\n", found.sets[i].value, text_of(found.sets[i].changes));
  if (found.sets.size() > kListed)
    out += fmt::format("  and {} more\n", found.sets.size() - kListed);
  if (found.sets.size() > 1)
    out += fmt::format(
        "these {} sets reach it, and none with fewer choices: the number alone does "
        "not tell them apart\n",
        found.sets.size());
  if (found.sets.empty()) {
    out += "no set of choices that was tried reaches it";
    if (found.nearest)
      out += fmt::format("; the nearest is {:.6g} by {}", found.nearest->value,
                         text_of(found.nearest->changes));
    out += "\n";
  }
  return out + chance(found);
}

void write_set(JsonWriter& json, const ExplainedSet& set) {
  json.begin_object().key("value").value(set.value).key("changes").begin_array();
  for (const ChangedChoice& one : set.changes) {
    json.begin_object().key("choice").value(one.key).key("from").value(one.from);
    json.key("to").value(one.to).end_object();
  }
  json.end_array().end_object();
}

std::string as_json(const ExplainTarget& target, const Explanation& found,
                    const std::vector<std::string>& left_out) {
  JsonWriter json;
  json.begin_object().key("target").value(target.printed);
  json.key("low").value(target.low).key("high").value(target.high).key("value");
  found.value ? json.value(*found.value) : json.null();
  json.key("sets").begin_array();
  for (const ExplainedSet& set : found.sets) write_set(json, set);
  json.end_array().key("nearest");
  found.nearest ? write_set(json, *found.nearest) : void(json.null());
  json.key("size").value(found.size).key("tried").value(found.tried);
  json.key("scores").value(found.scores).key("by_chance").value(found.by_chance);
  json.key("left_out").begin_array();
  for (const std::string& one : left_out) json.value(one);
  return json.end_array().end_object().str();
}

/// Of our metrics, those that are better when they are higher are shares, or means of such.
void check_possible(const ExplainTarget& target, const std::string& metric) {
  if (target.low <= 1.0 || !metrics::metric_registry().get(metric).higher_is_better) return;
  throw Error(
      Code::kUsage,
      fmt::format("'{}' is more than {} can be, which is 1 at most", target.printed, metric),
      fmt::format("if it was printed as a percentage: --target {}%", target.printed));
}

int explain_one(const ExplainFlags& flags) {
  if (flags.run.empty() || flags.metric.empty() || flags.target.empty())
    throw Error(Code::kUsage, "--run, --metric and --target are required",
                "or --paper, for all published cells of a paper that the store has runs for");
  const ExplainTarget target = ExplainTarget::parse(flags.target);
  results::Store store(flags.store);
  const results::Run run = store.find_run(flags.run, flags.task);
  const auto scores = scores_of(store, run, flags.protocol, flags.metric, flags);
  check_possible(target, flags.metric);
  const Explanation found = explain(*scores, target, flags.most, shown(flags.metric));
  end_line();
  for (const std::string& what : scores->space().left_out) complain(what, {});
  const std::string what =
      fmt::format("{} of {} ({})", flags.metric, printable(run.cell.model), run.cell.task);
  print(flags.format == "json" ? as_json(target, found, scores->space().left_out)
                               : as_text(what, target, found));
  return found.sets.empty() ? static_cast<int>(Code::kCheckFailed) : 0;
}

using reports::Cell;

std::vector<Cell> row_of(const results::PublishedCell& cell, const Explanation& found) {
  const auto optional = [](const std::optional<double>& value) {
    return value ? Cell(*value) : Cell();
  };
  const ExplainedSet* best = !found.sets.empty() ? &found.sets.front()
                             : found.nearest     ? &*found.nearest
                                                 : nullptr;
  const auto count = [](std::size_t number) { return Cell(static_cast<std::int64_t>(number)); };
  return {cell.table,
          cell.run_model,
          cell.task,
          cell.metric,
          cell.unit == "percent" ? cell.value + "%" : cell.value,
          cell.confidence,
          optional(found.value),
          std::string(found.sets.empty() ? "not reached" : "reached"),
          best == nullptr ? Cell() : Cell(text_of(best->changes)),
          best == nullptr ? Cell() : Cell(best->value),
          count(found.sets.size()),
          count(found.tried),
          count(found.scores),
          Cell(found.by_chance)};
}

reports::Table table_of(const std::string& paper) {
  using Column = reports::Column;
  return {.id = "explained",
          .title = paper,
          .columns = {{"table", "Table"},
                      {"model", "Model"},
                      {"task", "Task"},
                      {"metric", "Metric"},
                      {"published", "Published"},
                      {"confidence", "Read", Column::For::kMachines},
                      {"ours", "Ours"},
                      {"status", "Status"},
                      {"choices", "First smallest set, or the nearest"},
                      {"value", "Value"},
                      {"sets", "Sets"},
                      {"tried", "Tried", Column::For::kMachines},
                      {"scores", "Scores", Column::For::kMachines},
                      {"by_chance", "By chance", Column::For::kAll, 2}},
          .rows = {},
          .notes = {}};
}

bool is_of(const results::PublishedCell& cell, const results::Run& run) {
  return run.complete() && run.cell.model == cell.run_model && run.cell.task == cell.task &&
         run.cell.dataset == cell.dataset && run.cell.split == cell.split;
}

/// The cells of a paper that have a value, a run, and a metric of the protocol.
int explain_paper(const ExplainFlags& flags) {
  const auto& cells = results::published_results().cells;
  std::vector<std::string> papers;
  for (const auto& cell : cells) {
    if (!std::ranges::contains(papers, cell.paper)) papers.push_back(cell.paper);
  }
  if (!std::ranges::contains(papers, flags.paper))
    throw Error(Code::kUsage, "unknown paper '" + flags.paper + "'", suggest(flags.paper, papers));
  results::Store store(flags.store);
  reports::Table table = table_of(flags.paper);
  std::size_t reached = 0;
  std::map<std::pair<std::string, std::string>, std::unique_ptr<ExplainScores>> known;
  for (const results::Run& run : store.runs()) {
    known.clear();  // before memory is taken for the next
    for (const results::PublishedCell& cell : cells) {
      if (cell.paper != flags.paper || cell.value.empty() || !is_of(cell, run)) continue;
      const std::string& protocol = cell.protocol.empty() ? flags.protocol : cell.protocol;
      const auto& sections = metrics::find_protocol(protocol).tasks;
      const auto section = sections.find(scoring_section(cell.task));
      if (section == sections.end() || !std::ranges::contains(section->second.metrics, cell.metric))
        continue;
      auto& scores = known[{protocol, cell.metric}];
      if (!scores) scores = scores_of(store, run, protocol, cell.metric, flags);
      const std::string printed = cell.value + (cell.unit == "percent" ? "%" : "");
      const Explanation found =
          explain(*scores, ExplainTarget::parse(printed), flags.most,
                  shown(fmt::format("{} {}", printable(run.cell.model), cell.metric)));
      end_line();
      table.rows.push_back(row_of(cell, found));
      reached += found.sets.empty() ? 0 : 1;
    }
  }
  if (table.rows.empty())
    throw Error(Code::kUsage,
                flags.store + ": no run that the cells of '" + flags.paper + "' are about",
                "see: cupel ledger --paper " + flags.paper + " --format csv");
  table.notes = {
      fmt::format("{} of {} cells are reached by at most {} choices; 'by chance' is how "
                  "many different scores would be in the interval without a reason",
                  reached, table.rows.size(), flags.most)};
  print(reports::print_tables({&table, 1}, flags.format));
  return reached == table.rows.size() ? 0 : static_cast<int>(Code::kCheckFailed);
}

int explain_any(const ExplainFlags& flags) {
  chem::silence_rdkit();
  if (flags.paper.empty() && (flags.format == "csv" || flags.format == "md"))
    throw Error(Code::kUsage, "--format " + flags.format + " is for --paper", "use text or json");
  const std::string one = flags.run + flags.task + flags.metric + flags.target;
  if (!flags.paper.empty() && !one.empty())
    throw Error(Code::kUsage, "--paper stands in place of --run, --task, --metric and --target",
                "drop these, or --paper");
  return flags.paper.empty() ? explain_one(flags) : explain_paper(flags);
}

void add_target(CLI::App& command, ExplainFlags& flags) {
  with_variable(
      command.add_option("--run", flags.run, "the run's id, or its model")->option_text("ID"));
  add_run_task_flag(command, flags.task);
  with_variable(command.add_option("--metric", flags.metric, "as cupel list metrics calls it")
                    ->option_text("M"));
  with_variable(command
                    .add_option("--target", flags.target,
                                "the printed digits, which say how far it was rounded: 0.721, "
                                "72.1% or 16.07")
                    ->option_text("X"));
  with_variable(command
                    .add_option("--paper", flags.paper,
                                "instead: every published cell of this paper that the store has a "
                                "run for")
                    ->option_text("NAME"));
  with_variable(command
                    .add_option("--protocol", flags.protocol,
                                "the choices to start from (default molt5; with --paper, those of "
                                "each cell)")
                    ->option_text("P"));
  with_variable(
      command
          .add_option("--most", flags.most, "choices that may differ at once, 1 to 3 (default 3)")
          ->check(CLI::Range(1, 3))
          ->option_text("N"));
}

}  // namespace

void add_explain(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ExplainFlags>();
  CLI::App* command = app.add_subcommand(
      "explain", "find the smallest set of choices that turns a score into a published number");
  add_store_flag(*command, flags->store)->required();
  add_target(*command, *flags);
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_file_flags(*command, flags->files);
  add_format(*command, flags->format, {"text", "json", "csv", "md"});
  command->footer(
      "Examples:\n"
      "  cupel explain --store runs.db --run molt5-large --task generation --metric exact "
      "--target 30.2%\n"
      "  cupel explain --store runs.db --paper molt5 --format csv\n"
      "Choices are those of protocols, and what files are known to do to strings: backslashes,\n"
      "T5's unknown mark, text behind a space, special tokens. Every set of one choice is tried,\n"
      "then every set of two, then of three; all of the first size that reaches it are listed.\n"
      "Exit status: 0 reached; 1 not reached.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return explain_any(*flags); }; });
}

}  // namespace cupel::cli
