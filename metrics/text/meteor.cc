#include "metrics/text/meteor.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstdint>
#include <list>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "metrics/text/interner.h"
#include "metrics/text/lower_case.h"

namespace cupel::metrics {
namespace {

constexpr double kAlpha = 0.9;
constexpr double kBeta = 3.0;
constexpr double kGamma = 0.5;
constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// The tokens in lower case, numbered.
class LowerCased {
 public:
  explicit LowerCased(const TokenPair& pair) : pair_(pair) {
    const auto changes = [](const Tokens& tokens) {
      return std::ranges::any_of(tokens.views, may_change_case);
    };
    if (!changes(pair.prediction) && !changes(pair.reference)) return;
    Interner interner(pair.prediction.views.size() + pair.reference.views.size());
    lower(pair.prediction, interner, prediction_, prediction_ids_);
    lower(pair.reference, interner, reference_, reference_ids_);
    changed_ = true;
  }

  [[nodiscard]] std::span<const std::string_view> prediction() const {
    return changed_ ? prediction_ : pair_.prediction.views;
  }
  [[nodiscard]] std::span<const std::string_view> reference() const {
    return changed_ ? reference_ : pair_.reference.views;
  }
  [[nodiscard]] std::span<const std::uint32_t> prediction_ids() const {
    return changed_ ? prediction_ids_ : pair_.prediction_ids;
  }
  [[nodiscard]] std::span<const std::uint32_t> reference_ids() const {
    return changed_ ? reference_ids_ : pair_.reference_ids;
  }

 private:
  void lower(const Tokens& tokens, Interner& interner, std::vector<std::string_view>& views,
             std::vector<std::uint32_t>& ids) {
    for (const std::string_view token : tokens.views) {
      views.push_back(may_change_case(token) ? owned_.emplace_back(lower_case(token)) : token);
      ids.push_back(interner.id_of(views.back()));
    }
  }

  const TokenPair& pair_;
  bool changed_ = false;
  std::list<std::string> owned_;
  std::vector<std::string_view> prediction_;
  std::vector<std::string_view> reference_;
  std::vector<std::uint32_t> prediction_ids_;
  std::vector<std::uint32_t> reference_ids_;
};

class Aligner {
 public:
  Aligner(const TokenPair& pair, const Lexicon& lexicon)
      : tokens_(pair), lexicon_(lexicon), target_(tokens_.prediction().size(), kNone) {}

  MeteorAlignment align() {
    MeteorAlignment result;
    std::vector<std::uint32_t> predicted(tokens_.prediction().size());
    std::vector<std::uint32_t> expected(tokens_.reference().size());
    std::ranges::generate(predicted, [i = 0U]() mutable { return i++; });
    std::ranges::generate(expected, [i = 0U]() mutable { return i++; });
    result.stages[0] =
        match_equal({predicted, tokens_.prediction_ids()}, {expected, tokens_.reference_ids()});
    drop_matched(predicted, expected);
    if (!predicted.empty() && !expected.empty()) {
      result.stages[1] = match_stems(predicted, expected);
      drop_matched(predicted, expected);
      result.stages[2] = match_synonyms(predicted, expected);
    }
    for (const std::size_t stage : result.stages) result.matches += stage;
    result.chunks = chunks();
    return result;
  }

 private:
  using Stems = std::vector<const Lexicon::Word*>;

  /// Tokens still free, and a number for each: equal numbers match.
  struct Side {
    std::span<const std::uint32_t> places;
    std::span<const std::uint32_t> ids;
  };

  void pair(std::uint32_t predicted, std::uint32_t expected) {
    target_[predicted] = expected;
    taken_.push_back(expected);
  }

  std::size_t match_equal(const Side& predicted, const Side& expected) {
    // For each number the last free place of the reference, and for that the one before it.
    std::vector<std::uint32_t> last(predicted.ids.size() + expected.ids.size(), kNone);
    std::vector<std::uint32_t> before(expected.ids.size(), kNone);
    for (std::uint32_t i = 0; i < expected.ids.size(); ++i)
      before[i] = std::exchange(last[expected.ids[i]], i);
    std::size_t matches = 0;
    for (std::size_t i = predicted.ids.size(); i-- > 0;) {
      std::uint32_t& found = last[predicted.ids[i]];
      if (found == kNone) continue;
      pair(predicted.places[i], expected.places[found]);
      found = before[found];
      ++matches;
    }
    return matches;
  }

  /// Fills stems_ for the places that are still free.
  std::size_t match_stems(std::span<const std::uint32_t> predicted,
                          std::span<const std::uint32_t> expected) {
    Interner interner(predicted.size() + expected.size());
    const auto ids = [&](std::span<const std::uint32_t> places,
                         std::span<const std::string_view> tokens, Stems& stems) {
      stems.resize(tokens.size());
      std::vector<std::uint32_t> out;
      out.reserve(places.size());
      for (const std::uint32_t place : places) {
        stems[place] = &lexicon_.stem(lexicon_.word(tokens[place]));
        out.push_back(interner.id_of(stems[place]->text, stems[place]->hash));
      }
      return out;
    };
    const auto predicted_ids = ids(predicted, tokens_.prediction(), predicted_stems_);
    const auto expected_ids = ids(expected, tokens_.reference(), expected_stems_);
    return match_equal({predicted, predicted_ids}, {expected, expected_ids});
  }

  std::size_t match_synonyms(std::span<const std::uint32_t> predicted,
                             std::span<const std::uint32_t> expected) {
    Stems free;
    free.reserve(expected.size());
    for (const std::uint32_t place : expected) free.push_back(expected_stems_[place]);
    std::size_t matches = 0;
    for (std::size_t i = predicted.size(); i-- > 0 && matches < expected.size();) {
      const auto& synonyms = lexicon_.synonyms(*predicted_stems_[predicted[i]]);
      if (synonyms.words.empty()) continue;
      for (std::size_t j = free.size(); j-- > 0;) {
        if (free[j] == nullptr || !synonyms.contain(*free[j])) continue;
        pair(predicted[i], expected[j]);
        free[j] = nullptr;
        ++matches;
        break;
      }
    }
    return matches;
  }

  void drop_matched(std::vector<std::uint32_t>& predicted, std::vector<std::uint32_t>& expected) {
    std::erase_if(predicted, [&](std::uint32_t place) { return target_[place] != kNone; });
    std::vector<bool> taken(tokens_.reference().size(), false);
    for (const std::uint32_t place : taken_) taken[place] = true;
    std::erase_if(expected, [&](std::uint32_t place) { return taken[place]; });
  }

  [[nodiscard]] std::size_t chunks() const {
    std::size_t count = 0;
    for (std::size_t i = 0; i < target_.size(); ++i) {
      const bool goes_on =
          i > 0 && target_[i - 1] != kNone && target_[i] == target_[i - 1] + std::size_t{1};
      count += static_cast<std::size_t>(target_[i] != kNone && !goes_on);
    }
    return count;
  }

  LowerCased tokens_;
  const Lexicon& lexicon_;
  std::vector<std::uint32_t> target_;  // the reference's place for each token of the prediction
  std::vector<std::uint32_t> taken_;
  Stems predicted_stems_;  // by place, of those that the first stage left
  Stems expected_stems_;
};

class Meteor final : public MeanMetric {
 public:
  Meteor(const WordNet* wordnet, Morphy morphy) {
    if (wordnet != nullptr) lexicon_.emplace(*wordnet, morphy);
  }

 private:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    assert(lexicon_.has_value());
    const TokenPair& tokens = pair.tokens();
    const MeteorAlignment alignment = align_for_meteor(tokens, *lexicon_);
    if (alignment.matches == 0) return {0.0};
    const auto matches = static_cast<double>(alignment.matches);
    const double precision = matches / static_cast<double>(tokens.prediction_ids.size());
    const double recall = matches / static_cast<double>(tokens.reference_ids.size());
    const double mean = precision * recall / (kAlpha * precision + (1.0 - kAlpha) * recall);
    const double fragmentation = static_cast<double>(alignment.chunks) / matches;
    return {(1.0 - kGamma * std::pow(fragmentation, kBeta)) * mean};
  }

  std::optional<Lexicon> lexicon_;
};

}  // namespace

MeteorAlignment align_for_meteor(const TokenPair& pair, const Lexicon& lexicon) {
  return Aligner(pair, lexicon).align();
}

std::unique_ptr<PairMetric> make_meteor(const WordNet* wordnet, Morphy morphy) {
  return std::make_unique<Meteor>(wordnet, morphy);
}

}  // namespace cupel::metrics
