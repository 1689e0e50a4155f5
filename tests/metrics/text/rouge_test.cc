#include "metrics/text/rouge.h"

#include <random>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "metrics/text/lower_case.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;
using List = std::vector<std::string_view>;

double rouge(RougeKind kind, const std::string& prediction, const std::string& reference) {
  const auto metric = make_rouge(kind);
  return metric->score(test::measure_all(*metric, {{prediction, reference}}, {})).value();
}

TEST_CASE("ROUGE's words are the runs of ASCII letters and digits") {
  CHECK(rouge_words("N-acyl(1-) \u00C4pfel").views == List{"n", "acyl", "1", "pfel"});
  CHECK(rouge_words("\u212Aelvin \u0130x").views == List{"kelvin", "i", "x"});
  CHECK(rouge_words("").views.empty());
  CHECK(rouge_words(" -- \u03B1").views.empty());
}

TEST_CASE("no other character becomes an ASCII letter in lower case") {
  for (char32_t c = 0x80; c < 0x110000; ++c) {
    if (c >= 0xD800 && c < 0xE000) continue;
    std::string text;
    append_utf8(text, c);
    std::string words;
    for (const std::string_view word : rouge_words(text).views) words += word;
    std::string expected;
    for (const char byte : lower_case(text)) {
      if ((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9')) expected += byte;
    }
    if (words != expected) FAIL_CHECK("U+" << std::hex << static_cast<unsigned>(c));
  }
}

TEST_CASE("ROUGE of a hand-worked pair") {
  // 3 of 4 and 3 of 5 words; 1 of 3 and 1 of 4 bigrams; longest common subsequence "the acid is".
  const std::string prediction = "The acid is weak";
  const std::string reference = "the strong acid here is";
  CHECK_THAT(rouge(RougeKind::kUnigrams, prediction, reference), WithinAbs(2.0 / 3.0, 1e-15));
  CHECK_THAT(rouge(RougeKind::kBigrams, "a b c", "a b d"), WithinAbs(0.5, 1e-15));
  CHECK_THAT(rouge(RougeKind::kLongestSequence, prediction, reference),
             WithinAbs(2.0 / 3.0, 1e-15));
}

TEST_CASE("ROUGE of empty, single and identical texts") {
  for (const auto kind : {RougeKind::kUnigrams, RougeKind::kBigrams, RougeKind::kLongestSequence}) {
    CHECK(rouge(kind, "", "") == 0.0);
    CHECK(rouge(kind, "", "a b") == 0.0);
    CHECK(rouge(kind, "x y z", "x y z") == 1.0);
  }
  CHECK(rouge(RougeKind::kUnigrams, "a", "a") == 1.0);
  CHECK(rouge(RougeKind::kBigrams, "a", "a") == 0.0);
}

TEST_CASE("the longest common subsequence equals that of dynamic programming") {
  std::mt19937 random(7);
  for (int trial = 0; trial < 300; ++trial) {
    std::vector<std::uint32_t> a(random() % 200);
    std::vector<std::uint32_t> b(random() % 200);
    const std::uint32_t letters = 1 + static_cast<std::uint32_t>(random() % 30);
    for (auto& x : a) x = static_cast<std::uint32_t>(random() % letters);
    for (auto& x : b) x = static_cast<std::uint32_t>(random() % letters);
    std::vector<std::size_t> row(b.size() + 1, 0);
    for (const std::uint32_t x : a) {
      std::size_t diagonal = 0;
      for (std::size_t j = 1; j <= b.size(); ++j) {
        const std::size_t above = row[j];
        row[j] = x == b[j - 1] ? diagonal + 1 : std::max(row[j], row[j - 1]);
        diagonal = above;
      }
    }
    REQUIRE(longest_common_subsequence(a, b) == row.back());
  }
}

TEST_CASE("ROUGE equals rouge_score's on the golden sentences") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  for (const JsonValue& item : golden.member("pairs").items) {
    JsonObject sample(item, path.string());
    const std::string prediction = sample.text("prediction");
    const std::string reference = sample.text("reference");
    INFO(prediction << " | " << reference);
    CHECK(rouge(RougeKind::kUnigrams, prediction, reference) == std::stod(sample.text("rouge-1")));
    CHECK(rouge(RougeKind::kBigrams, prediction, reference) == std::stod(sample.text("rouge-2")));
    CHECK(rouge(RougeKind::kLongestSequence, prediction, reference) ==
          std::stod(sample.text("rouge-l")));
  }
}

TEST_CASE("ROUGE equals rouge_score's on every row of the published captions") {
  const std::string_view name = GENERATE(Catch::Generators::from_range(test::kCaptionFiles));
  const auto golden =
      test::lines_of(test::real_data("golden/per_example_" + std::string(name) + ".csv"), true);
  const auto rows = test::captions(name);
  const bool large = name.starts_with("molt5");
  const std::array<double, 3> corpus =
      large ? std::array{0.6528912825000909, 0.5084292862770899, 0.5928798267208989}
            : std::array{0.5999827113467852, 0.44503492851905224, 0.5423381252935066};
  for (std::size_t kind = 0; kind < 3; ++kind) {
    const auto metric = make_rouge(static_cast<RougeKind>(kind));
    const StatisticTable table = test::measure_all(*metric, rows, {});
    std::size_t same = 0;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const double expected = std::stod(test::split(golden[i], ',')[3 + kind]);
      same += static_cast<std::size_t>(table.row(i)[0] == expected);
    }
    CHECK(same == 3300);
    CHECK_THAT(metric->score(table).value(), WithinAbs(corpus[kind], 1e-12));
  }
}

}  // namespace
}  // namespace cupel::metrics
