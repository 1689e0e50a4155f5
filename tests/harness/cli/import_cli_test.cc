// From a prediction file to a report, a ledger and a checked store, as scripts see it.
#include <filesystem>
#include <fstream>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Ran;
using test::run;

std::string suite(const char* name) { return test::suite(name).string(); }

std::string import_suite(const std::filesystem::path& store) {
  return "import " + suite("generation.tsv") + " --store " + store.string() +
         " --task generation --model ours --dataset mini";
}

const JsonValue& member(const JsonValue& object, const std::string& key) {
  for (const JsonMember& one : object.members) {
    if (one.key == key) return one.value;
  }
  FAIL("no member " << key);
  return object;
}

std::string content_digest(const std::string& store) {
  const Ran ran = run("doctor --store " + store + " --format json");
  REQUIRE(ran.status == 0);
  return member(parse_json(ran.out, "doctor"), "content_digest").text;
}

void write(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace

TEST_CASE("From a file to a report: import, score, report, list, doctor") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  const Ran first = run(import_suite(dir / "s.db"));
  INFO(first.err);
  CHECK(first.status == 0);
  CHECK_THAT(first.out, ContainsSubstring("ours, generation on mini test: 40 predictions, 40 new"));
  CHECK_THAT(run(import_suite(dir / "s.db")).out, ContainsSubstring("40 predictions, 0 new"));

  const Ran scored = run("score --store " + store + " --protocol cupel --protocol molt5");
  INFO(scored.err);
  CHECK(scored.status == 0);
  CHECK_THAT(scored.out, ContainsSubstring("generation on mini test, protocol molt5"));
  const std::string digest = content_digest(store);
  const Ran again = run("score --store " + store + " --protocol cupel --protocol molt5");
  CHECK(again.out == scored.out);
  CHECK_THAT(again.err, ContainsSubstring("7 scores, 0 new"));
  CHECK(content_digest(store) == digest);

  const Ran report = run("report --store " + store + " --protocol molt5 --format csv");
  CHECK(report.status == 0);
  CHECK_THAT(report.out, ContainsSubstring("model,task,dataset,split,seed,metric,value,low,high,n,"
                                           "protocol,signature\nours,generation,mini,test,,bleu,"));
  const Ran listed = run("list runs --format json --store " + store);
  const JsonValue runs = parse_json(listed.out, "runs");
  REQUIRE(runs.items.size() == 1);
  CHECK(member(runs.items[0], "state").text == "complete");
  CHECK_THAT(run("report --run " + member(runs.items[0], "id").text + " --store " + store).out,
             ContainsSubstring("levenshtein"));
}

TEST_CASE("cupel report prints tables for papers, in the formats that papers are written in") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  REQUIRE(run(import_suite(dir / "s.db")).status == 0);
  const Ran none = run("report --format latex --store " + store);
  CHECK(none.status == 0);
  CHECK_THAT(none.err, ContainsSubstring("no scores that papers print"));
  REQUIRE(run("score --store " + store + " --protocol molt5").status == 0);
  const Ran latex = run("report --format latex --resamples 50 --trials 50 --store " + store);
  INFO(latex.err);
  CHECK(latex.status == 0);
  CHECK_THAT(latex.out, ContainsSubstring("\\toprule") && ContainsSubstring("\nours & "));
  const Ran markdown = run("report --format md --paper --store " + store);
  CHECK_THAT(markdown.out, ContainsSubstring("| model | BLEU ↑ | Exact ↑ |"));
  const Ran refused = run("report --format csv --paper --store " + store);
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("--paper prints --format md or latex"));
}

TEST_CASE("The scores of a store are those of the file, digit for digit") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  REQUIRE(run(import_suite(dir / "s.db")).status == 0);
  REQUIRE(run("score --store " + store + " --protocol cupel").status == 0);
  const auto stored = parse_json(run("report --format json --store " + store).out, "report");
  const auto file = parse_json(
      run("score " + suite("generation.tsv") + " --task generation --protocol cupel --format json")
          .out,
      "score");
  const auto& ours = member(stored, "scores").items;
  const auto& theirs = member(file, "scores").items;
  REQUIRE(ours.size() == theirs.size());
  for (std::size_t i = 0; i < ours.size(); ++i) {
    for (const char* key : {"value", "low", "high", "n"})
      CHECK(member(ours[i], key).real == member(theirs[i], key).real);
    CHECK(member(ours[i], "signature").text == member(theirs[i], "signature").text);
  }
}

TEST_CASE("A run says where it comes from, and its predictions come out as they went in") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  REQUIRE(run(import_suite(dir / "s.db")).status == 0);
  const Ran shown = run("show run ours --store " + store);
  CHECK(shown.status == 0);
  for (const char* expected :
       {"config.model             ours", "source.file              generation.tsv",
        "environment.sqlite", "examples                 40"})
    CHECK_THAT(shown.out, ContainsSubstring(expected));
  const auto json = parse_json(run("show run ours --format json --store " + store).out, "run");
  CHECK(member(member(json, "config"), "kind").text == "import");

  write(dir / "again.csv", run("show run ours --format csv --store " + store).out);
  const std::string other = (dir / "other.db").string();
  REQUIRE(run("import " + (dir / "again.csv").string() + " --store " + other +
              " --task generation --model ours --dataset mini")
              .status == 0);
  CHECK(content_digest(other) == content_digest(store));
  CHECK(run("show run ours").status == 2);
  CHECK(run("show metric bleu --format csv").status == 2);
}

TEST_CASE("A damaged file is refused with its cause, and nothing is stored") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  const std::string how = " --task generation --model x --dataset d --store " + store;
  const std::string header = "description\tground truth\toutput\n";
  write(dir / "empty.tsv", "");
  write(dir / "junk.tsv", header + "a\tC\tC\n" + std::string("\0\x01\x02", 3));
  write(dir / "twice.tsv", header + "a\tC\tC\n" + header + "b\tN\tN\n");
  std::string swapped = header;
  for (int i = 0; i < 60; ++i)
    swapped += std::string(static_cast<std::size_t>(i % 20 + 1), 'C') + "O\tis a molecule\tCCO\n";
  write(dir / "swapped.tsv", swapped);
  for (const auto& [file, cause] : {std::pair{"empty.tsv", "empty"}, std::pair{"junk.tsv", "NUL"},
                                    std::pair{"twice.tsv", "header in the middle"},
                                    std::pair{"swapped.tsv", "columns-swapped"}}) {
    const Ran ran = run("import " + (dir / file).string() + how);
    INFO(file << ": " << ran.err);
    CHECK(ran.status == 1);
    CHECK_THAT(ran.err, ContainsSubstring(cause));
    CHECK_FALSE(std::filesystem::exists(store));
  }
  const Ran forced = run("import " + (dir / "swapped.tsv").string() + how + " --force");
  CHECK(forced.status == 0);
  CHECK_THAT(forced.out, ContainsSubstring("test (forced, 60 rows)"));
}

TEST_CASE("Rows are not another data set because somebody says so") {
  const test::TempDir dir;
  const std::string ours = "import " + suite("generation.tsv") +
                           " --task generation --model x --store " + (dir / "s.db").string();
  const Ran ran = run(ours + " --dataset chebi-20");
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, ContainsSubstring("these are not the rows of chebi-20 test"));
  CHECK(run(ours + " --dataset chebi-20 --split train").status == 0);
}

TEST_CASE("real data: ChEBI-20's rows keep their name") {
  const std::string file = test::real_data("molt5/molt5-large-caption2smiles.txt").string();
  const test::TempDir dir;
  const Ran ran = run("import " + file + " --task generation --model x --dataset pcdes --store " +
                      (dir / "s.db").string());
  CHECK(ran.status == 1);
  CHECK_THAT(ran.err, ContainsSubstring("the rows are those of chebi-20 test, not of pcdes test"));
}

TEST_CASE("One of several runs in an Atomas file is taken, and said") {
  const test::TempDir dir;
  const std::string header = "description\tground truth\toutput\n";
  write(dir / "a.txt", header + "a\tC\tN\nb\tO\tN\n" + header + "a\tC\tC\nb\tO\tO\n");
  const Ran ran = run("import " + (dir / "a.txt").string() + " --from atomas --task generation" +
                      " --model atomas --dataset d --store " + (dir / "s.db").string());
  CHECK(ran.status == 0);
  CHECK_THAT(ran.err, ContainsSubstring("2 runs of the test are in this file; run 2 is taken"));
  REQUIRE(run("score --protocol cupel --store " + (dir / "s.db").string()).status == 0);
  CHECK_THAT(run("report --format csv --store " + (dir / "s.db").string()).out,
             ContainsSubstring("exact,1,"));
}

TEST_CASE("Wrong use of a store's commands says what to do, exit 2") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  REQUIRE(run(import_suite(dir / "s.db")).status == 0);
  const std::string file = suite("generation.tsv");
  const std::string cases[][2] = {
      {"import " + file + " --task generation --model x", "--store is required"},
      {"import " + file + " --task generation --store " + store, "--model is required"},
      {"import " + file + " --task generation --model x --store " + store, "--dataset NAME"},
      {"import " + file + " --task generation --model '' --store " + store, "--model is required"},
      {"import " + file + " --task generation --model x --section 2 --store " + store, "section"},
      {"import " + file + " --task generation --model x --input-column foo --store " + store,
       "no column 'foo'"},
      {"import nowhere.tsv --task generation --model x --store " + store, "nowhere.tsv"},
      {"import " + file + " --task generation --model x --from molt6 --store " + store, "molt5"},
      {"score --store " + store + " --protocol cupel " + file, "either"},
      {"score --store " + store + " --protocol cupel --run nobody", "known runs: "},
      {"score --store " + store + " --protocol openbiomed-from-file", "these protocols"},
      {"score --store " + store + " --protocol cupel --task captioning", "no run of the task"},
      {"score --store " + store + " --protocol cupel --examples x.csv", "--examples is for files"},
      {"score " + file + " --protocol cupel", "--task is required"},
      {"score " + file + " --task generation --protocol all", "one protocol"},
      {"score " + file + " --task generation --protocol cupel --run x", "add --store"},
      {"list runs", "add --store"},
      {"report", "--store is required"},
      {"ledger --paper molt6", "did you mean 'molt5'"},
  };
  for (const auto& [arguments, expected] : cases) {
    const Ran ran = run(arguments);
    INFO(arguments << ": " << ran.err);
    CHECK(ran.status == 2);
    CHECK_THAT(ran.err, ContainsSubstring(expected));
    CHECK(ran.out.empty());
  }
}

TEST_CASE("The ledger lists what papers printed, with or without a store") {
  const Ran all = run("ledger --format json");
  REQUIRE(all.status == 0);
  CHECK(member(parse_json(all.out, "ledger"), "ledger").items.size() == 940);
  const Ran atomas = run("ledger --paper atomas");
  CHECK(atomas.status == 0);
  CHECK_THAT(atomas.out, ContainsSubstring("unknown"));
  const test::TempDir dir;
  REQUIRE(run(import_suite(dir / "s.db")).status == 0);
  const Ran attempted = run("ledger --attempted --format json --store " + (dir / "s.db").string());
  const JsonValue rows = parse_json(attempted.out, "ledger");
  for (const JsonValue& row : member(rows, "ledger").items)
    CHECK(member(row, "status").text == "unknown");
}

TEST_CASE("real data: four files under every protocol beside the printed numbers") {
  const std::string data = test::real_data("molt5").parent_path().string();
  static_cast<void>(test::real_data("scibert/vocab.txt"));
  static_cast<void>(test::real_data("t5_spiece/spiece.model"));
  const test::TempDir dir;
  const std::string store = " --store " + (dir / "s.db").string();
  const std::string runs[][3] = {
      {"molt5-large-caption2smiles.txt", "generation", "molt5-large"},
      {"molt5-small-caption2smiles.txt", "generation", "molt5-small"},
      {"molt5-large-smiles2caption.txt", "captioning", "molt5-large"},
      {"t5-v1_1-small-smiles2caption.txt", "captioning", "t5-v1_1-small"}};
  for (const auto& [file, task, model] : runs) {
    const Ran ran =
        run("import " + data + "/molt5/" + file + store + " --task " + task + " --model " + model);
    CHECK(ran.status == 0);
    CHECK(ran.err.empty());  // no warning
    CHECK_THAT(ran.out, ContainsSubstring(" on chebi-20 test: 3300 predictions, 3300 new"));
  }
  const Ran scored =
      run("score --protocol all --resamples 100 --format csv --data " + data + store);
  INFO(scored.err);
  REQUIRE(scored.status == 0);
  const Ran ledger = run("ledger --attempted --format json" + store);
  std::size_t equal = 0;
  std::size_t differs = 0;
  const JsonValue rows = parse_json(ledger.out, "ledger");
  for (const JsonValue& row : member(rows, "ledger").items) {
    const std::string status = member(row, "status").text;
    if (status == "unknown") continue;
    INFO(member(row, "model").text << " " << member(row, "metric").text);
    equal += status == "equal" ? 1 : 0;
    differs += status == "differs" ? 1 : 0;
    CHECK((status == "equal" || status == "differs"));
    if (status == "equal") CHECK(member(row, "metric").text == "meteor");
    CHECK_FALSE(member(row, "reason").text.starts_with("nobody knows"));
  }
  CHECK(equal == 3);  // three papers print MolT5-large's METEOR
  CHECK(differs == 50);
  CHECK(run("doctor" + store).status == 0);
}
