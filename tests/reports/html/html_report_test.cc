#include "reports/html/html_report.h"

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "harness/run/scoring.h"
#include "reports/html/example_blocks.h"
#include "tests/support/fake_runs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace cupel::reports {
namespace {

using Catch::Matchers::ContainsSubstring;

/// All six kinds of tasks, answered by a fake, under protocol cupel.
struct Place {
  Place() {
    const Manifest manifest = test::made_manifest(
        {test::fake_model("fake", std::make_shared<test::Script>())},
        {test::made_task("generation", pairs), test::made_task("captioning", pairs),
         test::made_task("text-to-molecule-retrieval", pairs),
         test::made_task("molecule-to-text-retrieval", pairs),
         test::made_task("text-to-molecule-choice", pairs),
         test::made_task("property-bbbp", labels)},
        {test::cheap_protocol(), metrics::parse_protocol(kRecall, "recall")});
    test::run_plan(Plan(manifest), dir / "s.db", test::roots(dir));
  }

  static constexpr const char* kRecall = R"({"id": "recall", "summary": "s", "version": 1,
    "origin": "tests", "tasks": {
    "captioning": {"metrics": ["bleu-2"], "choices": {
      "columns": {"value": "as-named", "source": "t"}, "strip-prefix": {"value": "", "source": "t"},
      "tokens": {"value": "13a", "source": "t"}, "max-tokens": {"value": 0, "source": "t"}}},
    "generation": {"metrics": ["levenshtein"], "choices": {
      "columns": {"value": "as-named", "source": "t"},
      "strip-prefix": {"value": "", "source": "t"}}},
    "retrieval": {"metrics": ["median-rank", "recall@1", "recall@5", "recall@10", "recall@20",
      "recall@50"], "choices": {"ties": {"value": "pessimistic", "source": "t"}}},
    "choice": {"metrics": ["accuracy@4"], "choices": {"ties": {"value": "expected", "source": "t"},
      "batches": {"value": 0, "source": "t"}}},
    "property": {"metrics": ["roc-auc"], "choices": {}, "source": "t"}}})";

  test::TempDir dir;
  tasks::DatasetDescriptor pairs = test::made_set(dir, "pairs", {});
  tasks::DatasetDescriptor labels = test::made_set(dir, "labels", {}, true);
};

std::string page_of(const std::filesystem::path& path, const RunChoice& choice = {}) {
  results::Store store(path);
  return html_report(store, {.choice = choice,
                             .no_ablation = "no plan",
                             .sections = scoring_section,
                             .program = "cupel test",
                             .jobs = 1});
}

std::size_t times(const std::string& page, const std::string& what) {
  std::size_t count = 0;
  for (std::size_t at = page.find(what); at != std::string::npos; at = page.find(what, at + 1))
    ++count;
  return count;
}

/// The JSON of a plain block.
JsonValue plain(const std::string& page, const std::string& id) {
  const std::string begin = "<script type=\"application/json\" id=\"" + id + "\">";
  const std::size_t at = page.find(begin) + begin.size();
  return parse_json(page.substr(at, page.find("</script>", at) - at), id);
}

const JsonValue& member(const JsonValue& object, const std::string& key) {
  return std::ranges::find(object.members, key, &JsonMember::key)->value;
}

}  // namespace

TEST_CASE("The curve of recall is the stored scores where they are, under each rule for ties") {
  const Place place;
  results::Store store(place.dir / "s.db");
  const ChosenRuns chosen = chosen_runs(store, {});
  std::map<std::pair<std::string, std::string>, double> scores;  // of run, and protocol with metric
  for (std::size_t r = 0; r < chosen.runs.size(); ++r) {
    for (const results::Measurement& one : chosen.measurements[r]) {
      const std::string& protocol = chosen.protocols.at(one.protocol_key).name;
      scores[{chosen.runs[r].id(), protocol + " " + one.metric}] = one.score->value.value_or(-1);
    }
  }
  const JsonValue curves =
      parse_json(retrieval_document(store, chosen, scoring_section), "retrieval");
  CHECK(curves.items.size() == 4);  // two tasks, two protocols
  std::size_t compared = 0;
  for (const JsonValue& curve : curves.items) {
    const auto& recall = member(curve, "recall").items;
    REQUIRE(recall.size() == 50);
    CHECK(std::ranges::is_sorted(recall, {}, &JsonValue::real));
    CHECK(recall.back().real == Catch::Approx(1.0));  // there are 40 candidates
    if (member(curve, "protocol").text != "recall") continue;
    CHECK(member(curve, "ties").text == "pessimistic");
    for (const std::size_t k : {1U, 5U, 10U, 20U, 50U}) {
      CHECK(recall[k - 1].real ==
            scores.at({member(curve, "run").text, "recall recall@" + std::to_string(k)}));
      ++compared;
    }
  }
  CHECK(compared == 10);
}

TEST_CASE("A page has a block for each run and set, and the same bytes each time") {
  const Place place;
  const std::string page = page_of(place.dir / "s.db");
  CHECK(page == page_of(place.dir / "s.db"));
  const JsonValue examples = plain(page, "examples");
  const auto& runs = member(examples, "runs").items;
  CHECK(runs.size() == 6);
  for (const JsonValue& run : runs) {
    CHECK(times(page, "id=\"run-" + member(run, "run").text + "\"") == 1);
    CHECK(times(page, "id=\"set-" + std::to_string(member(run, "set").integer) + "\"") == 1);
  }
  CHECK(times(page, "id=\"molecules-0\"") == 1);
  const JsonValue overview = plain(page, "overview");
  CHECK(member(overview, "runs").items.size() == 6);
  const auto& cells = member(member(overview, "plans").items.at(0), "cells").items;
  CHECK(cells.size() == 6);
  for (const JsonValue& cell : cells) CHECK(member(cell, "state").text == "done");
  CHECK(member(overview, "warnings").items.empty());
}

TEST_CASE("A page of chosen runs has no others, and a task that is not there is refused") {
  const Place place;
  const std::string page = page_of(place.dir / "s.db", {.task = "captioning"});
  CHECK(member(plain(page, "overview"), "runs").items.size() == 1);
  CHECK_THROWS_AS(page_of(place.dir / "s.db", {.task = "cooking"}), Error);
  const std::string one = page_of(place.dir / "s.db", {.protocols = {"recall"}});
  const JsonValue scores = plain(one, "scores");
  CHECK_FALSE(member(scores, "rows").items.empty());
  for (const JsonValue& row : member(scores, "rows").items)
    CHECK(row.items.at(10).text == "recall");
}

TEST_CASE(
    "The page loads nothing, runs its own scripts alone, and names Chart.js and its licence") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 20, 1);
  const std::string page = page_of(dir / "s.db");
  CHECK_THAT(page, ContainsSubstring("default-src 'none'"));
  CHECK_THAT(page, !ContainsSubstring("unsafe-inline"));
  const std::size_t policy = page.find("script-src ");
  const std::string hashes = page.substr(policy, page.find(';', policy) - policy);
  CHECK(times(hashes, "'sha256-") == times(page, "<script>"));
  CHECK_THAT(page, !ContainsSubstring(" src=\"") && !ContainsSubstring("innerHTML = "));
  CHECK_THAT(page, ContainsSubstring("Chart.js 3.9.1") &&
                       ContainsSubstring("The above copyright notice and this permission notice"));
}

TEST_CASE("Strings of data and models cannot leave their block") {
  const test::TempDir dir;
  const std::string hostile = "</script><script>alert(1)</script><!--";
  {
    results::StoreWriter store(dir / "s.db", true, "{}");
    results::PredictionFile file = results::parse_prediction_file(
        "description\tground truth\toutput\n" + hostile + "\t" + hostile + "\t" + hostile + "\n",
        "f.tsv", "generation");
    static_cast<void>(import_predictions(
        store, file, {.model = hostile, .task = "generation", .dataset = hostile, .split = hostile},
        "{}"));
  }
  const std::string page = page_of(dir / "s.db");
  CHECK_THAT(page, !ContainsSubstring("alert(1)</script>") && !ContainsSubstring(hostile));
  CHECK(member(member(plain(page, "overview"), "runs").items.at(0), "model").text == hostile);
}

TEST_CASE("Runs that must not be compared are warned about") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 20, 1);
  test::import_into(dir / "s.db", 21, 2);  // other examples
  const std::string page = page_of(dir / "s.db");
  const JsonValue overview = plain(page, "overview");
  const auto& warnings = member(overview, "warnings").items;
  REQUIRE(warnings.size() == 1);
  CHECK_THAT(warnings[0].text, ContainsSubstring("model-1") && ContainsSubstring("model-2") &&
                                   ContainsSubstring("answered different examples"));
}

}  // namespace cupel::reports
