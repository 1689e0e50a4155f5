#include "metrics/text/meteor.h"

#include <cmath>
#include <numeric>
#include <utility>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/json.h"
#include "harness/core/parallel.h"
#include "metrics/text/simple_tokenizers.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;

double meteor(const std::string& prediction, const std::string& reference) {
  const WordNet wordnet(test::kWordNetFolder);
  const auto metric = make_meteor(&wordnet, Morphy::kOnce);
  const WhiteSpaceTokenizer words;
  return metric->score(test::measure_all(*metric, {{prediction, reference}}, {.tokenizer = &words}))
      .value();
}

MeteorAlignment aligned(const std::string& prediction, const std::string& reference) {
  const WordNet wordnet(test::kWordNetFolder);
  const Lexicon lexicon(wordnet, Morphy::kOnce);
  const WhiteSpaceTokenizer words;
  const PairContext context{.tokenizer = &words};
  const Pair pair(prediction, reference, context);
  return align_for_meteor(pair.tokens(), lexicon);
}

TEST_CASE("METEOR of identical texts is one less half a chunk penalty") {
  CHECK(meteor("a", "a") == 0.5);
  CHECK_THAT(meteor("a b c d", "a b c d"), WithinAbs(1.0 - 0.5 / 64.0, 1e-15));
}

TEST_CASE("METEOR of an empty side or without matches is zero") {
  CHECK(meteor("", "a") == 0.0);
  CHECK(meteor("a", "") == 0.0);
  CHECK(meteor("", "") == 0.0);
  CHECK(meteor("xqz", "zqx") == 0.0);
}

TEST_CASE("METEOR aligns from the end, in three stages") {
  // "a" of the prediction takes the last "a": two chunks, not one.
  CHECK(aligned("a b", "a b a") == MeteorAlignment{{2, 0, 0}, 2, 2});
  CHECK(aligned("THE cats", "the cat") == MeteorAlignment{{1, 1, 0}, 2, 1});
  CHECK(aligned("car", "automobile") == MeteorAlignment{{0, 0, 0}, 0, 0});  // its stem is automobil
  CHECK(aligned("3", "three") == MeteorAlignment{{0, 0, 1}, 1, 1});
  // Lemma names keep their capitals, and the reference is not expanded.
  CHECK(aligned("deoxyribonucleic", "dna") == MeteorAlignment{});
}

TEST_CASE("METEOR's alignment equals NLTK's on the golden sentences") {
  const auto path = test::data("text_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  const WordNet wordnet(test::kWordNetFolder);
  const Lexicon lexicon(wordnet, Morphy::kOnce);
  const auto metric = make_meteor(&wordnet, Morphy::kOnce);
  const WhiteSpaceTokenizer words;
  const PairContext context{.tokenizer = &words};
  for (const JsonValue& item : golden.member("pairs").items) {
    JsonObject sample(item, path.string());
    const std::string prediction = sample.text("prediction");
    const std::string reference = sample.text("reference");
    INFO(prediction << " | " << reference);
    const Pair pair(prediction, reference, context);
    const MeteorAlignment found = align_for_meteor(pair.tokens(), lexicon);
    CHECK(found.matches == static_cast<std::size_t>(sample.integer("meteor-matches")));
    CHECK(found.chunks == static_cast<std::size_t>(sample.integer("meteor-chunks")));
    for (std::size_t s = 0; s < 3; ++s)
      CHECK(std::cmp_equal(found.stages[s], sample.member("meteor-stages").items[s].integer));
    std::array<double, 2> out{};
    metric->measure(pair, out);
    CHECK(out[0] == std::stod(sample.text("meteor")));
  }
}

TEST_CASE("METEOR equals NLTK's on every row of the published captions") {
  const std::string_view name = GENERATE(Catch::Generators::from_range(test::kCaptionFiles));
  const Morphy morphy = GENERATE(Morphy::kOnce, Morphy::kUntilFound);
  const auto golden =
      test::lines_of(test::real_data("golden/per_example_" + std::string(name) + ".csv"), true);
  const auto scibert = test::scibert();
  const PairContext context{.tokenizer = &scibert, .max_tokens = 512};
  const auto rows = test::captions(name);
  const WordNet wordnet(test::kWordNetFolder);
  const auto metric = make_meteor(&wordnet, morphy);
  StatisticTable table(rows.size(), 2);
  std::vector<int> same(rows.size(), 0);
  parallel_for(rows.size(), 4, [&](std::size_t i) {
    const Pair pair(rows[i].prediction, rows[i].reference, context);
    metric->measure(pair, table.row(i));
    const auto cells = test::split(golden[i], ',');
    const double expected = std::stod(cells[morphy == Morphy::kOnce ? 6 : 7]);
    same[i] = static_cast<int>(table.row(i)[0] == expected &&
                               pair.tokens().reference_ids.size() == std::stoul(cells[1]) &&
                               pair.tokens().prediction_ids.size() == std::stoul(cells[2]));
  });
  CHECK(std::accumulate(same.begin(), same.end(), 0) == 3300);
  const double corpus = name.starts_with("molt5") ? 0.6141884692990875 : 0.5381384531640859;
  CHECK_THAT(metric->score(table).value(), WithinAbs(corpus, 1e-12));
}

TEST_CASE("METEOR's alignment of 200 caption pairs is the golden one") {
  const auto path = test::real_data("golden/caption_pairs_200.jsonl");
  const auto scibert = test::scibert();
  const PairContext context{.tokenizer = &scibert, .max_tokens = 512};
  const WordNet wordnet(test::kWordNetFolder);
  const Lexicon lexicon(wordnet, Morphy::kOnce);
  for (const std::string& line : test::lines_of(path, false)) {
    const JsonValue value = parse_json(line, path.string());
    JsonObject row(value, path.string());
    const std::string output = row.text("output");
    const std::string truth = row.text("ground_truth");
    const Pair pair(output, truth, context);
    const MeteorAlignment found = align_for_meteor(pair.tokens(), lexicon);
    CHECK(found.matches == static_cast<std::size_t>(row.integer("meteor_matches")));
    CHECK(found.chunks == static_cast<std::size_t>(row.integer("meteor_chunks")));
    for (std::size_t s = 0; s < 3; ++s)
      CHECK(std::cmp_equal(found.stages[s], row.member("meteor_stage_matches").items[s].integer));
  }
}

}  // namespace
}  // namespace cupel::metrics
