// kill -9 at random moments: `crash PROGRAM KILLS SEED [import|score|merge|sweep]...`. Imports,
// scorings and merges are killed as many times each, sweeps of some 200 cells three times as often;
// what a concurrent reader saw just before must still be there, and going on to the end must give
// the content of an uninterrupted run. Prints a line for each kind. Sweeps are also dealt out to
// shards by lot, and merged.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/run/store_check.h"
#include "results/store.h"
#include "tests/crash/sweep.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Clock = std::chrono::steady_clock;
using std::chrono::microseconds;

constexpr std::size_t kImported = 60'000;
constexpr std::size_t kScored = 30'000;  // eight blocks
constexpr std::size_t kMerged = 20'000;  // of each of three runs

/// What is safe, as far as a reader sees.
struct Seen {
  std::size_t predictions = 0;
  std::size_t complete = 0;  ///< runs
  std::size_t blocks = 0;    ///< of all measurements together
  std::size_t scores = 0;

  /// Is everything of `before` there?
  [[nodiscard]] bool covers(const Seen& before) const {
    return predictions >= before.predictions && complete >= before.complete &&
           blocks >= before.blocks && scores >= before.scores;
  }
};

struct Work {
  std::string name;
  std::vector<std::string> arguments;              ///< the store follows
  fs::path start;                                  ///< a store to begin with; empty: none
  std::vector<results::PredictionFile> rows = {};  ///< of each run, in the order of the store;
                                                   ///< none: those of the uninterrupted run
  std::size_t most_kills = 6;                      ///< of one store
  double reach = 1;                                ///< a kill comes before so much of what is left
  fs::path whole = {};                             ///< the store of the uninterrupted run
  Digest end{};                                    ///< content of an uninterrupted run
  Seen all{};                                      ///< what stands in the store then
  microseconds duration{};
};

struct Count {
  std::size_t kills = 0;
  std::size_t journals = 0;  ///< kills in the middle of a transaction
  std::size_t stores = 0;
};

void require(bool holds, const std::string& what) {
  if (!holds) throw std::runtime_error(what);
}

pid_t start(const std::string& program, const Work& work, const fs::path& store) {
  const pid_t child = ::fork();
  require(child >= 0, "fork failed");
  if (child > 0) return child;
  std::vector<std::string> words = {program};
  words.insert(words.end(), work.arguments.begin(), work.arguments.end());
  words.push_back(store.string());
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  ::dup2(nowhere, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  ::execv(program.c_str(), argv.data());
  ::_exit(127);
}

int wait_for(pid_t child) {
  int status = 0;
  require(::waitpid(child, &status, 0) == child, "the child is lost");
  return status;
}

/// A store that does not exist yet has nothing in it; every other complaint is a fault.
Seen look(const fs::path& path) {
  try {
    results::Store store(path);
    Seen seen;
    for (const results::Run& run : store.runs()) {
      seen.predictions += run.stored;
      seen.complete += run.complete() ? 1 : 0;
      for (const results::Measurement& one : store.measurements(run)) {
        seen.blocks += store.blocks(one);
        seen.scores += one.score ? 1 : 0;
      }
    }
    return seen;
  } catch (const Error& error) {
    require(std::string(error.what()).ends_with("no such store"), error.what());
    return {};
  }
}

/// (prediction, reference) of each example of the r-th run, as they must be.
std::vector<std::pair<std::string, std::string>> expected_rows(const Work& work, std::size_t r,
                                                               const results::Run& run) {
  std::vector<std::pair<std::string, std::string>> expected;
  if (work.rows.empty()) {
    results::Store whole(work.whole);
    const auto rows = whole.rows(whole.find_run(run.id()), 0, run.size);
    for (const results::Row& row : rows) expected.emplace_back(row.prediction, row.reference);
  } else {
    for (const auto& row : work.rows.at(r).rows)
      expected.emplace_back(row.prediction, row.reference);
  }
  return expected;
}

void check(const Work& work, const fs::path& path, const Seen& before) {
  require(look(path).covers(before), "something that a reader had seen is gone");
  if (before.predictions == 0) return;
  results::Store store(path);
  require(check_store(store).problems.empty(), "doctor --store finds a problem");
  const std::vector<results::Run> runs = store.runs();
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const auto expected = expected_rows(work, r, runs[r]);
    const auto rows = store.rows(runs[r], 0, runs[r].size);
    require(rows.size() == runs[r].stored, "predictions without examples");
    for (std::size_t i = 0; i < rows.size(); ++i) {
      require(std::pair(rows[i].prediction, rows[i].reference) == expected[i],
              "a row is not what was stored");
    }
  }
}

/// The share of the work that is still to be done.
double left(const Work& work, const Seen& seen) {
  const auto share = [](std::size_t done, std::size_t all) {
    return all == 0 ? 0.0 : static_cast<double>(done) / static_cast<double>(all);
  };
  const bool scores = !work.start.empty();
  return std::max(0.1, 1 - (scores ? share(seen.blocks, work.all.blocks)
                                   : share(seen.predictions, work.all.predictions)));
}

/// A reader waits while a transaction is being committed, so a kill right after one would never
/// hit that. Half of the time, this waits for a journal to appear, and always for a few
/// milliseconds.
void await_transaction(const fs::path& store, std::mt19937_64& random) {
  const auto last = Clock::now() + std::chrono::milliseconds(random() % 2 == 0 ? 0 : 200);
  while (Clock::now() < last && !fs::exists(store.string() + "-journal"))
    std::this_thread::sleep_for(microseconds(100));
  std::this_thread::sleep_for(microseconds(random() % 20'000));
}

/// One store: killed up to `kills` times, then run to the end.
void kill_and_finish(const std::string& program, const Work& work, const fs::path& store,
                     std::size_t kills, std::mt19937_64& random, Count& count) {
  if (!work.start.empty()) fs::copy_file(work.start, store);
  Seen seen = look(store);
  for (bool killed = true; killed && kills > 0; --kills) {
    std::uniform_real_distribution<double> moment(0, work.reach * left(work, seen));
    const auto begin = Clock::now();
    const pid_t child = start(program, work, store);
    std::this_thread::sleep_until(
        begin + std::chrono::duration_cast<microseconds>(work.duration * moment(random)));
    seen = look(store);
    await_transaction(store, random);
    ::kill(child, SIGKILL);
    const int status = wait_for(child);
    killed = WIFSIGNALED(status);
    require(killed || WEXITSTATUS(status) == 0, "the program failed by itself");
    count.kills += killed ? 1 : 0;
    count.journals += fs::exists(store.string() + "-journal") ? 1 : 0;
    check(work, store, seen);
  }
  require(wait_for(start(program, work, store)) == 0, "going on failed");
  require(test::content_digest(store) == work.end, "another content than without a kill");
  results::Store ended(store);
  require(check_store(ended).problems.empty(), "doctor --store finds a problem at the end");
  ++count.stores;
  for (const char* suffix : {"", ".lock", "-journal"}) fs::remove(store.string() + suffix);
}

/// Measures an uninterrupted run.
void measure(const std::string& program, Work& work, const fs::path& store) {
  if (!work.start.empty()) fs::copy_file(work.start, store);
  const auto begin = Clock::now();
  require(wait_for(start(program, work, store)) == 0, "the uninterrupted run failed");
  work.duration = std::chrono::duration_cast<microseconds>(Clock::now() - begin);
  work.end = test::content_digest(store);
  work.all = look(store);
  work.whole = store;
}

Work importing(const fs::path& dir) {
  const fs::path file = dir / "import.tsv";
  test::write_bytes(file, test::prediction_tsv(kImported, 1));
  return {.name = "import",
          .arguments = {"import", file.string(), "--task", "generation", "--model", "m",
                        "--dataset", "made-up", "--store"},
          .rows = {test::predictions(kImported, 1)}};
}

Work scoring(const fs::path& dir) {
  test::write_bytes(dir / "quick.json", test::kQuickProtocol);
  test::import_into(dir / "start.db", kScored, 2);
  return {.name = "score",
          .arguments = {"score", "--protocol", (dir / "quick.json").string(), "--resamples", "50",
                        "--store"},
          .start = dir / "start.db",
          .rows = {test::predictions(kScored, 2)}};
}

/// Two shards of a plan, with one run in both of them.
Work merging(const fs::path& dir) {
  const fs::path first = dir / "shard-1.db";
  const fs::path second = dir / "shard-2.db";
  for (const fs::path& shard : {first, second}) test::plan_in(shard, test::plan_of(3, kMerged));
  test::run_in(first, kMerged, 1, kMerged);
  test::run_in(first, kMerged, 2, kMerged / 2);
  test::run_in(second, kMerged, 2, kMerged);
  test::run_in(second, kMerged, 3, kMerged);
  for (const fs::path& shard : {first, second})
    test::score_in(shard, {.resamples = 5}, test::kDistanceProtocol);
  return {.name = "merge",
          .arguments = {"merge", first.string(), second.string(), "--store"},
          .rows = {test::predictions(kMerged, 1), test::predictions(kMerged, 2),
                   test::predictions(kMerged, 3)}};
}

/// The suite and the manifest are made first.
Work sweeping(const std::string& program, const fs::path& dir) {
  require(wait_for(start(program, {.name = {}, .arguments = {"data", "synth"}, .start = {}},
                         dir / "suite")) == 0,
          "the suite was not written");
  test::write_bytes(dir / "sweep.json", test::sweep_manifest());
  return {.name = "sweep",
          .arguments = {"run", (dir / "sweep.json").string(), "--suite", (dir / "suite").string(),
                        "--limit", std::to_string(test::kSweepLimit), "--jobs", "1", "--store"},
          .start = {},
          .most_kills = 60,
          .reach = 0.1};
}

/// The result: the content of an uninterrupted run.
Digest run(const std::string& program, Work work, const fs::path& dir, std::size_t kills,
           std::uint64_t seed) {
  measure(program, work, dir / ("whole-" + work.name + ".db"));
  std::mt19937_64 random(seed);
  Count count;
  while (count.kills < kills) {
    const std::size_t some =
        std::min<std::size_t>(1 + random() % work.most_kills, kills - count.kills);
    kill_and_finish(program, work, dir / (work.name + ".db"), some, random, count);
  }
  fmt::print(
      "{}: {} kills on {} stores (seed {}), {} of them in a transaction; nothing that a reader had "
      "seen was lost, every store ended with content {:.12}\n",
      work.name, count.kills, count.stores, seed, count.journals, to_hex(work.end));
  std::fflush(stdout);
  return work.end;
}

void sweep(const std::string& program, const fs::path& dir, std::size_t kills, std::uint64_t seed) {
  const Digest end = run(program, sweeping(program, dir), dir, 3 * kills, seed);
  const std::size_t partitions = 1 + kills / 20;
  std::size_t shards = 0;
  for (std::size_t i = 0; i < partitions; ++i)
    shards +=
        test::check_partition(dir / "sweep.json", dir / "suite", dir / "parts", end, seed + i);
  fmt::print(
      "sweep: {} random partitions into {} shards, merged in random orders: content {:.12}\n",
      partitions, shards, to_hex(end));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    fmt::print(stderr, "usage: crash PROGRAM KILLS SEED [import|score|merge|sweep]...\n");
    return 2;
  }
  const std::vector<std::string> only(argv + 4, argv + argc);
  const auto wanted = [&](const char* kind) {
    return only.empty() || std::ranges::contains(only, kind);
  };
  std::string made = (fs::temp_directory_path() / "cupel-crash-XXXXXX").string();
  if (::mkdtemp(made.data()) == nullptr) return 1;
  const fs::path dir = made;
  try {
    const auto kills = std::stoul(argv[2]);
    const auto seed = std::stoull(argv[3]);
    if (wanted("import")) run(argv[1], importing(dir), dir, kills, seed);
    if (wanted("score")) run(argv[1], scoring(dir), dir, kills, seed);
    if (wanted("merge")) run(argv[1], merging(dir), dir, kills, seed);
    if (wanted("sweep")) sweep(argv[1], dir, kills, seed);
  } catch (const std::exception& error) {
    fmt::print(stderr, "crash: {} (the store: {})\n", error.what(), dir.string());
    return 1;
  }
  std::error_code ignored;
  fs::remove_all(dir, ignored);
  return 0;
}
