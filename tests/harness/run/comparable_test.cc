#include "harness/run/comparable.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/version.h"
#include "tests/harness/run/compared_runs.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

struct Fixture {
  test::TempDir dir;
  results::StoreWriter store{dir / "s.db", true, "{}"};
  results::Run a = test::add_run(store, "a", test::alcohols(0, 12, 3, 1));
  results::Run b = test::add_run(store, "b", test::alcohols(0, 12, 3, 2));

  [[nodiscard]] std::string refused(Code code, const ComparisonOptions& options = {}) {
    try {
      static_cast<void>(find_comparables(store, a, b, options));
    } catch (const Error& error) {
      CHECK(error.code() == code);
      return std::string(error.what()) + "\n" + error.hint();
    }
    return "compared";
  }
};

std::vector<std::string> names(const Comparables& found) {
  std::vector<std::string> all;
  for (const ComparableMetric& one : found.metrics)
    all.push_back(one.protocol.name + " " + one.baseline.metric);
  return all;
}

const std::string kVersionField = std::string("version:") + kVersion;

TEST_CASE_METHOD(Fixture, "Runs without a common scored protocol name the command that helps") {
  const std::string command = "cupel score --store " + store.path().string() + " --run " + a.id() +
                              " --run " + b.id() + " --protocol ";
  CHECK_THAT(refused(Code::kIncomplete), ContainsSubstring(command + "cupel"));
  CHECK_THAT(refused(Code::kIncomplete, {.protocol = "molt5"}),
             ContainsSubstring(command + "molt5"));
  test::score_run(store, b, "molt5");
  CHECK_THAT(refused(Code::kIncomplete), ContainsSubstring(command + "molt5"));
  test::score_run(store, a);
  CHECK_THAT(refused(Code::kIncomplete), ContainsSubstring(command + "cupel"));
  CHECK_THAT(refused(Code::kIncomplete, {.metrics = {"morgan"}}),
             ContainsSubstring(command + "cupel"));
}

TEST_CASE_METHOD(Fixture, "All metrics of all protocols that both runs share are found, in order") {
  for (const results::Run& run : {a, b}) {
    test::score_run(store, run, "molt5");
    test::score_run(store, run, "cupel");
  }
  test::score_run(store, a, "molregpt");  // of the one run only
  const auto all = names(find_comparables(store, a, b, {}));
  REQUIRE(all.size() == 14);
  CHECK(all.front() == "molt5 bleu");
  CHECK(all[6] == "molt5 morgan");
  CHECK(all[7] == "cupel bleu");
  CHECK(
      names(find_comparables(store, a, b, {.protocol = "cupel", .metrics = {"morgan", "exact"}})) ==
      std::vector<std::string>{"cupel exact", "cupel morgan"});
}

TEST_CASE_METHOD(Fixture, "Misspelt protocols and metrics are usage errors with the nearest name") {
  for (const results::Run& run : {a, b}) test::score_run(store, run);
  CHECK_THAT(refused(Code::kUsage, {.protocol = "cupell"}), ContainsSubstring("'cupel'"));
  CHECK_THAT(refused(Code::kUsage, {.metrics = {"morgn"}}), ContainsSubstring("'morgan'"));
  CHECK_THAT(refused(Code::kUsage, {.metrics = {"exact", "meteor"}}),
             ContainsSubstring("has the metric 'meteor'") && ContainsSubstring("validity"));
}

TEST_CASE_METHOD(Fixture,
                 "A signature that only one run has is passed over for an older one of both") {
  for (const results::Run& run : {a, b}) test::score_run(store, run);
  test::score_with_version(store, a, kVersionField, "version:9.9.9");
  const auto found = find_comparables(store, a, b, {});
  CHECK(found.differing.empty());
  CHECK(found.metrics.size() == 7);
  CHECK_THAT(found.metrics.front().baseline.signature_long, ContainsSubstring(kVersionField));
}

TEST_CASE_METHOD(Fixture, "Where only some metrics have one signature, the others are named") {
  test::score_run(store, a);
  const auto measured = store.measurements(a);
  results::Transaction adding(store.database());
  for (const results::Measurement& model : measured) {
    results::Measurement one = model;
    if (one.metric != "validity") {
      const std::string field = one.metric == "exact" ? "inchi:" : "version:";
      const auto at = one.signature_long.find(field);
      one.signature_long.insert(at + field.size(), "0");
    }
    one = store.begin_measurement(b, one);
    store.add_block(one, 0, store.statistics(a, model));
    store.end_measurement(one, *model.score, *model.digest);
  }
  adding.commit();
  const auto found = find_comparables(store, a, b, {});
  CHECK(names(found) == std::vector<std::string>{"cupel validity"});
  REQUIRE(found.differing.size() == 6);
  CHECK(found.differing[0] == "bleu under cupel is not comparable: version is " +
                                  std::string(kVersion) + " and 0" + kVersion);
  CHECK_THAT(found.differing[1], ContainsSubstring("exact") && ContainsSubstring("inchi is ") &&
                                     !ContainsSubstring("version"));
  const std::string message = refused(Code::kIncomplete, {.metrics = {"exact"}});
  CHECK_THAT(message, ContainsSubstring("inchi is ") && ContainsSubstring("cupel score --store"));
}

TEST_CASE_METHOD(Fixture, "Of several signatures the newest that both runs have is compared") {
  for (const results::Run& run : {a, b}) {
    test::score_run(store, run);
    test::score_with_version(store, run, kVersionField, "version:9.9.9");
  }
  const auto found = find_comparables(store, a, b, {});
  REQUIRE(found.metrics.size() == 7);
  for (const ComparableMetric& one : found.metrics) {
    CHECK_THAT(one.baseline.signature_long, ContainsSubstring("version:9.9.9"));
    CHECK(one.baseline.signature_long == one.candidate.signature_long);
  }
}

TEST_CASE_METHOD(Fixture, "A measurement that was interrupted is not a score") {
  for (const results::Run& run : {a, b}) test::score_run(store, run);
  results::Transaction adding(store.database());
  for (results::Measurement one : store.measurements(a)) {
    one.signature_long.replace(one.signature_long.find(kVersionField), kVersionField.size(),
                               "version:9.9.9");
    static_cast<void>(store.begin_measurement(a, one));
    static_cast<void>(store.begin_measurement(b, one));
  }
  adding.commit();
  for (const ComparableMetric& one : find_comparables(store, a, b, {}).metrics)
    CHECK_THAT(one.baseline.signature_long, ContainsSubstring(kVersionField));
}

}  // namespace
