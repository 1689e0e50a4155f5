#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sys/ioctl.h>
#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/plan_flags.h"
#include "harness/cli/run_line.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "harness/run/environment.h"
#include "harness/run/runner.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct RunFlags {
  PlanFlags plan;
  std::string shard = "1/1";
  std::string only;
  unsigned jobs = 0;
  FileFlags files;
  std::string suite;
  std::string format;
};

std::atomic<int> signal_received = 0;  // a handler may touch nothing else

/// The first signal asks for an orderly end; the second one ends at once.
void await_signals() {
  struct sigaction action = {};
  action.sa_handler = [](int number) { signal_received = number; };
  action.sa_flags = SA_RESETHAND | SA_RESTART;
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

/// A line that is drawn over at a terminal, and a line for each finished stage of training and each
/// finished cell everywhere.
class Screen final : public RunWatcher {
 public:
  void begin(const PlanCell& cell, std::size_t number, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    number_ = number;
    count_ = count;
    line_.begin(fmt::format("[{}/{}] {}", number, count, describe(cell)));
  }
  void stage(const char* what, double share) override {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    line_.at(what, share, now);
    if (!terminal_ || now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    // A longer one would not be drawn over.
    std::fprintf(stderr, "\r%.*s\033[K", width(), line_.text(now, left(now)).c_str());
  }
  void fact(std::string_view name, std::uint64_t /*step*/, double value) override {
    const std::lock_guard lock(mutex_);
    line_.fact(printable(name), value);
  }
  void waiting(const PlannedStage& stage) override {
    say(fmt::format("waiting for another process, which trains {}", describe(stage)));
  }
  void trained(const PlannedStage& stage, double seconds) override {
    say(fmt::format("trained {}, {:.1f} s", describe(stage), seconds));
  }
  void end(const PlanCell& cell, const Error* failure, double seconds) override {
    say(fmt::format("{}: {}, {:.1f} s", describe(cell), failure == nullptr ? "done" : "failed",
                    seconds));
    if (failure != nullptr) complain(failure->what(), failure->hint());
  }
  [[nodiscard]] bool cancelled() override { return signal_received != 0; }

 private:
  using Clock = RunLine::Clock;

  void say(const std::string& what) {
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "%s[%zu/%zu] %s\n", terminal_ ? "\r\033[K" : "", number_, count_,
                 what.c_str());
  }
  /// From the mean of the cells that are done.
  [[nodiscard]] double left(Clock::time_point now) const {
    if (number_ < 2) return 0;
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    return elapsed / static_cast<double>(number_ - 1) * static_cast<double>(count_ - number_ + 1);
  }
  /// Of the terminal, in columns.
  static int width() {
    winsize size{};
    if (::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 20) return 200;
    return size.ws_col - 1;
  }

  std::mutex mutex_;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  RunLine line_;
  std::size_t number_ = 0;
  std::size_t count_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_;
};

/// Which cells of this shard are to be done now, and how many were done before.
struct Todo {
  std::vector<std::size_t> cells;
  std::size_t done = 0;
  std::size_t left_out = 0;  ///< by --only
};

std::string left_out(const Todo& todo) {
  return todo.left_out == 0 ? "" : fmt::format(", {} left out by --only", todo.left_out);
}

Todo choose(results::Store& store, const Plan& plan, const Shard& shard, const std::string& only) {
  Todo todo;
  const PlanState state = plan_state(store, plan.stored(), wanted_scores(store, plan));
  for (const std::size_t place : cells_to_run(plan, shard)) {
    const PlannedState& cell = state.cells[place];
    if (cell.state == CellState::kComplete && cell.scored == cell.wanted) {
      ++todo.done;
      continue;
    }
    const bool failed = cell.state == CellState::kFailed;
    if (only.empty() || failed == (only == "failed"))
      todo.cells.push_back(place);
    else
      ++todo.left_out;
  }
  return todo;
}

/// What was planned and will never be done, and why: one line a model and reason.
void tell_not_applicable(const Plan& plan) {
  std::vector<std::pair<std::string, std::set<std::string>>> reasons;
  for (const PlanCell& cell : plan.cells()) {
    if (cell.applicable()) continue;
    auto at = std::ranges::find(reasons, cell.reason, [](const auto& one) { return one.first; });
    if (at == reasons.end()) at = reasons.insert(at, {cell.reason, {}});
    at->second.insert(cell.cell.task);
  }
  for (const auto& [reason, tasks] : reasons) {
    std::fprintf(stderr, "not applicable: %s (%zu task%s)\n", reason.c_str(), tasks.size(),
                 tasks.size() == 1 ? "" : "s");
  }
}

/// Variants that mean the same are one cell, which has the name of the first of them.
void tell_repeated(const Plan& plan) {
  std::map<Digest, std::string> first;
  std::set<std::pair<std::string, std::string>> told;
  for (const PlanCell& cell : plan.cells()) {
    const std::string& name = cell.cell.model;
    const auto& known = first.emplace(cell.cell.digest(), name).first->second;
    if (known == name || !told.emplace(known, name).second) continue;
    std::fprintf(stderr, "'%s' means the same as '%s': done once, under that name\n",
                 printable(name).c_str(), printable(known).c_str());
  }
}

/// The scores of the plan's runs, in the plan's order.
void print_plan_scores(results::Store& store, const Plan& plan, const std::string& format) {
  reports::RunChoice choice;
  std::set<Digest> complete;
  for (const results::Run& run : store.runs()) {
    if (run.complete()) complete.insert(run.digest);
  }
  for (const PlanCell& cell : plan.cells()) {
    if (complete.erase(cell.cell.digest()) > 0) choice.runs.push_back(to_hex(cell.cell.digest()));
  }
  for (const metrics::Protocol& protocol : plan.manifest().protocols)
    choice.protocols.push_back(protocol.id);
  if (!choice.runs.empty()) return print_scores(store, choice, format);
  // For machines nothing is a table without rows, too.
  if (format == "json" || format == "csv") {
    const reports::Table none{.id = "scores", .columns = reports::score_columns()};
    print(reports::print_tables(std::vector{none}, format));
  }
}

int exit_status(const RunSummary& summary) {
  if (summary.interrupted) return signal_received == SIGINT ? 130 : 75;
  if (summary.failures.empty()) return 0;
  // Of several reasons the one that the user must mend first, see README.
  for (const Code code : {Code::kIntegrity, Code::kCapability, Code::kUsage}) {
    if (std::ranges::contains(summary.failures, code)) return static_cast<int>(code);
  }
  return static_cast<int>(Code::kIncomplete);
}

int run(const RunFlags& flags) {
  chem::silence_rdkit();
  const auto plan = make_plan(flags.plan);
  const std::string path = store_of(flags.plan, *plan);
  const RunResources resources{.data = roots_of({.data = flags.files.data, .suite = flags.suite}),
                               .files = resolve(flags.files),
                               .jobs = flags.jobs,
                               .artifacts = artifacts_of(flags.plan, *plan)};
  const Shard shard = Shard::parse(flags.shard);
  results::StoreWriter store(path, true, environment_facts());
  Screen screen;
  Runner runner(store, *plan, resources, screen);  // the store knows the plan even if all is done
  const Todo todo = choose(store, *plan, shard, flags.only);
  tell_not_applicable(*plan);
  tell_repeated(*plan);
  if (todo.cells.empty()) {
    std::fprintf(stderr, "%s: nothing to do: %zu cells are done%s\n", path.c_str(), todo.done,
                 left_out(todo).c_str());
    print_plan_scores(store, *plan, flags.format);
    return 0;
  }
  std::fprintf(stderr, "%s: %zu cells to do, %zu done before%s\n", path.c_str(), todo.cells.size(),
               todo.done, left_out(todo).c_str());
  ensure_suite(*plan, todo.cells, resources.data);
  await_signals();
  const RunSummary summary = runner.run(todo.cells);
  print_plan_scores(store, *plan, flags.format);
  std::fprintf(stderr, "%s: %zu cells done now, %zu before, %zu failed\n", path.c_str(),
               summary.done, todo.done, summary.failures.size());
  if (summary.interrupted)
    std::fprintf(stderr, "cupel: interrupted; what was done is saved, the same command goes on\n");
  return exit_status(summary);
}

}  // namespace

void add_run(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<RunFlags>();
  CLI::App* command = app.add_subcommand(
      "run", "run a manifest: train, predict and score whatever the store lacks");
  add_plan_flags(*command, flags->plan);
  with_variable(command
                    ->add_option("--shard", flags->shard,
                                 "the I-th of N parts, each with a store of its own; 'cupel merge' "
                                 "joins them")
                    ->option_text("I/N"));
  with_variable(command
                    ->add_option("--only", flags->only,
                                 "missing: leave out what failed before; failed: only that")
                    ->check(CLI::IsMember({"missing", "failed"}))
                    ->option_text("WHICH"));
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_file_flags(*command, flags->files);
  add_suite_flag(*command, flags->suite);
  add_format(*command, flags->format, {"text", "json", "csv", "md"});
  command->footer(
      "Examples:\n"
      "  cupel run tasks/manifests/mini-baselines.json\n"
      "  cupel run sweep.json --store part2.db --shard 2/8\n"
      "A run that was interrupted or killed goes on where it was when the same command is given\n"
      "again. After SIGTERM the state is saved and the status is 75; after Ctrl-C it is 130.\n"
      "Stages of training are kept in --artifacts, and shared by all cells with the same ones.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return run(*flags); }; });
}

}  // namespace cupel::cli
