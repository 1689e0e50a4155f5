#include "metrics/choices.h"

#include <algorithm>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace cupel::metrics {

std::span<const ChoiceSpec> choice_specs() {
  using Kind = ChoiceSpec::Kind;
  static const std::vector<ChoiceSpec> specs = {
      {"columns",
       "c",
       Kind::kOneOf,
       {"as-named", "swapped"},
       "which column is the prediction; 'swapped' scores the reference against the prediction"},
      {"strip-prefix", "sp", Kind::kText, {}, "text removed once from the start of a prediction"},
      {"tokens",
       "t",
       Kind::kOneOf,
       {"characters", "scibert", "t5", "13a", "white-space"},
       "what BLEU and METEOR compare"},
      {"max-tokens", "tm", Kind::kInteger, {}, "tokens kept of each text; 0 keeps all"},
      {"morphy",
       "my",
       Kind::kOneOf,
       {"nltk-3.9", "nltk-3.8"},
       "WordNet's suffix rules: applied once (NLTK 3.9) or until a form is found (up to 3.8)"},
      {"invalid",
       "iv",
       Kind::kSetOf,
       {"syntax", "chemistry", "empty", "trailing-text"},
       "what makes a string an invalid molecule"},
      {"validity-of",
       "vo",
       Kind::kOneOf,
       {"prediction", "both"},
       "whose parsing 'validity' reports: the prediction's, or that of both sides"},
      {"exact",
       "ex",
       Kind::kOneOf,
       {"string", "canonical", "canonical-no-stereo", "inchi"},
       "when two molecules are the same"},
      {"empty-inchi",
       "ei",
       Kind::kOneOf,
       {"equal", "differs"},
       "whether two molecules that InChI cannot treat are the same"},
      {"invalid-similarity",
       "is",
       Kind::kOneOf,
       {"left-out", "zero"},
       "what an invalid prediction adds to a mean similarity"},
      {"morgan-radius", "mr", Kind::kInteger, {}, "bonds around each atom"},
      {"morgan-bits",
       "mb",
       Kind::kInteger,
       {},
       "length of the folded bit vector; 0 keeps unfolded counts"},
      {"morgan-chirality", "mc", Kind::kFlag, {}, "whether the fingerprint sees stereo centres"},
      {"ties",
       "ti",
       Kind::kOneOf,
       {"optimistic", "expected", "pessimistic", "atomas"},
       "the rank of a target whose score others share"},
      {"batches",
       "ba",
       Kind::kInteger,
       {},
       "rows of a batch; the score is the mean of the batches' accuracies; 0: of the rows'"},
      {"pr-curve",
       "pc",
       Kind::kOneOf,
       {"average-precision", "trapezoids"},
       "how the points of the precision-recall curve are connected: by steps, or by straight "
       "lines"},
  };
  return specs;
}

const ChoiceSpec* find_choice(std::string_view key) {
  const auto specs = choice_specs();
  const auto at = std::ranges::find(specs, key, &ChoiceSpec::key);
  return at == specs.end() ? nullptr : &*at;
}

const Choices::Value& Choices::at(const std::string& key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) throw std::logic_error("choice '" + key + "' was never set");
  return found->second;
}

bool Choices::flag(const std::string& key) const { return std::get<bool>(at(key)); }
std::int64_t Choices::integer(const std::string& key) const {
  return std::get<std::int64_t>(at(key));
}
const std::string& Choices::text(const std::string& key) const {
  return std::get<std::string>(at(key));
}

bool Choices::contains(const std::string& key, std::string_view member) const {
  return std::ranges::contains(std::get<std::vector<std::string>>(at(key)), member);
}

std::string Choices::printed(const std::string& key) const {
  struct Print {
    std::string operator()(bool truth) const { return truth ? "yes" : "no"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(const std::string& text) const { return text; }
    std::string operator()(const std::vector<std::string>& set) const {
      return fmt::format("{}", fmt::join(set, "+"));
    }
  };
  return std::visit(Print{}, at(key));
}

}  // namespace cupel::metrics
