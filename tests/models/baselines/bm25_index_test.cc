#include "models/baselines/bm25_index.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "tests/support/molecules.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;
using test::member;
using Words = std::vector<std::string>;

TEST_CASE("BM25 scores equal those of bm25s, method lucene") {
  const auto golden = parse_json(read_file(test::data("ecfp_golden.json")), "ecfp_golden.json");
  for (const JsonValue& one : member(golden, "bm25").items) {
    std::vector<std::string_view> texts;
    for (const JsonValue& text : member(one, "texts").items) texts.emplace_back(text.text);
    const Bm25Index index(texts, {.k1 = member(one, "k1").real, .b = member(one, "b").real});
    const auto& queries = member(one, "queries").items;
    for (std::size_t q = 0; q < queries.size(); ++q) {
      INFO(queries[q].text);
      const auto row = index.scores(queries[q].text);
      const auto& expected = member(one, "scores").items.at(q).items;
      REQUIRE(row.size() == expected.size());
      for (std::size_t t = 0; t < row.size(); ++t)
        CHECK_THAT(row[t], WithinAbs(expected[t].real, 1e-12));
    }
  }
}

TEST_CASE("words are lower-cased runs of ASCII letters and digits") {
  CHECK(bm25_words("The (2R)-Alanine, a C3-acid.") ==
        Words{"the", "2r", "alanine", "a", "c3", "acid"});
  CHECK(bm25_words("\u03B1-D-gluco\u00E9se") == Words{"d", "gluco", "se"});
  CHECK(bm25_words(" .,-\xFF").empty());
  CHECK(bm25_words("").empty());
}

TEST_CASE("the best text is the first of equals, and none without a common word") {
  const std::string_view texts[] = {"", "an acid", "a base", "a base"};
  const Bm25Index index(texts, {});
  CHECK(index.best("base!") == 2);
  CHECK(index.best("An acid") == 1);
  CHECK_FALSE(index.best("salt").has_value());
  CHECK_FALSE(index.best("").has_value());
  CHECK_FALSE(Bm25Index().best("acid").has_value());
  const std::string_view empty[] = {"", ""};
  CHECK(Bm25Index(empty, {}).scores("acid") == std::vector<double>{0.0, 0.0});
}

}  // namespace
}  // namespace cupel::models
