#include "metrics/text/lexicon.h"

#include <algorithm>
#include <functional>

#include "harness/core/text_hash.h"
#include "metrics/text/porter.h"

namespace cupel::metrics {

bool Lexicon::Synonyms::contain(const Word& word) const {
  return (filter & word.bit) != 0 && std::ranges::binary_search(words, &word, std::less<>{});
}

Lexicon::Lexicon(const WordNet& wordnet, Morphy morphy)
    : wordnet_(wordnet),
      morphy_(morphy),
      buckets_(std::make_unique<std::array<std::atomic<Word*>, kBuckets>>()) {}

Lexicon::~Lexicon() {
  for (const std::atomic<Word*>& bucket : *buckets_) {
    for (std::unique_ptr<Word> word(bucket.load()); word; word.reset(word->next))
      delete word->synonyms.load();
  }
}

const Lexicon::Word& Lexicon::word(std::string_view text) const {
  const std::uint64_t hash = hash_text(text);
  std::atomic<Word*>& bucket = (*buckets_)[hash % kBuckets];
  std::unique_ptr<Word> fresh;
  for (Word* head = bucket.load(std::memory_order_acquire);;) {
    for (const Word* known = head; known != nullptr; known = known->next) {
      if (known->hash == hash && known->text == text) return *known;
    }
    if (!fresh) {
      fresh = std::make_unique<Word>();
      fresh->text = text;
      fresh->hash = hash;
      fresh->bit = std::uint64_t{1} << (hash >> 58U);
    }
    fresh->next = head;
    // When another thread was faster, `head` is now its word, and the search starts again.
    if (bucket.compare_exchange_strong(head, fresh.get(), std::memory_order_acq_rel))
      return *fresh.release();
  }
}

const Lexicon::Word& Lexicon::stem(const Word& word) const {
  const Word* known = word.stem.load(std::memory_order_acquire);
  if (known == nullptr) {
    known = &this->word(porter_stem(word.text));
    word.stem.store(known, std::memory_order_release);
  }
  return *known;
}

const Lexicon::Synonyms& Lexicon::synonyms(const Word& word) const {
  if (const Synonyms* known = word.synonyms.load(std::memory_order_acquire)) return *known;
  auto fresh = std::make_unique<Synonyms>();
  for (const std::string_view name : wordnet_.single_word_names(word.text, morphy_)) {
    fresh->words.push_back(&this->word(name));
    fresh->filter |= fresh->words.back()->bit;
  }
  std::ranges::sort(fresh->words, std::less<>{});
  const Synonyms* known = nullptr;
  if (word.synonyms.compare_exchange_strong(known, fresh.get(), std::memory_order_acq_rel))
    return *fresh.release();
  return *known;
}

}  // namespace cupel::metrics
