#include "harness/run/gate.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/harness/run/compared_runs.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;
using results::Row;
using results::StoreWriter;

constexpr const char* kRules = R"({
  "metrics": {"exact": {"tolerance": 0.05, "minimum-effect": 0.02},
              "validity": {"tolerance": 0.05, "minimum-effect": 0.02}},
  "throughput": {"tolerance": 0.05, "minimum-effect": 0.03}})";

/// The first `wrong` of the alcohols, from row `from` on, become another molecule.
std::vector<Row> worse(std::vector<Row> rows, std::size_t wrong, std::size_t from = 0) {
  for (std::size_t i = from; i < from + wrong; ++i) rows[i].prediction = "CCN";
  return rows;
}

/// A store with runs of generation, scored under cupel.
struct Made {
  fs::path path;
  std::vector<results::Run> runs;

  Made(fs::path at, const std::vector<std::pair<std::string, std::vector<Row>>>& models)
      : path(std::move(at)) {
    StoreWriter store(path, true, "{}");
    for (const auto& [model, rows] : models) add(store, model, rows);
  }
  void add(StoreWriter& store, const std::string& model, const std::vector<Row>& rows) {
    runs.push_back(test::add_scored(store, model, rows));
  }
};

GateResult gate(const fs::path& before, const fs::path& after, const std::string& rules = kRules,
                bool inconclusive_passes = false) {
  results::Store baseline(before);
  results::Store candidate(after);
  return run_gate({.baseline = &baseline, .candidate = &candidate},
                  parse_gate_rules(rules, "rules.json"), inconclusive_passes);
}

const GateRow& row_of(const GateResult& result, const char* model, const char* metric) {
  const auto at = std::ranges::find_if(result.rows, [&](const GateRow& row) {
    return row.subject.model == model && row.subject.metric == metric;
  });
  REQUIRE(at != result.rows.end());
  return *at;
}

void annotate(const fs::path& store, const results::Run& run, const std::string& time) {
  StoreWriter writer(store, false, "{}");
  results::Transaction all(writer.database());
  writer.record_as_of("{}", time);
  CHECK(writer.put_annotation({.cell = run.digest,
                               .predictions = *run.predictions,
                               .metric = "exact",
                               .reason = "other tokens",
                               .reviewer = "ada",
                               .environment = {},
                               .made_at = {}}));
  all.commit();
}

const std::vector<Row> kGood = test::alcohols(0, 80, 1000, 1);

/// Times around one, with this spread.
std::string times(const std::vector<std::pair<std::string, double>>& benchmarks, std::size_t count,
                  unsigned seed, const std::string& context = {}, double drift = 0.0) {
  std::mt19937_64 random(seed);
  std::lognormal_distribution<double> noise(0.0, 0.01);
  std::string json = R"({"context": {"num_cpus": 2)" + context + R"(}, "benchmarks": [)";
  const char* comma = "";
  for (const auto& [name, length] : benchmarks) {
    for (std::size_t i = 0; i < count; ++i) {
      const double grown = 1.0 + drift * static_cast<double>(i) / static_cast<double>(count);
      json += comma + (R"({"name": ")" + name + R"(", "run_type": "iteration", "real_time": )") +
              std::to_string(1000.0 * length * grown * noise(random)) + R"(, "time_unit": "us"})";
      comma = ",";
    }
  }
  return json + "]}";
}

using Dates = std::vector<std::string>;

GateResult gate_times(const std::string& before, const std::string& after,
                      const std::string& rules = kRules, const Dates& dates_before = {""},
                      const Dates& dates_after = {""}) {
  BenchmarkFile baseline = parse_benchmark_file(before, "a.json");
  BenchmarkFile candidate = parse_benchmark_file(after, "b.json");
  baseline.dates = dates_before;
  candidate.dates = dates_after;
  return run_gate({.baseline_times = &baseline, .candidate_times = &candidate},
                  parse_gate_rules(rules, "rules.json"), false);
}

}  // namespace

TEST_CASE("identical predictions pass with a difference of exactly zero, and nothing is tested") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}});
  const GateResult result = gate(a.path, a.path);
  CHECK(result.answer == GateAnswer::kPass);
  CHECK(result.status == 0);
  CHECK(result.tests == 0);
  REQUIRE(result.rows.size() == 2);
  CHECK(result.rows[0].difference == 0.0);
  CHECK(result.rows[0].reason == "identical predictions");
}

TEST_CASE("a drop that is clear and large is a regression, and says how small a one it could see") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}});
  const Made b(dir / "b.db", {{"m", worse(kGood, 12)}});
  const GateResult result = gate(a.path, b.path);
  CHECK(result.status == 1);
  const GateRow& exact = row_of(result, "m", "exact");
  CHECK(exact.answer == GateAnswer::kRegression);
  CHECK_THAT(*exact.difference, WithinAbs(-12.0 / 80.0, 1e-12));
  CHECK(*exact.low < *exact.difference);
  CHECK(*exact.p_adjusted == *exact.p * 2.0);
  // The error of a share 0.15 of 80 is 0.04; (2.0 + 0.84) of them, for alpha 0.025.
  CHECK_THAT(*exact.detectable, WithinAbs(0.113, 0.015));
  CHECK(row_of(result, "m", "validity").answer == GateAnswer::kPass);  // CCN is a molecule
  CHECK(gate(b.path, a.path).status == 0);                             // better is no regression
  CHECK(gate(a.path, b.path).rows[0].p == exact.p);
}

TEST_CASE("a drop that noise hides is inconclusive, or passes where the user says so") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", worse(kGood, 12)}});
  const Made b(dir / "b.db", {{"m", worse(kGood, 13, 20)}});
  const GateResult result = gate(a.path, b.path);
  CHECK(result.status == 3);
  CHECK_THAT(row_of(result, "m", "exact").reason, ContainsSubstring("cannot be excluded"));
  const GateResult tolerant = gate(a.path, b.path, kRules, true);
  CHECK(tolerant.answer == GateAnswer::kInconclusive);
  CHECK(tolerant.status == 0);
}

TEST_CASE("two examples are inconclusive") {
  const test::TempDir dir;
  const std::vector<Row> two(kGood.begin(), kGood.begin() + 2);
  const Made a(dir / "a.db", {{"m", two}});
  const Made b(dir / "b.db", {{"m", worse(two, 2)}});
  const GateResult result = gate(a.path, b.path);
  CHECK(result.status == 3);
  CHECK_THAT(row_of(result, "m", "exact").reason, ContainsSubstring("2 examples are too few"));
}

TEST_CASE(
    "what the candidate lacks is incomplete, even beside a regression, and what is new is told") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"gone", kGood}, {"m", kGood}});
  const Made b(dir / "b.db", {{"m", worse(kGood, 12)}, {"fresh", kGood}});
  const GateResult result = gate(a.path, b.path);
  CHECK(result.status == 4);
  CHECK(row_of(result, "gone", "").answer == GateAnswer::kIncomplete);
  CHECK(row_of(result, "gone", "").reason == "missing");
  CHECK(row_of(result, "fresh", "").answer == GateAnswer::kNew);
  CHECK(row_of(result, "m", "exact").answer == GateAnswer::kRegression);
}

TEST_CASE("a candidate that was not scored, scored otherwise, or on other examples is incomplete") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}});
  const Made other(dir / "other.db", {{"m", test::alcohols(1, 81, 1000, 1)}});
  const GateResult examples = gate(a.path, other.path);
  CHECK(examples.status == 4);
  CHECK_THAT(row_of(examples, "m", "exact").reason, ContainsSubstring("other examples: 80 and 80"));
  {
    StoreWriter store(dir / "bare.db", true, "{}");
    test::add_run(store, "m", kGood);
  }
  const GateResult bare = gate(a.path, dir / "bare.db");
  CHECK(bare.status == 4);
  CHECK(row_of(bare, "m", "exact").reason == "the candidate is not scored so");
  {
    StoreWriter store(dir / "version.db", true, "{}");
    const auto run = test::add_run(store, "m", kGood);
    StoreWriter source(dir / "source.db", true, "{}");
    const auto scored = test::add_scored(source, "m", kGood);
    results::Transaction all(store.database());
    for (results::Measurement one : source.measurements(scored)) {
      const auto protocol = source.protocols().front();
      const results::Measurement old = one;
      one.protocol_key = store.put_protocol(protocol.name, protocol.body).key;
      one.signature_long.replace(one.signature_long.find("version:"), 8, "version:9.");
      one = store.begin_measurement(run, one);
      store.add_block(one, 0, source.statistics(scored, old));
      store.end_measurement(one, *old.score, *old.digest);
    }
    all.commit();
  }
  const GateResult version = gate(a.path, dir / "version.db");
  CHECK(version.status == 4);
  CHECK_THAT(
      row_of(version, "m", "exact").reason,
      ContainsSubstring("scored otherwise: version is") && ContainsSubstring("score the older"));
}

TEST_CASE("nothing to compare is incomplete, and so is what the rules require") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}});
  const GateResult none =
      gate(a.path, a.path, R"({"metrics": {"bleu-4": {"tolerance": 1, "minimum-effect": 1}}})");
  CHECK(none.status == 4);
  CHECK_THAT(none.notes.back(), ContainsSubstring("Nothing was compared"));
  const std::string rules = R"({"metrics": {"exact": {"tolerance": 1, "minimum-effect": 1}},
    "required": [{"task": "generation", "metric": "exact", "model": ")";
  CHECK(gate(a.path, a.path, rules + "m\"}]}").status == 0);
  const GateResult required = gate(a.path, a.path, rules + "n\"}]}");
  CHECK(required.status == 4);
  CHECK(row_of(required, "n", "exact").reason == "the rules require it");
}

TEST_CASE("a cell of the last plan that failed is incomplete, whatever older run of it there is") {
  const test::TempDir dir;
  test::run_in(dir / "a.db", 30, 1, 30);
  test::plan_in(dir / "a.db", test::plan_of(1, 30));
  test::score_in(dir / "a.db");
  const std::string rules =
      R"({"metrics": {"levenshtein": {"tolerance": 1, "minimum-effect": 1}}})";
  CHECK(gate(dir / "a.db", dir / "a.db", rules).status == 0);
  fs::copy_file(dir / "a.db", dir / "b.db");
  {
    results::StoredPlan plan = test::plan_of(1, 30);
    plan.cells[0].cell.config = R"({"kind":"run","newer":true})";
    test::plan_in(dir / "b.db", plan);
    StoreWriter store(dir / "b.db", false, "{}");
    results::Transaction all(store.database());
    store.add_failure(plan.cells[0].cell.digest(), "out of memory");
    all.commit();
    // The plan that is newest by its time decides; both were made within one second.
    REQUIRE(store.find_plan("").cells[0].cell.digest() == plan.cells[0].cell.digest());
  }
  const GateResult result = gate(dir / "a.db", dir / "b.db", rules);
  CHECK(result.status == 4);
  CHECK_THAT(result.rows.at(0).reason, ContainsSubstring("failed: out of memory"));
}

TEST_CASE("an annotated change is expected; the same change of another model is not") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}, {"n", kGood}});
  const Made b(dir / "b.db", {{"m", worse(kGood, 12)}, {"n", worse(kGood, 12)}});
  annotate(b.path, b.runs[0], "2999-01-01T00:00:00Z");
  const GateResult result = gate(a.path, b.path);
  CHECK(result.status == 1);
  CHECK(row_of(result, "m", "exact").answer == GateAnswer::kExpected);
  CHECK(row_of(result, "m", "exact").reason == "other tokens (agreed: ada)");
  CHECK(row_of(result, "n", "exact").answer == GateAnswer::kRegression);
  annotate(b.path, b.runs[1], "2999-01-01T00:00:00Z");
  CHECK(gate(a.path, b.path).status == 0);
}

TEST_CASE("history restarts at an annotated run: an older baseline is not compared beyond it") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", kGood}});
  const Made first(dir / "b.db", {{"m", worse(kGood, 12)}});
  annotate(first.path, first.runs[0], "2999-01-01T00:00:00Z");
  {
    StoreWriter store(dir / "b.db", false, "{}");
    store.record_as_of("{}", "2999-01-02T00:00:00Z");
    test::add_scored(store, "m", worse(kGood, 13));  // hardly worse than what was annotated
  }
  const GateResult result = gate(a.path, dir / "b.db");
  const GateRow& exact = row_of(result, "m", "exact");
  CHECK_THAT(*exact.baseline, WithinAbs(68.0 / 80.0, 1e-12));
  CHECK_THAT(exact.reason, ContainsSubstring("2999-01-01T00:00:00Z, other tokens"));
  CHECK(exact.answer == GateAnswer::kPass);
  CHECK(row_of(result, "m", "validity").baseline == 1.0);  // another metric keeps its baseline
  {
    StoreWriter store(dir / "b.db", false, "{}");
    store.record_as_of("{}", "2999-01-03T00:00:00Z");
    test::add_scored(store, "m", worse(kGood, 30));
  }
  CHECK(gate(a.path, dir / "b.db").status == 1);
}

TEST_CASE("scores are calibrated on pairs that are alike, at the nominal rate or below") {
  const test::TempDir dir;
  const Made a(dir / "a.db", {{"m", test::alcohols(0, 80, 3, 1)}});
  const Made b(dir / "b.db", {{"m", test::alcohols(0, 80, 3, 2)}});
  const GateResult result = gate(a.path, b.path);
  REQUIRE(result.calibrations.size() == 1);
  CHECK(result.calibrations[0].pairs == 1000);
  CHECK(result.calibrations[0].alarms > 0);
  CHECK(result.calibrations[0].passes());
  const GateResult again = gate(a.path, b.path);
  CHECK(again.calibrations[0].alarms == result.calibrations[0].alarms);
  std::string off(kRules);
  off.insert(1, R"("calibration": false, )");
  CHECK(gate(a.path, b.path, off).calibrations.empty());
}

TEST_CASE("a slow-down is a regression, a vanished benchmark incomplete, a new one is told") {
  const std::string before = times({{"a", 1.0}, {"b", 2.0}}, 12, 1);
  CHECK(gate_times(before, times({{"a", 1.0}, {"b", 2.0}}, 12, 2)).status == 0);
  const GateResult slow = gate_times(before, times({{"a", 1.2}, {"b", 2.0}}, 12, 2));
  CHECK(slow.status == 1);
  CHECK(slow.rows[0].answer == GateAnswer::kRegression);
  CHECK_THAT(*slow.rows[0].difference, WithinAbs(0.2, 0.02));
  CHECK(*slow.rows[0].detectable < 0.06);
  CHECK(slow.rows[0].subject.unit == "us");
  CHECK(slow.rows[1].answer == GateAnswer::kPass);
  const GateResult gone = gate_times(before, times({{"a", 1.0}, {"c", 1.0}}, 12, 2));
  CHECK(gone.status == 4);
  CHECK(gone.rows[1].answer == GateAnswer::kIncomplete);
  CHECK(gone.rows[2].answer == GateAnswer::kNew);
}

TEST_CASE("two repetitions are inconclusive, however large the difference") {
  const GateResult result = gate_times(times({{"a", 1.0}}, 2, 1), times({{"a", 3.0}}, 2, 2));
  CHECK(result.status == 3);
  CHECK_THAT(result.rows[0].reason, ContainsSubstring("2 and 2 repetitions are too few"));
  CHECK_FALSE(result.rows[0].detectable);
}

TEST_CASE("units are converted, and a benchmark that failed is incomplete") {
  std::string after = times({{"a", 1000.0}}, 12, 2);
  for (auto at = after.find("\"us\""); at != std::string::npos; at = after.find("\"us\""))
    after.replace(at, 4, "\"ns\"");
  CHECK(gate_times(times({{"a", 1.0}}, 12, 1), after).status == 0);
  const std::string failed =
      R"({"context": {}, "benchmarks": [{"name": "a", "run_type": "iteration",
    "error_occurred": true, "error_message": "no device"}]})";
  const GateResult result = gate_times(times({{"a", 1.0}}, 12, 1), failed);
  CHECK(result.status == 4);
  CHECK(result.rows[0].reason == "it failed: no device");
}

TEST_CASE("rules may demand that times were measured in turns, and the notes say how they were") {
  const std::string demand =
      R"({"throughput": {"tolerance": 0.05, "minimum-effect": 0.03, "interleaved": true}})";
  const std::string before = times({{"a", 1.0}}, 12, 1);
  const GateResult turns =
      gate_times(before, times({{"a", 1.0}}, 12, 2), demand, {"1", "3", "5"}, {"2", "4", "6"});
  CHECK(turns.status == 0);
  CHECK_THAT(turns.notes[0], ContainsSubstring("in turns, 3 and 3 files"));
  CHECK_THAT(turns.calibrations[0].how, ContainsSubstring("odd against even"));
  const GateResult apart = gate_times(before, times({{"a", 1.0}}, 12, 2), demand);
  CHECK(apart.status == 3);
  CHECK_THAT(apart.notes[0], ContainsSubstring("one side after the other"));
  const GateResult machine = gate_times(times({{"a", 1.0}}, 12, 1, R"(, "host_name": "x")"),
                                        times({{"a", 1.0}}, 12, 2, R"(, "host_name": "y")"));
  CHECK_THAT(machine.notes[1], ContainsSubstring("host_name is x and y"));
}

TEST_CASE("a slower benchmark that somebody expects is expected, and no other") {
  const auto rules = [](const std::string& expected) {
    return R"({"throughput": {"tolerance": 0.05, "minimum-effect": 0.03, "expected": {)" +
           expected + "}}}";
  };
  const std::string before = times({{"a", 1.0}, {"b", 1.0}}, 12, 1);
  const std::string after = times({{"a", 1.2}, {"b", 1.2}}, 12, 2);
  const GateResult one = gate_times(before, after, rules(R"("a": "checks more, issue 12")"));
  CHECK(one.status == 1);
  CHECK(one.rows[0].answer == GateAnswer::kExpected);
  CHECK(one.rows[0].reason == "checks more, issue 12");
  CHECK(one.rows[1].answer == GateAnswer::kRegression);
  CHECK(gate_times(before, after, rules(R"("a": "x", "b": "y")")).status == 0);
  CHECK(gate_times(before, before, rules(R"("a": "x")")).rows[0].answer == GateAnswer::kPass);
  CHECK_THROWS_WITH(gate_times(before, after, rules(R"("c": "x")")),
                    ContainsSubstring("a change of 'c' is expected, which nobody measured"));
  CHECK_THROWS_WITH(gate_times(before, after, rules(R"("a": "")")),
                    ContainsSubstring("an expected change needs a reason"));
}

TEST_CASE("benchmarks that drift while they are repeated decide nothing") {
  std::vector<std::pair<std::string, double>> many;
  for (int i = 0; i < 8; ++i) many.emplace_back("b" + std::to_string(i), 1.0);
  const std::string before = times(many, 12, 1, {}, 0.3);
  const GateResult result = gate_times(before, times(many, 12, 2, {}, 0.3));
  CHECK(result.status == 3);
  CHECK_FALSE(result.calibrations[0].passes());
  CHECK_THAT(result.rows[0].reason, ContainsSubstring("16 of 32 A/A pairs"));
}

TEST_CASE("benchmarks without rules are refused") {
  const std::string file = times({{"a", 1.0}}, 3, 1);
  try {
    static_cast<void>(
        gate_times(file, file, R"({"metrics": {"exact": {"tolerance": 1, "minimum-effect": 1}}})"));
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.hint(), ContainsSubstring("throughput"));
  }
}
