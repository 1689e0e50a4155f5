#include "harness/run/setting_difference.h"

#include <cstddef>
#include <optional>
#include <set>

#include <fmt/format.h>

#include "harness/core/json.h"

namespace cupel {
namespace {

std::string printed(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kNull:
      return "null";
    case JsonValue::Kind::kBool:
      return value.truth ? "true" : "false";
    case JsonValue::Kind::kInteger:
      return fmt::format("{}", value.integer);
    case JsonValue::Kind::kReal:
      return fmt::format("{}", value.real);
    case JsonValue::Kind::kText:
      return value.text;
    case JsonValue::Kind::kArray:
      return "[]";
    case JsonValue::Kind::kObject:
      return "{}";
  }
  return {};
}

void flatten(const std::string& key, const JsonValue& value, FlatSettings& out) {
  const std::string prefix = key.empty() ? "" : key + ".";
  for (const JsonMember& member : value.members) flatten(prefix + member.key, member.value, out);
  for (std::size_t i = 0; i < value.items.size(); ++i)
    flatten(fmt::format("{}{}", prefix, i), value.items[i], out);
  if (value.members.empty() && value.items.empty() && !key.empty()) out[key] = printed(value);
}

std::optional<std::string> find(const FlatSettings& flat, const std::string& key) {
  const auto at = flat.find(key);
  return at == flat.end() ? std::nullopt : std::optional(at->second);
}

}  // namespace

FlatSettings flat_settings(const std::string& document, const std::string& origin) {
  FlatSettings flat;
  flatten("", parse_json(document, origin), flat);
  return flat;
}

std::vector<SettingDifference> differing_settings(const std::string& part,
                                                  const FlatSettings& baseline,
                                                  const FlatSettings& candidate) {
  std::set<std::string> keys;
  for (const FlatSettings* side : {&baseline, &candidate}) {
    for (const auto& [key, unused] : *side) keys.insert(key);
  }
  std::vector<SettingDifference> differing;
  for (const std::string& key : keys) {
    SettingDifference one{.part = part,
                          .key = key,
                          .baseline = find(baseline, key),
                          .candidate = find(candidate, key)};
    if (one.baseline != one.candidate) differing.push_back(std::move(one));
  }
  return differing;
}

std::vector<SettingDifference> differing_settings(const std::string& part,
                                                  const std::string& baseline,
                                                  const std::string& candidate,
                                                  const std::string& origin) {
  return differing_settings(part, flat_settings(baseline, origin),
                            flat_settings(candidate, origin));
}

}  // namespace cupel
