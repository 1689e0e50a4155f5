// Stores as scripts see them: what is wrong with one is exit 7 with a remedy, and nothing is
// harmed.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank_text.h"
#include "results/store.h"
#include "tests/harness/run/section_runs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using namespace cupel;

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

/// Through a shell; `before` are shell words that precede the program.
Ran run(const std::string& arguments, const std::string& before = "") {
  const test::TempDir dir;
  const std::string command = before + " env -u CUPEL_DATA -u CUPEL_STORE " + CUPEL_PROGRAM + " " +
                              arguments + " >" + (dir / "out").string() + " 2>" +
                              (dir / "err").string();
  const int status = std::system(command.c_str());
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = test::bytes_of(dir / "out"),
          .err = test::bytes_of(dir / "err")};
}

/// A folder with a prediction file, a protocol and a store of another file.
struct Place {
  explicit Place(std::size_t rows = 200) {
    test::write_bytes(dir / "new.tsv", test::prediction_tsv(rows, 7));
    test::write_bytes(dir / "quick.json", test::kQuickProtocol);
    test::import_into(dir / "s.db", 300, 1);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (dir / name).string(); }
  [[nodiscard]] std::string import(const std::string& store) const {
    return "import " + path("new.tsv") +
           " --task generation --model new --dataset made-up --store " + store;
  }
  [[nodiscard]] std::string score(const std::string& store) const {
    return "score --protocol " + path("quick.json") + " --resamples 20 --store " + store;
  }
  test::TempDir dir;
};

void check_refused(const Ran& ran, const std::string& expected) {
  INFO(ran.out << ran.err);
  CHECK(ran.status == 7);
  CHECK(ran.out.empty());
  CHECK_THAT(ran.err, ContainsSubstring(expected));
  CHECK(std::count(ran.err.begin(), ran.err.end(), '\n') == 2);  // what, and what to do
}

}  // namespace

TEST_CASE("cupel import and score --store end with exit 0 and add nothing the second time") {
  const Place place;
  const std::string store = place.path("fresh.db");
  const Ran first = run(place.import(store));
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK_THAT(first.out,
             ContainsSubstring("new, generation on made-up test: 200 predictions, 200 new"));
  CHECK_THAT(run(place.score(store)).err, ContainsSubstring("2 scores, 4 new"));
  const std::string before = test::bytes_of(store);
  CHECK_THAT(run(place.import(store)).out, ContainsSubstring("200 predictions, 0 new"));
  CHECK_THAT(run(place.score(store)).err, ContainsSubstring("2 scores, 0 new"));
  CHECK((test::bytes_of(store) == before));
  CHECK_FALSE(fs::exists(store + ".lock"));
}

TEST_CASE("what is no store is exit 7 for the program and stays as it was") {
  const Place place;
  fs::create_directory(place.dir / "folder");
  REQUIRE(std::system(("mkfifo " + place.path("pipe")).c_str()) == 0);
  test::write_bytes(place.dir / "text", "not a store\n");
  test::foreign_sql(place.dir / "other.db", "CREATE TABLE t (a)");
  for (const char* name : {"newer.db", "tampered.db", "cut.db"})
    fs::copy_file(place.dir / "s.db", place.dir / name);
  test::foreign_sql(place.dir / "newer.db", "PRAGMA user_version = 99");
  test::foreign_sql(place.dir / "tampered.db", "DROP TRIGGER prediction_not_changed");
  fs::resize_file(place.dir / "cut.db", fs::file_size(place.dir / "cut.db") - 100);
  const std::array<std::array<std::string, 2>, 8> cases = {{
      {"folder", "a folder, not a store"},
      {"pipe", "not a regular file"},
      {"text", "not a Cupel store"},
      {"other.db", "another program's database"},
      {"newer.db", "its schema is version 99"},
      {"tampered.db", "its tables or triggers are not those"},
      {"cut.db", "the file is truncated"},
      {"nowhere/s.db", "cannot be written: No such file"},
  }};
  for (const auto& [name, expected] : cases) {
    const bool regular = fs::is_regular_file(place.dir / name);
    const std::string before = regular ? test::bytes_of(place.dir / name) : "";
    check_refused(run(place.import(place.path(name))), expected);
    check_refused(run(place.score(place.path(name))), expected);
    if (regular) CHECK((test::bytes_of(place.dir / name) == before));
    CHECK_FALSE(fs::exists(place.path(name) + ".lock"));
    CHECK_FALSE(fs::exists(place.path(name) + "-journal"));
  }
  check_refused(run(place.import("/dev/null")), "/dev/null");
  check_refused(run(place.score(place.path("missing.db"))), "no such store");
  test::write_bytes(place.dir / "empty.db", "");
  check_refused(run(place.score(place.path("empty.db"))), "no such store");
  CHECK(run(place.import(place.path("empty.db"))).status == 0);
}

TEST_CASE("a store with a name that SQLite reads otherwise is a file all the same") {
  const Place place;
  for (const std::string name : {":memory:", "file:x?mode=memory"}) {
    CHECK(run(place.import("'" + name + "'"), "cd " + place.path(".") + " &&").status == 0);
    CHECK(test::complaints(place.dir / name).empty());
  }
}

TEST_CASE("bytes overwritten anywhere are noticed or harmless, and never crash the program") {
  const Place place;
  REQUIRE(run(place.score(place.path("s.db"))).status == 0);
  const std::string whole = test::bytes_of(place.dir / "s.db");
  for (std::size_t at = 3; at < whole.size(); at += whole.size() / 20) {
    INFO(at);
    std::string damaged = whole;
    damaged.replace(at, 16, std::string(16, '\xA5'));
    test::write_bytes(place.dir / "d.db", damaged);
    for (const std::string& command :
         {place.import(place.path("d.db")), place.score(place.path("d.db") + " --seed 2")}) {
      const Ran ran = run(command);
      INFO(ran.err);
      // 4: rows that were overwritten are missing.
      CHECK((ran.status == 0 || ran.status == 4 || ran.status == 5 || ran.status == 7));
      CHECK_THAT(ran.err, !ContainsSubstring("internal error"));
    }
  }
}

TEST_CASE("a folder or a file that cannot be written is exit 7, and nothing is tried on it") {
  const Place place;
  std::string as_other;  // root may write everywhere
  if (::geteuid() == 0) {
    if (std::system("setpriv --reuid=65534 --clear-groups true 2>/dev/null") != 0)
      SKIP("needs setpriv, or another user than root");
    as_other = "setpriv --reuid=65534 --clear-groups";
    if (std::system((as_other + " test -x " + CUPEL_PROGRAM).c_str()) != 0)
      SKIP("needs a program that other users may run");
  }
  fs::permissions(place.dir / "s.db", fs::perms(0444));
  fs::permissions(place.dir / ".", fs::perms(0777));
  const std::string before = test::bytes_of(place.dir / "s.db");
  check_refused(run(place.import(place.path("s.db")), as_other), "s.db: cannot be written");
  check_refused(run(place.score(place.path("s.db")), as_other), "s.db: cannot be written");
  fs::permissions(place.dir / "s.db", fs::perms(0666));
  fs::permissions(place.dir / ".", fs::perms(0555));
  check_refused(run(place.import(place.path("s.db")), as_other),
                "cannot be written: Permission denied");
  check_refused(run(place.import(place.path("t.db")), as_other),
                "cannot be written: Permission denied");
  fs::permissions(place.dir / "s.db", fs::perms(0000));
  fs::permissions(place.dir / ".", fs::perms(0777));
  check_refused(run(place.score(place.path("s.db")), as_other), "cannot be opened");
  fs::permissions(place.dir / "s.db", fs::perms(0644));
  CHECK((test::bytes_of(place.dir / "s.db") == before));
}

TEST_CASE("a store that another program keeps locked is exit 7 after the wait") {
  const Place place;
  const std::string before = test::bytes_of(place.dir / "s.db");
  {
    results::Database foreign(place.dir / "s.db", results::Database::Mode::kWrite);
    foreign.run("BEGIN EXCLUSIVE");
    check_refused(run(place.import(place.path("s.db"))), "s.db: locked by another program");
    foreign.run("ROLLBACK");
  }
  CHECK((test::bytes_of(place.dir / "s.db") == before));
  CHECK(run(place.import(place.path("s.db"))).status == 0);
}

TEST_CASE("two imports at once both succeed, or one names the other process and ends with exit 7") {
  const Place place(20'000);
  const std::string both = "{ " + std::string(CUPEL_PROGRAM) + " " + place.import("$S") +
                           " --model a 2>$S.a; echo a $? >>$S.log; } & { " + CUPEL_PROGRAM + " " +
                           place.import("$S") + " --model b 2>$S.b; echo b $? >>$S.log; } & wait";
  std::string script = both;
  for (std::size_t at; (at = script.find("--model new ")) != std::string::npos;)
    script.erase(at, 12);
  const std::string store = place.path("two.db");
  REQUIRE(std::system(("S=" + store + "; { " + script + "; } >" + store + ".out").c_str()) == 0);
  const std::string log = test::bytes_of(store + ".log");
  std::size_t done = 0;
  for (const std::string model : {"a", "b"}) {
    if (log.find(model + " 0\n") != std::string::npos) {
      ++done;
      continue;
    }
    CHECK_THAT(log, ContainsSubstring(model + " 7\n"));
    CHECK_THAT(test::bytes_of(store + "." + model), ContainsSubstring("is writing to it"));
  }
  CHECK(done >= 1);
  CHECK(test::complaints(store).empty());
  results::Store opened(store);
  REQUIRE(opened.runs().size() == done);
  for (const results::Run& one : opened.runs()) CHECK(one.complete());
}

TEST_CASE("a limit on the size of files in the middle of an import keeps what was stored") {
  const Place place(40'000);
  const std::string store = place.path("s.db");
  REQUIRE(run(place.import(place.path("whole.db"))).status == 0);
  test::import_into(place.dir / "whole.db", 300, 1);
  // ulimit -f counts blocks of 512 bytes; the signal that comes with it is the program's to ignore.
  for (const int blocks : {200, 3000, 6000}) {
    check_refused(run(place.import(store), "ulimit -f " + std::to_string(blocks) + ";"),
                  "the disk refused to read or write");
    CHECK(test::complaints(store).empty());
    CHECK(results::Store(store).runs().front().complete());
  }
  results::Store halfway(store);
  REQUIRE(halfway.runs().size() == 2);
  CHECK(halfway.runs()[1].stored > 0);
  CHECK_FALSE(halfway.runs()[1].complete());
  CHECK(run(place.import(store)).status == 0);
  CHECK(test::content_digest(store) == test::content_digest(place.path("whole.db")));
}

TEST_CASE("a limit on the size of files in the middle of a scoring keeps what was stored") {
  const Place place(20'000);
  const std::string store = place.path("s.db");
  REQUIRE(run(place.import(store)).status == 0);
  fs::copy_file(store, place.path("whole.db"));
  REQUIRE(run(place.score(place.path("whole.db"))).status == 0);
  const auto blocks = fs::file_size(store) / 512;
  for (const std::size_t more : {0, 64, 128}) {
    check_refused(
        run(place.score(store) + " --run new", "ulimit -f " + std::to_string(blocks + more) + ";"),
        "the disk refused to read or write");
    CHECK(test::complaints(store).empty());
  }
  CHECK(run(place.score(store)).status == 0);
  CHECK(test::content_digest(store) == test::content_digest(place.path("whole.db")));
}

TEST_CASE("Runs of ranking and property tasks go through every verb of the store") {
  const test::TempDir dir;
  {
    results::StoreWriter store(dir / "s.db", true, "{}");
    for (const std::uint32_t skill : {1U, 4U}) {
      std::vector<results::Row> ranked;
      std::vector<results::Row> labelled;
      for (std::uint32_t i = 0; i < 60; ++i) {
        const auto name = std::to_string(i);
        const std::vector<metrics::TieRank> ranks = {
            {.better = i * 7 % 50 / skill, .candidates = 60}};
        ranked.push_back({.input = name, .prediction = metrics::write_ranks(ranks, {})});
        const bool positive = i % 3 == 0;
        const std::vector<float> logits = {static_cast<float>(i * 11 % 60) +
                                           (positive ? 10.0F * static_cast<float>(skill) : 0.0F)};
        labelled.push_back({.input = name,
                            .reference = positive ? "[1]" : "[0]",
                            .prediction = metrics::write_logits(logits)});
      }
      const ImportLabels labels{.model = "skill-" + std::to_string(skill), .split = "test"};
      ImportLabels ranking = labels;
      ranking.task = "text-to-molecule-retrieval";
      ranking.dataset = "pcdes";
      (void)test::add_texts(store, ranking, ranked);
      ImportLabels property = labels;
      property.task = "property-bbbp";
      property.dataset = "bbbp";
      (void)test::add_texts(store, property, labelled);
    }
  }
  const std::string store = "--store " + (dir / "s.db").string();
  const Ran scored = run("score " + store + " --protocol all --resamples 20 --format csv");
  CHECK(scored.status == 0);
  CHECK_THAT(scored.out, ContainsSubstring("skill-4,text-to-molecule-retrieval,pcdes,test,,mrr,"));
  CHECK_THAT(scored.out, ContainsSubstring(",pr-auc|p:openbiomed.1|pc:trapezoids|den:labelled|"));
  CHECK(run("report " + store + " --format csv").out == scored.out);
  for (const char* task : {"text-to-molecule-retrieval", "property-bbbp"}) {
    const Ran compared = run("compare skill-1 skill-4 " + store + " --protocol cupel --task " +
                             task + " --resamples 50 --trials 50");
    INFO(compared.err);
    CHECK(compared.status == 0);
    CHECK_THAT(compared.out, ContainsSubstring("better"));
  }
  const Ran misspelt = run("report " + store + " --task property-bbp");
  CHECK(misspelt.status == 2);
  CHECK_THAT(misspelt.err, ContainsSubstring("did you mean 'property-bbbp'?"));
  CHECK(run("ledger " + store).status == 0);
  const Ran doctor = run("doctor " + store);
  CHECK(doctor.status == 0);
  CHECK(run("show run skill-4 " + store).status == 2);  // it has two
}
