#include "metrics/pair.h"

#include <cassert>

#include "metrics/text/interner.h"
#include "metrics/text/ngrams.h"
#include "metrics/text/rouge.h"

namespace cupel::metrics {
namespace {

TokenPair numbered(Tokens prediction, Tokens reference) {
  TokenPair pair{.prediction = std::move(prediction),
                 .reference = std::move(reference),
                 .prediction_ids = {},
                 .reference_ids = {}};
  Interner interner(pair.prediction.views.size() + pair.reference.views.size());
  const auto number = [&](const Tokens& tokens, std::vector<std::uint32_t>& ids) {
    ids.reserve(tokens.views.size());
    for (const std::string_view token : tokens.views) ids.push_back(interner.id_of(token));
  };
  number(pair.prediction, pair.prediction_ids);
  number(pair.reference, pair.reference_ids);
  return pair;
}

}  // namespace

const TokenPair& Pair::tokens() const {
  if (!tokens_) {
    assert(context_.tokenizer != nullptr);
    const auto cut = [&](std::string_view text) {
      return context_.tokenizer->tokenize_first(text, context_.max_tokens);
    };
    tokens_ = numbered(cut(prediction_), cut(reference_));
  }
  return *tokens_;
}

const NgramOverlap& Pair::ngrams() const {
  if (!ngrams_) {
    const TokenPair& pair = tokens();
    ngrams_ = count_overlap(pair.prediction_ids, pair.reference_ids, kMaxOrder);
  }
  return *ngrams_;
}

const TokenPair& Pair::words() const {
  if (!words_) words_ = numbered(rouge_words(prediction_), rouge_words(reference_));
  return *words_;
}

const SetAgreement& Pair::set_agreement() const {
  if (!set_agreement_) set_agreement_ = metrics::set_agreement(prediction_, reference_);
  return *set_agreement_;
}

}  // namespace cupel::metrics
