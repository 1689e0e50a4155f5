#include "reports/ablation_report.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using namespace cupel::reports;
using Catch::Matchers::ContainsSubstring;

AblationRow row(std::size_t variant, const std::vector<AblationSeed>& seeds) {
  return {.variant = variant,
          .task = "captioning",
          .dataset = "chebi-20",
          .split = "test",
          .protocol = "molt5",
          .metric = "bleu-4",
          .higher_is_better = true,
          .examples = 3300,
          .seeds = seeds,
          .seeds_planned = 3,
          .effect = {},
          .reason = {},
          .verdict = Verdict::kUnclear,
          .signature = "bleu-4|p:molt5.1",
          .signature_long = "metric:bleu-4|protocol:molt5.1"};
}

AblationSeed seed(std::int64_t number, double reference, double variant) {
  return {.seed = number,
          .reference_run = "aaaa",
          .variant_run = "bbbb",
          .reference = reference,
          .variant = variant,
          .reference_n = 3300,
          .variant_n = 3299};
}

Ablation example() {
  Ablation ablation{
      .plan = "0123456789ab",
      .plan_name = "sweep",
      .reference = "full",
      .why = "it differs from 2 of 4 others in exactly one setting",
      .variants = {{.name = "flat", .settings = {{"option", "levels", "3", "1"}}},
                   {.name = "bare",
                    .settings = {{"option", "ga", "1", "0"}, {"option", "levels", "3", "0"}}},
                   {.name = "again", .settings = {}},
                   {.name = "never\nbegun", .settings = {}, .known = false}},
      .rows = {},
      .gaps = {{"flat", "captioning", "chebi-20", "test", 3, "failed: out of memory", true},
               {"bare", "generation", "chebi-20", "test", {}, "not applicable: it is mute", false}},
      .options = {.tests = {.resamples = 1000, .trials = 2000, .seed = 7}}};
  ablation.rows.push_back(row(0, {seed(1, 0.5, 0.25), seed(2, 0.75, 0.25)}));
  ablation.rows.back().effect = AblationEffect{.value = -0.375,
                                               .low = -0.5,
                                               .high = -1.0 / 3,
                                               .p = 0.01,
                                               .p_holm = 0.02,
                                               .of_seeds = 0.015625,
                                               .of_examples = 0.001};
  ablation.rows.back().verdict = Verdict::kWorse;
  ablation.rows.push_back(row(1, {seed(1, 0.5, 0.5)}));
  ablation.rows.back().effect =
      AblationEffect{.value = 0.0, .low = -0.125, .high = 0.125, .p = 0.5, .p_holm = 0.5};
  ablation.rows.push_back(row(2, {}));
  ablation.rows.back().signature.clear();
  ablation.rows.back().reason = "no seed with which both runs are complete";
  return ablation;
}

std::string printed(const Ablation& ablation, const std::string& format) {
  const bool people = format == "text" || format == "md";
  return print_tables(ablation_tables(ablation, people), format);
}

TEST_CASE("The text of an ablation") {
  // Read and found right by a person; tests/data has it.
  CHECK(printed(example(), "text") == read_file(test::data("ablation_report.txt")));
}

TEST_CASE("The head of an ablation says what the reference, the family and the intervals are") {
  const std::string text = printed(example(), "text");
  CHECK_THAT(text, ContainsSubstring("Ablation of plan 0123456789ab (sweep): 4 variants against "
                                     "full\n"));
  CHECK_THAT(text, ContainsSubstring("The reference is full: it differs from 2 of 4 others"));
  CHECK_THAT(text,
             ContainsSubstring("bare differs in 2 settings: its effect belongs to no single"));
  CHECK_THAT(text, ContainsSubstring("over all variants under one task, data set, protocol and"));
  CHECK_THAT(text, ContainsSubstring("other seeds and other examples") &&
                       ContainsSubstring("ONE SEED: interval and p cover the choice of examples"));
  CHECK_THAT(text, ContainsSubstring("levels: 3 -> 1") && ContainsSubstring("2 settings"));
  CHECK_THAT(text, ContainsSubstring("0.6250 ± 0.1768  0.2500 ± 0.0000"));
  CHECK_THAT(text, ContainsSubstring("2 of 3") && ContainsSubstring("never\\nbegun"));
  Ablation one = example();
  one.rows.resize(1);
  CHECK_THAT(printed(one, "text"), !ContainsSubstring("ONE SEED"));
}

TEST_CASE("Machines read every number of an ablation with 17 digits") {
  const std::string json = printed(example(), "json");
  const JsonValue root = parse_json(json, "json");
  JsonObject object(root, "json");
  REQUIRE(object.member("effects").items.size() == 3);
  JsonObject flat(object.member("effects").items[0], "json");
  CHECK(flat.text("switch") == "levels: 3 -> 1");
  CHECK(flat.integer("settings") == 1);
  CHECK(flat.member("high").real == -1.0 / 3);
  CHECK(flat.member("p_holm").real == 0.02);
  CHECK(flat.member("seed_variance").real == 0.015625);
  CHECK(flat.text("covers") == "examples, seeds");
  CHECK(flat.integer("seeds") == 2);
  CHECK(flat.integer("seeds_planned") == 3);
  CHECK(flat.text("verdict") == "worse");
  JsonObject bare(object.member("effects").items[1], "json");
  CHECK(bare.text("covers") == "examples");
  CHECK(bare.member("seed_variance").kind == JsonValue::Kind::kNull);
  CHECK(bare.member("reference_sd").kind == JsonValue::Kind::kNull);
  JsonObject again(object.member("effects").items[2], "json");
  CHECK(again.member("difference").kind == JsonValue::Kind::kNull);
  CHECK(again.member("verdict").kind == JsonValue::Kind::kNull);
  CHECK(again.text("reason") == "no seed with which both runs are complete");
  CHECK(object.member("switches").items.size() == 5);
  REQUIRE(object.member("seeds").items.size() == 3);
  JsonObject second(object.member("seeds").items[1], "json");
  CHECK(second.integer("seed") == 2);
  CHECK(second.member("variant_value").real == 0.25);
  CHECK(second.integer("variant_n") == 3299);
  REQUIRE(object.member("gaps").items.size() == 2);
  JsonObject gap(object.member("gaps").items[0], "json");
  CHECK(gap.text("state") == "incomplete");
  CHECK(gap.text("reason") == "failed: out of memory");
}

TEST_CASE("The CSV of an ablation has one row a variant and metric") {
  const std::string csv = printed(example(), "csv");
  CHECK_THAT(csv, ContainsSubstring("plan,reference,variant,settings,switch,task,dataset,split,"));
  CHECK_THAT(csv, ContainsSubstring("\n0123456789ab,full,bare,2,ga: 1 -> 0; levels: 3 -> 0,"
                                    "captioning,chebi-20,test,molt5,bleu-4,higher,3300,1,3,0.5,,"));
}

TEST_CASE("Too few draws for one seed are said") {
  Ablation ablation = example();
  CHECK_THAT(printed(ablation, "text"), !ContainsSubstring("cannot show"));
  ablation.options.tests.trials = 30;  // two tests, and 2 / 31 > 0.05
  CHECK_THAT(printed(ablation, "text"),
             ContainsSubstring("30 draws cannot show a clear effect of 2 variants"));
  ablation.options.tests.trials = 39;  // 2 / 40 = 0.05 can be reached
  CHECK_THAT(printed(ablation, "text"), !ContainsSubstring("cannot show"));
}

}  // namespace
