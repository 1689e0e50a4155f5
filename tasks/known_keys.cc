#include "tasks/known_keys.h"

#include <algorithm>
#include <charconv>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "harness/core/digest.h"
#include "tasks/keys/embedded.h"

namespace cupel::tasks {
namespace {

constexpr std::string_view kWhite = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(kWhite), text.size()));
  return text.substr(0, text.find_last_not_of(kWhite) + 1);
}

std::string_view next_field(std::string_view& rest, char end) {
  const std::string_view field = rest.substr(0, rest.find(end));
  rest.remove_prefix(std::min(field.size() + 1, rest.size()));
  return field;
}

template <typename Number>
Number number(std::string_view digits, int base) {
  Number value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value, base);
  if (error != std::errc() || end != digits.data() + digits.size())
    throw std::logic_error("malformed keys of a known set");
  return value;
}

KnownSet read_set(std::string_view rest) {
  std::string_view header = next_field(rest, '\n');
  KnownSet set;
  set.id = next_field(header, '\t');
  set.split = next_field(header, '\t');
  const auto rows = number<std::size_t>(header, 10);
  while (!rest.empty()) {
    std::string_view line = next_field(rest, '\n');
    set.smiles.push_back(number<Key>(next_field(line, '\t'), 16));
    set.descriptions.push_back(number<Key>(line, 16));
  }
  if (set.smiles.size() != rows) throw std::logic_error("keys of a known set are missing");
  return set;
}

}  // namespace

Key smiles_key(std::string_view smiles) {
  smiles = trimmed(smiles);
  if (!smiles.contains("\\\\")) return sha256_prefix(smiles);
  std::string single;
  for (std::size_t i = 0; i < smiles.size(); ++i) {
    single += smiles[i];
    if (smiles.substr(i, 2) == "\\\\") ++i;
  }
  return sha256_prefix(single);
}

Key description_key(std::string_view description) { return sha256_prefix(trimmed(description)); }

KnownKeys::KnownKeys(std::vector<KnownSet> sets) : sets_(std::move(sets)) {
  for (std::size_t set = 0; set < sets_.size(); ++set) {
    for (std::size_t row = 0; row < sets_[set].smiles.size(); ++row) {
      smiles_[sets_[set].smiles[row]].push_back({.set = set, .row = row});
      descriptions_[sets_[set].descriptions[row]].push_back({.set = set, .row = row});
    }
  }
}

const KnownKeys& KnownKeys::builtin() {
  static const KnownKeys known = [] {
    std::vector<KnownSet> sets;
    for (const auto& [name, bytes] : embedded_keys()) sets.push_back(read_set(bytes));
    return KnownKeys(std::move(sets));
  }();
  return known;
}

std::span<const KnownPlace> KnownKeys::find_smiles(Key key) const {
  const auto at = smiles_.find(key);
  return at == smiles_.end() ? std::span<const KnownPlace>() : at->second;
}

std::span<const KnownPlace> KnownKeys::find_description(Key key) const {
  const auto at = descriptions_.find(key);
  return at == descriptions_.end() ? std::span<const KnownPlace>() : at->second;
}

}  // namespace cupel::tasks
