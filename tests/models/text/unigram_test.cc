#include "models/text/unigram.h"

#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <random>

#include <catch2/catch_test_macros.hpp>

namespace cupel {
namespace {

using List = std::vector<std::string_view>;

List cut(const Unigram& model, std::string_view word) {
  List out;
  model.cut(word, out);
  return out;
}

TEST_CASE("the most probable segmentation wins") {
  const Unigram model({{"a", -3}, {"b", -3}, {"ab", -5}, {"abc", -20}, {"c", -3}, {"", 0}});
  CHECK(cut(model, "abc") == List{"ab", "c"});
  CHECK(cut(model, "ba") == List{"b", "a"});
  CHECK(cut(model, "").empty());
}

TEST_CASE("neighbouring unknown characters are one piece") {
  const Unigram model({{"a", -1}, {"\u00E9", -2}});
  CHECK(cut(model, "axya\u4F60") == List{"a", "xy", "a", "\u4F60"});
  CHECK(cut(model, "\u4F60\u597D\u00E9") == List{"\u4F60\u597D", "\u00E9"});
  CHECK(cut(Unigram({}), "ab") == List{"ab"});
}

TEST_CASE("of equal segmentations the one whose last piece starts first wins") {
  const Unigram model({{"C", -1}, {"CC", -2}});
  CHECK(cut(model, "CCC") == List{"C", "CC"});
}

TEST_CASE("no segmentation is better than the one found") {
  const std::vector<Unigram::Piece> pieces = {{"a", -2.5F},  {"b", -2.25F},  {"ab", -3.5F},
                                              {"ba", -4.0F}, {"aba", -5.0F}, {"bb", -4.75F}};
  std::map<std::string_view, double> scores;
  for (const auto& piece : pieces) scores[piece.text] = piece.score;
  const Unigram model(pieces);
  std::mt19937 random(3);
  for (int trial = 0; trial < 200; ++trial) {
    std::string word(1 + random() % 12, 'a');
    for (char& c : word) c = random() % 2 == 0 ? 'a' : 'b';
    const std::function<double(std::size_t)> best = [&](std::size_t start) {
      if (start == word.size()) return 0.0;
      double most = -std::numeric_limits<double>::infinity();
      for (const auto& [text, score] : scores) {
        if (word.compare(start, text.size(), text) == 0)
          most = std::max(most, score + best(start + text.size()));
      }
      return most;
    };
    double found = 0.0;
    std::string joined;
    for (const std::string_view piece : cut(model, word)) {
      found += scores.at(piece);
      joined += piece;
    }
    REQUIRE(joined == word);
    REQUIRE(found == best(0));  // quarters and halves: no rounding
  }
}

}  // namespace
}  // namespace cupel
