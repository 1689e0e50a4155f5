#include <algorithm>
#include <atomic>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/plan_flags.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/run/environment.h"
#include "harness/run/runner.h"
#include "results/store.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/suite/suite.h"

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

/// A line that is drawn over at a terminal, and a line for each finished cell everywhere.
class Screen final : public RunWatcher {
 public:
  void begin(const PlanCell& cell, std::size_t number, std::size_t count) override {
    const std::lock_guard lock(mutex_);
    name_ = describe(cell);
    number_ = number;
    count_ = count;
  }
  void stage(const char* what, double share) override {
    const std::lock_guard lock(mutex_);
    const auto now = Clock::now();
    if (!terminal_ || now - drawn_ < std::chrono::milliseconds(100)) return;
    drawn_ = now;
    std::fprintf(stderr, "\r[%zu/%zu] %s: %s %.0f %%%s\033[K", number_, count_, name_.c_str(), what,
                 100 * share, left(now).c_str());
  }
  void end(const PlanCell& cell, const Error* failure, double seconds) override {
    const std::lock_guard lock(mutex_);
    std::fprintf(stderr, "%s[%zu/%zu] %s: %s, %.1f s\n", terminal_ ? "\r\033[K" : "", number_,
                 count_, describe(cell).c_str(), failure == nullptr ? "done" : "failed", seconds);
    if (failure == nullptr) return;
    std::fprintf(stderr, "cupel: %s\n", failure->what());
    if (!failure->hint().empty()) std::fprintf(stderr, "       %s\n", failure->hint().c_str());
  }
  [[nodiscard]] bool cancelled() override { return signal_received != 0; }

 private:
  using Clock = std::chrono::steady_clock;

  /// From the mean of the cells that are done.
  [[nodiscard]] std::string left(Clock::time_point now) const {
    if (number_ < 2) return {};
    const double elapsed = std::chrono::duration<double>(now - start_).count();
    const double mean = elapsed / static_cast<double>(number_ - 1);
    return fmt::format(", about {:.0f} s left", mean * static_cast<double>(count_ - number_ + 1));
  }

  std::mutex mutex_;
  bool terminal_ = ::isatty(STDERR_FILENO) == 1;
  std::string name_;
  std::size_t number_ = 0;
  std::size_t count_ = 0;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_;
};

/// Which cells of this shard are to be done now, and how many were done before.
struct Todo {
  std::vector<std::size_t> cells;
  std::size_t done = 0;
};

Todo choose(results::Store& store, const Plan& plan, const RunFlags& flags) {
  Todo todo;
  const PlanState state = plan_state(store, plan.stored(), wanted_scores(plan));
  for (const std::size_t place : cells_to_run(plan, Shard::parse(flags.shard))) {
    const PlannedState& cell = state.cells[place];
    if (cell.state == CellState::kComplete && cell.scored == cell.wanted) {
      ++todo.done;
      continue;
    }
    const bool failed = cell.state == CellState::kFailed;
    if (flags.only.empty() || failed == (flags.only == "failed")) todo.cells.push_back(place);
  }
  return todo;
}

/// The bundled suite is written when a cell needs it and it is not there.
void ensure_suite(const Plan& plan, const Todo& todo, const tasks::DataRoots& roots) {
  const bool needed = std::ranges::any_of(todo.cells, [&](std::size_t place) {
    return plan.cells()[place].task->dataset->root == tasks::DatasetDescriptor::Root::kSuite;
  });
  if (!needed || std::filesystem::exists(roots.suite / "suite.tsv")) return;
  std::fprintf(stderr, "writing the bundled suite to %s\n", roots.suite.c_str());
  std::filesystem::create_directories(roots.suite.parent_path());
  try {
    tasks::write_suite(roots.suite);
  } catch (const Error&) {
    // Another shard may have written it meanwhile.
    if (!std::filesystem::exists(roots.suite / "suite.tsv")) throw;
  }
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

/// The scores of the plan's runs, in the plan's order.
void print_plan_scores(results::Store& store, const Plan& plan, const std::string& format) {
  reports::RunChoice choice;
  std::map<Digest, std::string> complete;
  for (const results::Run& run : store.runs()) {
    if (run.complete()) complete.emplace(run.digest, run.id());
  }
  for (const PlanCell& cell : plan.cells()) {
    const auto run = complete.extract(cell.cell.digest());
    if (!run.empty()) choice.runs.push_back(run.mapped());
  }
  for (const metrics::Protocol& protocol : plan.manifest().protocols)
    choice.protocols.push_back(protocol.id);
  if (!choice.runs.empty()) print_scores(store, choice, format);
}

int exit_status(const RunSummary& summary) {
  if (summary.interrupted) return signal_received == SIGINT ? 130 : 75;
  if (summary.failed == 0) return 0;
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
                               .jobs = flags.jobs};
  results::StoreWriter store(path, true, environment_facts());
  const Todo todo = choose(store, *plan, flags);
  tell_not_applicable(*plan);
  if (todo.cells.empty()) {
    std::fprintf(stderr, "%s: nothing to do: %zu cells are done\n", path.c_str(), todo.done);
    print_plan_scores(store, *plan, flags.format);
    return 0;
  }
  std::fprintf(stderr, "%s: %zu cells to do, %zu done before\n", path.c_str(), todo.cells.size(),
               todo.done);
  ensure_suite(*plan, todo, resources.data);
  await_signals();
  Screen screen;
  const RunSummary summary = Runner(store, *plan, resources, screen).run(todo.cells);
  print_plan_scores(store, *plan, flags.format);
  std::fprintf(stderr, "%s: %zu cells done now, %zu before, %zu failed\n", path.c_str(),
               summary.done, todo.done, summary.failed);
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
      "again. After SIGTERM the state is saved and the status is 75; after Ctrl-C it is 130.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return run(*flags); }; });
}

}  // namespace cupel::cli
