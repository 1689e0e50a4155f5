// Imports, scorings, plans and merges on a disk that fails, and in a process that dies, at every
// operation that changes a file.
#include <csignal>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/run/merge.h"
#include "results/store.h"
#include "tests/support/faulty_vfs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using test::Fault;
using test::FaultyVfs;

constexpr std::size_t kForever = 1'000'000;
/// The content digest of an empty store.
const Digest kNothing = Sha256().digest();

/// What is done on the bad disk. It tells `told` what was acknowledged.
struct Work {
  std::function<void(const fs::path&)> prepare;  ///< on a good disk, before
  std::function<void(const fs::path&, std::size_t& told)> run;
  std::function<std::size_t(results::Store&)> found;  ///< of what was acknowledged
};

/// A second run, on more examples than one block has, beside one that is complete and scored.
Work importing() {
  return {.prepare =
              [](const fs::path& store) {
                test::import_into(store, 40, 1);
                test::score_in(store, {.resamples = 10});
              },
          .run =
              [](const fs::path& store, std::size_t& told) {
                test::import_into(store, 300, 2, [&told](std::size_t done) { told = done; });
              },
          .found =
              [](results::Store& store) {
                const auto runs = store.runs();
                return runs.size() < 2 ? 0 : runs[1].stored;
              }};
}

/// A store that does not exist yet.
Work creating() {
  Work work = importing();
  work.prepare = [](const fs::path&) {};
  work.found = [](results::Store& store) {
    return store.runs().empty() ? 0 : store.runs()[0].stored;
  };
  return work;
}

/// Several transactions of statistics, then one of scores and intervals.
Work scoring() {
  return {
      .prepare = [](const fs::path& store) { test::import_into(store, results::kBlock + 4, 1); },
      .run =
          [](const fs::path& store, std::size_t& told) {
            told += test::score_in(store, {.resamples = 2}, test::kDistanceProtocol);
          },
      .found =
          [](results::Store& store) {
            std::size_t scores = 0;
            for (const auto& one : store.measurements(store.runs().front()))
              scores += (one.score ? 1U : 0U) + one.intervals.size();
            return scores;
          }};
}

/// A plan beside a run.
Work planning() {
  return {.prepare = [](const fs::path& store) { test::import_into(store, 40, 1); },
          .run =
              [](const fs::path& store, std::size_t& told) {
                test::plan_in(store, test::plan_of(20, 40));
                told = 1;
              },
          .found = [](results::Store& store) { return store.plans().size(); }};
}

/// One run that is complete and scored, one that is not complete, and one that is in both shards.
Work merging() {
  const auto dir = std::make_shared<test::TempDir>();
  test::run_in(*dir / "a.db", 30, 1, 30);
  test::score_in(*dir / "a.db", {.resamples = 2}, test::kDistanceProtocol);
  test::run_in(*dir / "a.db", 30, 2, 10);
  test::run_in(*dir / "b.db", 30, 2, 20);
  return {.prepare = [](const fs::path&) {},
          .run =
              [dir](const fs::path& store, std::size_t& told) {
                const std::vector<fs::path> shards = {*dir / "a.db", *dir / "b.db"};
                static_cast<void>(merge_stores(
                    shards, store, "", [&told](std::size_t done, std::size_t) { told = done; }));
              },
          .found =
              [](results::Store& store) {
                std::size_t predictions = 0;
                for (const results::Run& run : store.runs()) predictions += run.stored;
                return predictions;
              }};
}

/// Nothing is damaged, all that was acknowledged is there, and going on ends as if nothing had
/// happened.
void check_recovers(const Work& work, const fs::path& store, std::size_t told, const Digest& before,
                    const Digest& after) {
  const FaultyVfs quick(Fault::kNone, 0);
  try {
    const auto wrong = test::complaints(store);
    REQUIRE(wrong.empty());
    results::Store opened(store);
    REQUIRE(work.found(opened) >= told);
    const Digest now = opened.content_digest();
    if (told == 0 && !opened.runs().empty() && !opened.runs().back().complete())
      REQUIRE(now == before);
  } catch (const Error& error) {  // it was never finished, and that was undone
    REQUIRE(std::string(error.what()).ends_with("no such store"));
    REQUIRE(told == 0);
    REQUIRE(before == kNothing);
  }
  std::size_t again = 0;
  work.run(store, again);
  REQUIRE(test::content_digest(store) == after);
  REQUIRE(test::complaints(store).empty());
}

void copy_store(const fs::path& from, const fs::path& to) {
  for (const char* suffix : {"", "-journal", ".lock"}) {
    fs::remove(to.string() + suffix);
    if (fs::exists(from.string() + suffix))
      fs::copy_file(from.string() + suffix, to.string() + suffix);
  }
}

struct Stage {
  explicit Stage(const Work& work) {
    work.prepare(dir / "before.db");
    if (fs::exists(dir / "before.db")) before = test::content_digest(dir / "before.db");
    copy_store(dir / "before.db", dir / "after.db");
    std::size_t told = 0;
    const FaultyVfs counting(Fault::kNone, 0);
    work.run(dir / "after.db", told);
    operations = counting.operations();
    after = test::content_digest(dir / "after.db");
  }
  test::TempDir dir;
  Digest before = kNothing;
  Digest after{};
  std::size_t operations = 0;
};

#ifdef __SANITIZE_ADDRESS__
constexpr std::size_t kSparser = 7;  // ten times as slow, and the other build tries them all
#else
constexpr std::size_t kSparser = 1;
#endif

/// Every operation fails in its turn, alone or with all that follow it. With a `stride`, every so
/// many only, others for each kind of fault.
void check_every_fault(const Work& work, std::size_t stride = 1) {
  stride *= kSparser;
  const Stage stage(work);
  REQUIRE(stage.operations > 10);
  std::size_t start = 0;
  for (const auto& [fault, times] : {std::pair(Fault::kFull, kForever),
                                     {Fault::kShortWrite, 1},
                                     {Fault::kError, 1},
                                     {Fault::kError, kForever}}) {
    for (std::size_t at = start++ % stride; at < stage.operations; at += stride) {
      INFO("fault " << static_cast<int>(fault) << " at " << at << " times " << times);
      const fs::path store = stage.dir / "s.db";
      copy_store(stage.dir / "before.db", store);
      std::size_t told = 0;
      {
        const FaultyVfs disk(fault, at, times);
        try {
          work.run(store, told);
        } catch (const Error& error) {
          REQUIRE(error.code() == Code::kStore);
          REQUIRE_FALSE(error.hint().empty());
        }
        REQUIRE(disk.hit());
      }
      check_recovers(work, store, told, stage.before, stage.after);
    }
  }
}

/// Runs `work` in a child that is killed at the operation `at`. What it was told is in `told`.
void run_and_kill(const Work& work, const fs::path& store, Fault fault, std::size_t at,
                  std::size_t& told) {
  const pid_t child = ::fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const FaultyVfs disk(fault, at);
    work.run(store, told);
    ::_exit(0);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WIFSIGNALED(status));
  REQUIRE(WTERMSIG(status) == SIGKILL);
}

/// A number that a child and its parent see.
class Shared {
 public:
  Shared()
      : at_(static_cast<std::size_t*>(::mmap(nullptr, sizeof(std::size_t), PROT_READ | PROT_WRITE,
                                             MAP_SHARED | MAP_ANONYMOUS, -1, 0))) {}
  ~Shared() { ::munmap(at_, sizeof(std::size_t)); }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  std::size_t& operator*() const { return *at_; }

 private:
  std::size_t* at_;
};

void check_every_death(const Work& work, std::size_t stride = 1) {
  stride *= kSparser;
  const Stage stage(work);
  const Shared told;
  std::size_t start = 0;
  for (const Fault fault : {Fault::kKill, Fault::kKillHalf}) {
    for (std::size_t at = start++ % stride; at < stage.operations; at += stride) {
      INFO("fault " << static_cast<int>(fault) << " at " << at);
      const fs::path store = stage.dir / "s.db";
      copy_store(stage.dir / "before.db", store);
      *told = 0;
      run_and_kill(work, store, fault, at, *told);
      check_recovers(work, store, *told, stage.before, stage.after);
    }
  }
}

}  // namespace

TEST_CASE("a disk that fails anywhere in an import costs only what was not acknowledged") {
  check_every_fault(importing());
}

TEST_CASE("a disk that fails anywhere while a store is made leaves nothing that is in the way") {
  check_every_fault(creating());
}

TEST_CASE("a disk that fails anywhere in a scoring costs only what was not acknowledged") {
  check_every_fault(scoring());
}

TEST_CASE("a process killed at any operation of an import loses nothing that was acknowledged") {
  check_every_death(importing());
  check_every_death(creating());
}

TEST_CASE("a process killed at any operation of a scoring loses nothing that was acknowledged") {
  check_every_death(scoring());
}

TEST_CASE(
    "a disk that fails, or a process that dies, anywhere in a plan leaves all of it or nothing") {
  check_every_fault(planning());
  check_every_death(planning());
}

TEST_CASE("a disk that fails anywhere in a merge costs only what was not acknowledged") {
  check_every_fault(merging(), 4);
}

TEST_CASE("a process killed anywhere in a merge loses nothing that was acknowledged") {
  check_every_death(merging(), 2);
}

TEST_CASE("a disk that is full for good is named, with the remedy") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 40, 1);
  const FaultyVfs disk(Fault::kFull, 0, kForever);
  try {
    test::import_into(dir / "s.db", 300, 2);
    FAIL("it was stored");
  } catch (const Error& error) {
    CHECK(std::string(error.what()).ends_with("s.db: the disk is full"));
    CHECK(error.hint().starts_with("free some space, then run the same command again"));
  }
}

// Deleting the journal of a killed process by hand takes from SQLite what it needs to undo half a
// transaction. Either the file was not touched yet or is finished, and the store is whole; or it is
// neither, and then it is refused when it is opened ("damaged", "truncated"), or integrity_check,
// which cupel doctor --store runs, tells. What never happens: that it seems whole and has lost what
// was acknowledged.
TEST_CASE(
    "a journal deleted by hand after a crash leaves a store that is whole or says it is not") {
  std::size_t whole = 0;
  std::size_t refused = 0;
  std::size_t told_by_check = 0;
  for (const Work& work : {importing(), scoring()}) {
    const Stage stage(work);
    const Shared told;
    for (std::size_t at = 0; at < stage.operations; at += kSparser) {
      INFO("killed at " << at);
      const fs::path store = stage.dir / "s.db";
      copy_store(stage.dir / "before.db", store);
      *told = 0;
      run_and_kill(work, store, Fault::kKill, at, *told);
      fs::remove(store.string() + "-journal");
      try {
        if (!test::complaints(store).empty()) {
          ++told_by_check;
          continue;
        }
        check_recovers(work, store, *told, stage.before, stage.after);
        ++whole;
      } catch (const Error& error) {
        REQUIRE(error.code() == Code::kStore);
        ++refused;
      }
    }
  }
  INFO(whole << " whole, " << refused << " refused, " << told_by_check << " told by the check");
  CHECK(whole > 0);
  CHECK(refused + told_by_check > 0);
}
