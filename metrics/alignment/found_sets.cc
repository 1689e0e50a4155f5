#include "metrics/alignment/found_sets.h"

#include <algorithm>
#include <limits>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace cupel::metrics {
namespace {

using Numbers = std::vector<std::int32_t>;

const std::string kOrigin = "answer";

Numbers read_numbers(JsonObject& object, const char* key, std::int64_t bound) {
  const JsonValue& value = object.member(key);
  if (value.kind != JsonValue::Kind::kArray)
    object.fail(value, fmt::format("'{}' must be an array", key));
  Numbers numbers;
  numbers.reserve(value.items.size());
  for (const JsonValue& item : value.items) {
    if (item.kind != JsonValue::Kind::kInteger || item.integer < kNoSet || item.integer >= bound)
      object.fail(item, fmt::format("not a whole number from -1 to {}", bound - 1));
    numbers.push_back(static_cast<std::int32_t>(item.integer));
  }
  return numbers;
}

/// The sets of all bytes of one side, none of whose numbers is left out.
Numbers read_side(JsonObject& level, const char* key, std::size_t size) {
  Numbers numbers = read_numbers(level, key, static_cast<std::int64_t>(size));
  if (numbers.size() != size)
    level.fail(level.member(key), fmt::format("'{}' has {} numbers, and there are {} bytes", key,
                                              numbers.size(), size));
  std::vector<bool> used(size, false);
  for (const std::int32_t set : numbers) {
    if (set != kNoSet) used[static_cast<std::size_t>(set)] = true;
  }
  if (!std::ranges::is_sorted(used, std::ranges::greater{}))
    level.fail(level.member(key), fmt::format("the sets of '{}' are not numbered from 0", key));
  return numbers;
}

std::int32_t count_of(const Numbers& numbers) {
  return numbers.empty() ? 0 : std::ranges::max(numbers) + 1;
}

/// Of each token. Bytes of one token must agree.
Numbers by_token(JsonObject& level, const char* key, const Numbers& tokens, const Numbers& bytes) {
  constexpr std::int32_t kOpen = std::numeric_limits<std::int32_t>::min();
  Numbers sets(static_cast<std::size_t>(count_of(tokens)), kOpen);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const bool outside = tokens[i] == kNoSet;
    std::int32_t none = kNoSet;
    std::int32_t& set = outside ? none : sets[static_cast<std::size_t>(tokens[i])];
    if (set == kOpen && bytes[i] != kNoSet) set = bytes[i];
    if (set != bytes[i])
      level.fail(level.member(key),
                 fmt::format("byte {} of '{}' is not in the set of its token", i, key));
  }
  return sets;
}

void read_match(JsonObject& level, std::int32_t text_sets, std::int32_t molecule_sets,
                FoundSets& found) {
  Numbers match = read_numbers(level, "match", molecule_sets);
  if (match.size() != static_cast<std::size_t>(text_sets))
    level.fail(level.member("match"), fmt::format("'match' has {} numbers for {} sets of the text",
                                                  match.size(), text_sets));
  found.match.push_back(std::move(match));
}

FoundSets parse(std::string_view answer, std::size_t smiles_size, std::size_t text_size) {
  const JsonValue root = parse_json(answer, kOrigin);
  JsonObject object(root, kOrigin);
  const JsonValue& levels = object.member("levels");
  if (levels.items.empty()) object.fail(levels, "'levels' must be an array of objects");
  FoundSets found;
  for (const JsonValue& item : levels.items) {
    JsonObject level(item, kOrigin);
    const Numbers molecule = read_side(level, "molecule", smiles_size);
    const Numbers text = read_side(level, "text", text_size);
    if (found.match.empty()) {
      found.molecule.tokens = molecule;
      found.text.tokens = text;
    }
    found.molecule.sets.push_back(by_token(level, "molecule", found.molecule.tokens, molecule));
    found.text.sets.push_back(by_token(level, "text", found.text.tokens, text));
    read_match(level, count_of(text), count_of(molecule), found);
    level.finish();
  }
  object.finish();
  return found;
}

}  // namespace

std::expected<FoundSets, std::string> read_found_sets(std::string_view answer,
                                                      std::size_t smiles_size,
                                                      std::size_t text_size) {
  try {
    return parse(answer, smiles_size, text_size);
  } catch (const Error& error) {
    return std::unexpected(error.what());
  }
}

}  // namespace cupel::metrics
