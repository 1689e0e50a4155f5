#include "metrics/text/lexicon.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/parallel.h"
#include "metrics/text/porter.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel::metrics {
namespace {

TEST_CASE("equal words are one object") {
  const WordNet wordnet(test::kWordNetFolder);
  const Lexicon lexicon(wordnet, Morphy::kOnce);
  const std::string copy = "acid";
  CHECK(&lexicon.word("acid") == &lexicon.word(copy));
  CHECK(&lexicon.word("acid") != &lexicon.word("acids"));
  CHECK(&lexicon.stem(lexicon.word("acids")) == &lexicon.word("acid"));
  const auto& synonyms = lexicon.synonyms(lexicon.word("three"));
  CHECK(synonyms.contain(lexicon.word("3")));
  CHECK(synonyms.contain(lexicon.word("III")));
  CHECK_FALSE(synonyms.contain(lexicon.word("four")));
  CHECK(&lexicon.synonyms(lexicon.word("three")) == &synonyms);
}

TEST_CASE("several threads fill one lexicon with the same words") {
  const WordNet wordnet(test::kWordNetFolder);
  const Lexicon lexicon(wordnet, Morphy::kOnce);
  constexpr std::size_t kWords = 5000;
  constexpr std::size_t kTurns = 4;
  std::vector<const Lexicon::Word*> words(kWords * kTurns);
  std::vector<const Lexicon::Synonyms*> synonyms(words.size());
  parallel_for(words.size(), 4, [&](std::size_t i) {
    const auto& word = lexicon.word(std::to_string(i / kTurns));
    words[i] = &lexicon.stem(word);
    synonyms[i] = &lexicon.synonyms(word);
  });
  std::size_t wrong = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    wrong += words[i]->text == porter_stem(std::to_string(i / kTurns)) ? 0U : 1U;
    wrong += words[i] == words[i / kTurns * kTurns] ? 0U : 1U;
    wrong += synonyms[i] == synonyms[i / kTurns * kTurns] ? 0U : 1U;
  }
  CHECK(wrong == 0);
}

}  // namespace
}  // namespace cupel::metrics
