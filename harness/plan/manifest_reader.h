/// What the parts of the manifest's parser share. Only they include this.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/registry.h"
#include "harness/plan/manifest.h"

namespace cupel::parsing {

/// Everything that reading needs at hand.
struct Reader {
  const std::string& origin;
  std::filesystem::path folder;
  const PresetReader& read_preset;
  const Registry<models::ModelEntry>& known;
  std::set<std::string> names;  ///< of models, so far
  std::map<std::string, std::shared_ptr<const models::ModelEntry>> entries;
  std::map<std::string, std::string> files = {};  ///< SHA-256 of those that options name, by path

  [[noreturn]] void fail(const JsonValue& at, const std::string& message,
                         const std::string& hint = {}) const {
    throw Error(Code::kUsage, fmt::format("{}:{}:{}: {}", origin, at.line, at.column, message),
                hint);
  }
};

/// Each throws Error{kUsage} with the place; `what` is its subject.
inline const std::string& text_of(const Reader& reader, const JsonValue& value,
                                  std::string_view what) {
  if (value.kind != JsonValue::Kind::kText || value.text.empty())
    reader.fail(value, fmt::format("{} must be a string that is not empty", what));
  return value.text;
}

inline const std::vector<JsonValue>& list_of(const Reader& reader, const JsonValue& value,
                                             std::string_view what) {
  if (value.kind != JsonValue::Kind::kArray || value.items.empty())
    reader.fail(value, fmt::format("{} must be an array that is not empty", what));
  return value.items;
}

/// An entry of a registry, with the place of its name in the message when there is none.
template <typename Entry>
const Entry& look_up(const Reader& reader, const Registry<Entry>& registry, const JsonValue& at,
                     std::string_view what) {
  const std::string& name = text_of(reader, at, what);
  try {
    return registry.get(name);
  } catch (const Error& error) {
    reader.fail(at, error.what(), error.hint());
  }
}

/// "stages" and "finetune" of a model; null: the manifest has not said it.
void read_stages(const Reader& reader, const JsonValue* stages, const JsonValue* finetune,
                 ManifestModel& model);

}  // namespace cupel::parsing
