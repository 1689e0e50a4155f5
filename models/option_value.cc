#include "models/option_value.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/nearest.h"

namespace cupel::models {
namespace {

using Kind = JsonValue::Kind;
using Outcome = std::expected<OptionValue, std::string>;

Outcome wrong(const ModelOption& option, std::string_view wanted) {
  return std::unexpected(fmt::format("'{}' must be {}", option.name, wanted));
}

template <typename Number>
Outcome within_bounds(const ModelOption& option, Number number) {
  const auto real = static_cast<double>(number);
  if (real < option.least || real > option.most)
    return wrong(option, fmt::format("from {} to {}, not {}", option.least, option.most, number));
  return number;
}

}  // namespace

Outcome option_value(const ModelOption& option, const JsonValue& value) {
  if (std::holds_alternative<bool>(option.fallback)) {
    if (value.kind != Kind::kBool) return wrong(option, "true or false");
    return value.truth;
  }
  if (std::holds_alternative<std::string>(option.fallback)) {
    if (value.kind != Kind::kText) return wrong(option, "a string");
    if (!option.choices.empty() && !std::ranges::contains(option.choices, value.text))
      return wrong(option,
                   fmt::format("one of {}, not '{}'", fmt::join(option.choices, ", "), value.text));
    return value.text;
  }
  if (std::holds_alternative<std::int64_t>(option.fallback)) {
    if (value.kind != Kind::kInteger) return wrong(option, "an integer");
    return within_bounds(option, value.integer);
  }
  if (value.kind != Kind::kInteger && value.kind != Kind::kReal) return wrong(option, "a number");
  return within_bounds(option, value.real);
}

std::string suggest_option(const std::vector<ModelOption>& options, std::string_view name) {
  if (options.empty()) return "it has no options";
  std::vector<std::string> known;
  for (const ModelOption& option : options) known.push_back(option.name);
  return suggest(name, known);
}

}  // namespace cupel::models
