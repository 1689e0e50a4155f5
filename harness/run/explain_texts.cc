#include "harness/run/explain_texts.h"

#include <array>
#include <cstddef>

#include "metrics/text/porter.h"
#include "metrics/text/rouge.h"

namespace cupel {
namespace {

constexpr std::string_view kUnknown = " \u2047 ";
constexpr std::string_view kSpaces = " \t\n\r\v\f";

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
  std::string out;
  for (std::size_t at = 0;;) {
    const std::size_t next = text.find(from, at);
    out += text.substr(at, next - at);
    if (next == std::string_view::npos) return out;
    out += to;
    at = next + from.size();
  }
}

std::string without_special_tokens(std::string text) {
  for (const std::string_view token : {"<pad>", "<s>", "</s>", "<unk>", "[CLS]", "[SEP]", "[PAD]"})
    text = replaced(text, token, "");
  return text;
}

std::string stripped(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(kSpaces) - first + 1));
}

/// Each run of white space becomes `space`.
std::string respaced(std::string_view text, std::string_view space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (kSpaces.find(text[i]) == std::string_view::npos)
      out += text[i];
    else if (i == 0 || kSpaces.find(text[i - 1]) == std::string_view::npos)
      out += space;
  }
  return out;
}

std::string changed_space(const std::string& text, std::string_view how) {
  if (how == "stripped") return stripped(text);
  return respaced(text, how == "removed" ? "" : " ");
}

std::string changed_backslashes(const std::string& text, std::string_view how) {
  if (how == "doubled") return replaced(text, "\\", "\\\\");
  if (how == "halved") return replaced(text, "\\\\", "\\");
  return replaced(text, "\\", "");
}

/// Where the atom that begins at `at` ends, with its ring closures; `at` itself: there is none.
std::size_t after_atom(std::string_view smiles, std::size_t at) {
  std::size_t end = at;
  if (end < smiles.size() && smiles[end] == '[') {
    const std::size_t close = smiles.find(']', end);
    if (close == std::string_view::npos) return at;
    end = close + 1;
  } else if (smiles.substr(end, 2) == "Cl" || smiles.substr(end, 2) == "Br") {
    end += 2;
  } else if (end < smiles.size() && std::string_view("BCNOPSFIbcnops").contains(smiles[end])) {
    ++end;
  } else {
    return at;
  }
  while (end < smiles.size() && (smiles[end] == '%' || (smiles[end] >= '0' && smiles[end] <= '9')))
    ++end;
  return end;
}

/// Behind the branches that begin at `at`.
std::size_t after_branches(std::string_view smiles, std::size_t at) {
  std::size_t depth = 0;
  for (; at < smiles.size(); ++at) {
    if (smiles[at] == '(') ++depth;
    if (depth == 0) return at;
    if (smiles[at] == ')') --depth;
  }
  return at;
}

bool is_mark(std::string_view smiles, std::size_t at) {
  return at < smiles.size() && (smiles[at] == '/' || smiles[at] == '\\');
}

/// Where the mark of the second atom of /X=Y is missing; npos: it is there, or there is no such
/// bond.
std::size_t missing_mark(std::string_view smiles, std::size_t slash) {
  const std::size_t first = after_atom(smiles, slash + 1);
  if (first == slash + 1) return std::string_view::npos;
  const std::size_t bond = after_branches(smiles, first);
  if (bond >= smiles.size() || smiles[bond] != '=') return std::string_view::npos;
  const std::size_t second = after_atom(smiles, bond + 1);
  if (second == bond + 1 || second >= smiles.size() || smiles[second] == ')')
    return std::string_view::npos;
  const bool branch = smiles[second] == '(';
  if (is_mark(smiles, second) || (branch && is_mark(smiles, second + 1)) ||
      (branch && is_mark(smiles, after_branches(smiles, second))))
    return std::string_view::npos;
  return branch ? second + 1 : second;
}

std::string with_unknown_marks(const TextPair& pair) {
  if (pair.reference != pair.prediction && replaced(pair.reference, "\\", "") == pair.prediction)
    return replaced(pair.reference, "\\", kUnknown);
  std::string out;
  std::size_t copied = 0;
  const std::string_view smiles = pair.prediction;
  for (std::size_t at = smiles.find('/'); at != std::string_view::npos;
       at = smiles.find('/', at + 1)) {
    const std::size_t missing = missing_mark(smiles, at);
    if (missing == std::string_view::npos || missing < copied) continue;
    out += smiles.substr(copied, missing - copied);
    out += kUnknown;
    copied = missing;
  }
  return out + std::string(smiles.substr(copied));
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

/// rouge_score stems words of more than three characters.
std::string stemmed(const std::string& text) {
  constexpr std::size_t kLeftAlone = 3;
  std::string out;
  const Tokens words = metrics::rouge_words(text);
  for (const std::string_view word : words.views) {
    if (!out.empty()) out += ' ';
    out += word.size() > kLeftAlone ? metrics::porter_stem(word) : std::string(word);
  }
  return out;
}

std::string rewritten(const std::string& smiles, bool stereo, metrics::MoleculeCache& molecules) {
  const metrics::MoleculeFacts& facts = molecules.get(smiles);
  if (!facts.parsed()) return smiles;
  return stereo ? facts.canonical() : facts.canonical_no_stereo();
}

}  // namespace

const std::vector<TextChoice>& molecule_choices() {
  static const std::vector<TextChoice> choices = {
      {"special-tokens", {"removed"}},
      {"white-space", {"stripped", "removed"}},
      {"reference-backslashes", {"doubled", "halved", "removed"}},
      {"prediction-backslashes", {"doubled", "halved", "unknown-mark"}},
      {"name", {"cut"}},
      {"rewritten", {"canonical", "canonical-no-stereo"}}};
  return choices;
}

const std::vector<TextChoice>& text_choices() {
  static const std::vector<TextChoice> choices = {{"special-tokens", {"removed"}},
                                                  {"white-space", {"stripped", "collapsed"}},
                                                  {"case", {"lower"}},
                                                  {"stems", {"porter"}}};
  return choices;
}

void change(TextPair& pair, const TextChanges& chosen, metrics::MoleculeCache& molecules) {
  const auto value = [&](std::string_view key) {
    const auto at = chosen.find(key);
    return at == chosen.end() ? std::string_view() : at->second;
  };
  if (!value("special-tokens").empty()) pair.prediction = without_special_tokens(pair.prediction);
  if (const auto how = value("white-space"); !how.empty())
    pair.prediction = changed_space(pair.prediction, how);
  const auto predicted = value("prediction-backslashes");
  if (predicted == "unknown-mark")
    pair.prediction = with_unknown_marks(pair);
  else if (!predicted.empty())
    pair.prediction = changed_backslashes(pair.prediction, predicted);
  if (const auto how = value("reference-backslashes"); !how.empty())
    pair.reference = changed_backslashes(pair.reference, how);
  if (!value("name").empty())
    pair.prediction = pair.prediction.substr(0, pair.prediction.find_first_of(kSpaces));
  if (const auto how = value("rewritten"); !how.empty()) {
    pair.prediction = rewritten(pair.prediction, how == "canonical", molecules);
    pair.reference = rewritten(pair.reference, how == "canonical", molecules);
  }
  if (!value("case").empty())
    pair = {.prediction = lower(pair.prediction), .reference = lower(pair.reference)};
  if (!value("stems").empty())
    pair = {.prediction = stemmed(pair.prediction), .reference = stemmed(pair.reference)};
}

}  // namespace cupel
