#include "metrics/text/bleu.h"

#include <cmath>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/json.h"
#include "metrics/text/simple_tokenizers.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;

double bleu(std::size_t order, const std::vector<test::Caption>& rows, const Tokenizer& tokenizer) {
  const auto metric = make_bleu(order);
  const PairContext context{.tokenizer = &tokenizer};
  return metric->score(test::measure_all(*metric, rows, context)).value();
}

TEST_CASE("BLEU of identical texts of at least four tokens is one") {
  const WhiteSpaceTokenizer words;
  CHECK(bleu(4, {{"a b c d", "a b c d"}}, words) == 1.0);
  CHECK(bleu(2, {{"a b", "a b"}, {"x", "x"}}, words) < 1.0);  // the row of one token lacks a bigram
}

TEST_CASE("BLEU is a corpus score with a brevity penalty") {
  const WhiteSpaceTokenizer words;
  // 1-grams 5 of 5, 2-grams 3 of 3, lengths 5 against 6.
  CHECK_THAT(bleu(2, {{"a b c", "a b c d"}, {"x y", "x y"}}, words),
             WithinAbs(std::exp(1.0 - 6.0 / 5.0), 1e-15));
}

TEST_CASE("BLEU without any match is zero, without a higher match tiny") {
  const WhiteSpaceTokenizer words;
  CHECK(bleu(2, {{"a", "b"}}, words) == 0.0);
  CHECK(bleu(2, {{"", "b"}}, words) == 0.0);
  const double tiny = bleu(2, {{"a x b", "b y a"}}, words);
  CHECK(tiny > 0.0);
  CHECK(tiny < 1e-150);
}

TEST_CASE("BLEU's parts add up to the whole, whatever the order of the rows") {
  const CharacterTokenizer characters;
  const PairContext context{.tokenizer = &characters};
  const std::vector<test::Caption> rows = {{"CCO", "CCN"}, {"c1ccccc1", "c1ccccc1C"}, {"", "C"}};
  const std::vector<test::Caption> reversed(rows.rbegin(), rows.rend());
  const auto metric = make_bleu(4);
  const auto whole = test::measure_all(*metric, rows, context).sum();
  std::vector<double> parts(whole.size(), 0.0);
  for (const test::Caption& row : rows) {
    const auto part = test::measure_all(*metric, {row}, context).sum();
    for (std::size_t i = 0; i < part.size(); ++i) parts[i] += part[i];
  }
  CHECK(parts == whole);
  CHECK(test::measure_all(*metric, reversed, context).sum() == whole);
  CHECK(metric->statistics().size() == whole.size());
  CHECK(metric->statistics()[4] == "total-1");
}

TEST_CASE("BLEU's counts equal NLTK's on the published prediction files") {
  struct Golden {  // literals: a JSON reader may round
    std::string name;
    double bleu2;
    double bleu4;
  };
  const auto [name, golden_bleu2, golden_bleu4] =
      GENERATE(Golden{"molt5-large-smiles2caption", 0.5876929579470722, 0.5022637265221408},
               Golden{"t5-v1_1-small-smiles2caption", 0.5152165417770174, 0.4242547828912369},
               Golden{"molt5-large-caption2smiles", 0.899985627696881, 0.8579212285682275},
               Golden{"molt5-small-caption2smiles", 0.0, 0.7490187345093594});
  const auto path = test::real_data("golden/bleu_components.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject files(document, path.string());
  const JsonValue& golden = files.member(name + ".txt");
  JsonObject file(golden, path.string());
  const auto scibert = test::scibert();
  const CharacterTokenizer characters;
  const bool caption = name.ends_with("caption");
  const PairContext context{
      .tokenizer = caption ? static_cast<const Tokenizer*>(&scibert) : &characters,
      .max_tokens = caption ? 512U : 0U};
  const auto rows = test::captions(name);
  const auto bleu4 = make_bleu(4);
  const StatisticTable table = test::measure_all(*bleu4, rows, context);
  const auto sum = table.sum();
  for (std::size_t n = 0; n < 4; ++n) {
    CHECK(sum[n] == file.member("numerators").items[n].real);
    CHECK(sum[4 + n] == file.member("denominators").items[n].real);
  }
  CHECK(sum[8] == file.member("hyp_len").real);
  CHECK(sum[9] == file.member("ref_len").real);
  CHECK(bleu4->score(table).value() == golden_bleu4);
  CHECK(bleu4->counted(table) == 3300);
  if (golden_bleu2 > 0.0) {
    const auto bleu2 = make_bleu(2);
    CHECK(bleu2->score(test::measure_all(*bleu2, rows, context)).value() == golden_bleu2);
  }
}

}  // namespace
}  // namespace cupel::metrics
