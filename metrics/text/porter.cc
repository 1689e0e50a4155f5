#include "metrics/text/porter.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>

#include "harness/core/utf8.h"
#include "metrics/text/lower_case.h"

namespace cupel::metrics {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 16> kIrregular{{
    {"sky", "sky"},
    {"skies", "sky"},
    {"dying", "die"},
    {"lying", "lie"},
    {"tying", "tie"},
    {"news", "news"},
    {"innings", "inning"},
    {"inning", "inning"},
    {"outings", "outing"},
    {"outing", "outing"},
    {"cannings", "canning"},
    {"canning", "canning"},
    {"howe", "howe"},
    {"proceed", "proceed"},
    {"exceed", "exceed"},
    {"succeed", "succeed"},
}};

struct Rule {
  std::string_view suffix;
  std::string_view replacement;
};

constexpr std::array<Rule, 4> kStep1a{{{"sses", "ss"}, {"ies", "i"}, {"ss", "ss"}, {"s", ""}}};
constexpr std::array<Rule, 3> kStep1bRepair{{{"at", "ate"}, {"bl", "ble"}, {"iz", "ize"}}};
constexpr std::array<Rule, 21> kStep2{{
    {"ational", "ate"}, {"tional", "tion"}, {"enci", "ence"}, {"anci", "ance"}, {"izer", "ize"},
    {"bli", "ble"},     {"alli", "al"},     {"entli", "ent"}, {"eli", "e"},     {"ousli", "ous"},
    {"ization", "ize"}, {"ation", "ate"},   {"ator", "ate"},  {"alism", "al"},  {"iveness", "ive"},
    {"fulness", "ful"}, {"ousness", "ous"}, {"aliti", "al"},  {"iviti", "ive"}, {"biliti", "ble"},
    {"fulli", "ful"},
}};
constexpr std::array<Rule, 7> kStep3{{{"icate", "ic"},
                                      {"ative", ""},
                                      {"alize", "al"},
                                      {"iciti", "ic"},
                                      {"ical", "ic"},
                                      {"ful", ""},
                                      {"ness", ""}}};
constexpr std::array<std::string_view, 19> kStep4{
    "al",  "ance", "ence", "er",  "ic",  "able", "ible", "ant", "ement", "ment",
    "ent", "ion",  "ou",   "ism", "ate", "iti",  "ous",  "ive", "ize"};

/// One word on its way; Char is char for ASCII words and char32_t for others.
template <typename Char>
class Stemming {
 public:
  explicit Stemming(std::basic_string<Char> word) : word_(std::move(word)) {}

  std::basic_string<Char> stem() {
    step1a();
    step1b();
    step1c();
    step2();
    step3();
    step4();
    step5();
    return std::move(word_);
  }

 private:
  [[nodiscard]] bool ends(std::string_view suffix) const {
    return word_.size() >= suffix.size() &&
           std::ranges::equal(suffix, std::span(word_).last(suffix.size()),
                              [](char a, Char b) { return static_cast<Char>(a) == b; });
  }
  [[nodiscard]] static bool among(Char c, std::string_view letters) {
    return std::ranges::any_of(letters, [c](char l) { return static_cast<Char>(l) == c; });
  }

  /// Calls visit(consonant) for the first `length` characters.
  template <typename Visit>
  void classify(std::size_t length, Visit visit) const {
    bool consonant = false;
    for (std::size_t i = 0; i < length; ++i) {
      consonant = word_[i] == Char{'y'} ? !consonant : !among(word_[i], "aeiou");
      visit(consonant);
    }
  }
  /// Of word_[at].
  [[nodiscard]] bool consonant(std::size_t at) const {
    bool last = false;
    classify(at + 1, [&](bool c) { last = c; });
    return last;
  }
  /// Porter's m: how often a consonant follows a vowel in the first `length` characters.
  [[nodiscard]] std::size_t measure(std::size_t length) const {
    std::size_t changes = 0;
    bool after_vowel = false;
    classify(length, [&](bool c) {
      changes += static_cast<std::size_t>(c && after_vowel);
      after_vowel = !c;
    });
    return changes;
  }
  [[nodiscard]] bool has_vowel(std::size_t length) const {
    bool any = false;
    classify(length, [&](bool c) { any |= !c; });
    return any;
  }
  [[nodiscard]] bool ends_double_consonant() const {
    const std::size_t n = word_.size();
    return n >= 2 && word_[n - 1] == word_[n - 2] && consonant(n - 1);
  }
  /// Porter's *o of the first n characters, or a word of one vowel and one consonant.
  [[nodiscard]] bool ends_cvc(std::size_t n) const {
    if (n == 2) return !consonant(0) && consonant(1);
    return n >= 3 && consonant(n - 3) && !consonant(n - 2) && consonant(n - 1) &&
           !among(word_[n - 1], "wxy");
  }

  void replace(std::size_t suffix, std::string_view replacement) {
    word_.resize(word_.size() - suffix);
    word_.append(replacement.begin(), replacement.end());
  }
  /// The first rule whose suffix fits decides, even if its condition then fails.
  void apply(std::span<const Rule> rules, std::size_t measure_above) {
    for (const Rule& rule : rules) {
      if (!ends(rule.suffix)) continue;
      if (measure(word_.size() - rule.suffix.size()) > measure_above)
        replace(rule.suffix.size(), rule.replacement);
      return;
    }
  }

  void step1a() {
    if (word_.size() == 4 && ends("ies")) return replace(1, "");
    for (const Rule& rule : kStep1a) {
      if (ends(rule.suffix)) return replace(rule.suffix.size(), rule.replacement);
    }
  }

  void step1b() {
    if (ends("ied")) return replace(word_.size() == 4 ? 1 : 2, "");
    if (ends("eed")) {
      if (measure(word_.size() - 3) > 0) replace(1, "");
      return;
    }
    const std::size_t suffix = ends("ed") ? 2 : ends("ing") ? 3 : 0;
    if (suffix == 0 || !has_vowel(word_.size() - suffix)) return;
    replace(suffix, "");
    repair();
  }

  /// After -ed and -ing: conflat(e), hop(p), fil(e).
  void repair() {
    for (const Rule& rule : kStep1bRepair) {
      if (ends(rule.suffix)) return replace(rule.suffix.size(), rule.replacement);
    }
    const Char last = word_.back();
    if (ends_double_consonant()) {
      if (!among(last, "lsz")) word_.pop_back();
    } else if (ends("*d")) {  // NLTK's name of the rule above is tried as a suffix, too
      replace(2, "d");
    } else if (measure(word_.size()) == 1 && ends_cvc(word_.size())) {
      replace(0, "e");
    }
  }

  void step1c() {
    if (ends("y") && word_.size() > 2 && consonant(word_.size() - 2)) replace(1, "i");
  }

  void step2() {
    while (ends("alli") && measure(word_.size() - 4) > 0) replace(2, "");
    if (std::ranges::any_of(kStep2, [&](const Rule& rule) { return ends(rule.suffix); }))
      return apply(kStep2, 0);
    if (ends("logi") && measure(word_.size() - 3) > 0) replace(1, "");
  }

  void step3() { apply(kStep3, 0); }

  void step4() {
    for (const std::string_view suffix : kStep4) {
      if (!ends(suffix)) continue;
      const std::size_t rest = word_.size() - suffix.size();
      const bool fits = suffix != "ion" || (rest > 0 && among(word_[rest - 1], "st"));
      if (fits && measure(rest) > 1) replace(suffix.size(), "");
      return;
    }
  }

  void step5() {
    if (ends("e")) {
      const std::size_t rest = word_.size() - 1;
      const std::size_t m = measure(rest);
      if (m > 1 || (m == 1 && !ends_cvc(rest))) replace(1, "");
    }
    if (ends("ll") && measure(word_.size() - 1) > 1) replace(1, "");
  }

  std::basic_string<Char> word_;
};

}  // namespace

std::string porter_stem(std::string_view word) {
  const auto* irregular =
      std::ranges::find(kIrregular, word, &std::pair<std::string_view, std::string_view>::first);
  if (irregular != kIrregular.end()) return std::string(irregular->second);
  std::string lower = lower_case(word);
  if (count_code_points(word) <= 2) return lower;
  if (is_ascii(lower)) return Stemming<char>(std::move(lower)).stem();
  std::string stem;
  for (const char32_t point : Stemming<char32_t>(decode_utf8(lower)).stem())
    append_utf8(stem, point);
  return stem;
}

}  // namespace cupel::metrics
