#include "models/preset.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "models/option_value.h"

namespace cupel::models {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kLargestPreset = std::size_t{1} << 20U;
constexpr double kDefaultTimeout = 60.0;
constexpr double kLongestTimeout = 7.0 * 24 * 3600;

bool is_number(const JsonValue& value) {
  return value.kind == Kind::kInteger || value.kind == Kind::kReal;
}

/// Ids, and names of options: what a manifest and a file name can hold without quoting.
bool is_word(std::string_view name) {
  return !name.empty() && name.size() <= 100 &&
         name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_+") ==
             std::string_view::npos;
}

std::string checked_word(JsonObject& object, const std::string& key) {
  const std::string& word = object.text(key);
  if (!is_word(word)) {
    object.fail(object.member(key),
                fmt::format("'{}' must be a word of a-z, 0-9, '-', '_' and '+'", key));
  }
  return word;
}

const std::string& some_text(JsonObject& object, const std::string& key) {
  const std::string& text = object.text(key);
  if (text.empty() || text.find('\0') != std::string::npos)
    object.fail(object.member(key), fmt::format("'{}' must not be empty or hold NUL", key));
  return text;
}

std::vector<std::string> some_texts(JsonObject& object, const std::string& key) {
  std::vector<std::string> texts = object.texts(key);
  const JsonValue& at = object.member(key);
  if (texts.empty()) object.fail(at, fmt::format("'{}' must not be empty", key));
  for (std::size_t i = 0; i < texts.size(); ++i) {
    if (texts[i].empty() || texts[i].find('\0') != std::string::npos)
      object.fail(at.items[i], fmt::format("'{}' holds an empty text or NUL", key));
  }
  return texts;
}

bool flag(JsonObject& object, const std::string& key) {
  const JsonValue& value = object.member(key);
  if (value.kind != Kind::kBool) object.fail(value, fmt::format("'{}' must be true or false", key));
  return value.truth;
}

double number(JsonObject& object, const std::string& key) {
  const JsonValue& value = object.member(key);
  if (!is_number(value)) object.fail(value, fmt::format("'{}' must be a number", key));
  return value.real;
}

OptionValue default_value(const JsonObject& option, const JsonValue& value) {
  switch (value.kind) {
    case Kind::kBool:
      return value.truth;
    case Kind::kInteger:
      return value.integer;
    case Kind::kReal:
      return value.real;
    case Kind::kText:
      return value.text;
    default:
      option.fail(value, "'value' must be true, false, a number or a string",
                  "it is what the option is when nobody sets it, and shows its kind");
  }
}

/// Everything, unless it says for what.
Effects read_effects(JsonObject& option) {
  if (option.find("for") == nullptr) return Effects().set();
  const std::vector<std::string> names = option.texts("for");
  const JsonValue& at = option.member("for");
  std::vector<std::string> known;
  for (const auto& [ignored, name] : kObjectiveNames) known.emplace_back(name);
  known.emplace_back("answers");
  Effects effects;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto place = static_cast<std::size_t>(std::ranges::find(known, names[i]) - known.begin());
    if (place == known.size())
      option.fail(at.items[i], fmt::format("unknown use '{}'", names[i]), suggest(names[i], known));
    if (effects.test(place))
      option.fail(at.items[i], fmt::format("'{}' is listed twice", names[i]));
    effects.set(place);
  }
  return effects;
}

ModelOption read_option(const JsonMember& member, const std::string& origin) {
  JsonObject object(member.value, origin);
  if (!is_word(member.key)) {
    object.fail(member.value, fmt::format("option '{}' must be a word of a-z, 0-9, '-', '_' and "
                                          "'+'",
                                          member.key));
  }
  const JsonValue& value = object.member("value");
  ModelOption option{.name = member.key,
                     .summary = some_text(object, "summary"),
                     .fallback = default_value(object, value)};
  if (is_number(value)) {
    option.least = number(object, "least");
    option.most = number(object, "most");
    if (value.real < option.least || value.real > option.most) {
      object.fail(value, fmt::format("'value' must lie between 'least' and 'most', {} and {}",
                                     option.least, option.most));
    }
  }
  if (const JsonValue* choices = object.find("choices")) {
    option.choices = some_texts(object, "choices");
    if (!std::ranges::contains(option.choices, value.text))
      object.fail(*choices, "'choices' must hold 'value'");
  }
  if (const JsonValue* file = object.find("file")) {
    option.file = flag(object, "file");
    if (value.kind != Kind::kText || !value.text.empty())
      object.fail(*file, "an option that names a file must be \"\" unless it is set");
  }
  option.effects = read_effects(object);
  object.finish();
  return option;
}

std::vector<ModelOption> read_options(JsonObject& preset, const std::string& origin) {
  const JsonValue* value = preset.find("options");
  if (value == nullptr) return {};
  const JsonObject object(*value, origin);  // says that it is one
  std::vector<ModelOption> options;
  for (const JsonMember& member : value->members) options.push_back(read_option(member, origin));
  return options;
}

std::vector<Capability> read_capabilities(JsonObject& preset) {
  std::vector<Capability> capabilities;
  const std::vector<std::string> names = some_texts(preset, "capabilities");
  const JsonValue& at = preset.member("capabilities");
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = std::ranges::find(kCapabilityNames, names[i],
                                         &std::pair<Capability, std::string_view>::second);
    if (found == kCapabilityNames.end()) {
      std::vector<std::string> known;
      for (const auto& [ignored, name] : kCapabilityNames) known.emplace_back(name);
      preset.fail(at.items[i], fmt::format("unknown capability '{}'", names[i]),
                  suggest(names[i], known));
    }
    if (std::ranges::contains(capabilities, found->first))
      preset.fail(at.items[i], fmt::format("capability '{}' is listed twice", names[i]));
    capabilities.push_back(found->first);
  }
  return capabilities;
}

PluginSource read_plugin(JsonObject& preset) {
  PluginSource source{.library = some_text(preset, "plugin"),
                      .implementation = some_text(preset, "implementation")};
  if (!source.library.ends_with(".so") && !is_word(source.library)) {
    preset.fail(preset.member("plugin"),
                "'plugin' must be a path that ends in .so, or the name of a module");
  }
  return source;
}

ProcessSource read_process(const JsonValue& value, const std::string& origin) {
  JsonObject process(value, origin);
  ProcessSource source{.argv = some_texts(process, "argv")};
  double seconds = kDefaultTimeout;
  if (const JsonValue* timeout = process.find("timeout")) {
    seconds = number(process, "timeout");
    if (!(seconds >= 0.001 && seconds <= kLongestTimeout))
      process.fail(*timeout, "'timeout' must lie between 0.001 and 604800 seconds");
  }
  source.timeout = std::chrono::milliseconds(std::llround(1000.0 * seconds));
  process.finish();
  return source;
}

std::variant<PluginSource, ProcessSource> read_source(JsonObject& preset, const JsonValue& root,
                                                      const std::string& origin) {
  const JsonValue* process = preset.find("process");
  const bool plugin = preset.find("plugin") != nullptr;
  if (plugin == (process != nullptr)) {
    preset.fail(root, plugin ? "'plugin' and 'process' exclude each other"
                             : "one of the keys 'plugin' and 'process' is needed");
  }
  if (plugin) return read_plugin(preset);
  return read_process(*process, origin);
}

/// The words of a command line that are files beside the preset: most often its script. Two presets
/// with the same words in two folders are not the same model, nor is a script that was changed.
std::vector<std::string> named_files(const ProcessSource& process,
                                     const std::filesystem::path& folder) {
  std::vector<std::string> files;
  for (const std::string& word : process.argv) {
    const bool in_path = &word == &process.argv.front() && word.find('/') == std::string::npos;
    std::error_code none;
    if (!in_path && std::filesystem::path(word).is_relative() &&
        std::filesystem::is_regular_file(folder / word, none))
      files.push_back(word);
  }
  return files;
}

/// A preset's own options replace defaults of its base.
void set_defaults(JsonObject& derived, std::vector<ModelOption>& options,
                  const std::string& origin) {
  const JsonValue* values = derived.find("options");
  if (values == nullptr) return;
  const JsonObject object(*values, origin);  // says that it is one
  for (const JsonMember& member : values->members) {
    const auto at = std::ranges::find(options, member.key, &ModelOption::name);
    if (at == options.end())
      object.fail(member.value, fmt::format("the base has no option '{}'", member.key),
                  suggest_option(options, member.key));
    auto value = option_value(*at, member.value);
    if (!value) object.fail(member.value, value.error(), at->summary);
    at->fallback = *std::move(value);
  }
}

using Paths = std::vector<std::filesystem::path>;

Preset parse(std::string_view bytes, const std::string& origin, const std::filesystem::path& folder,
             Paths seen);

/// `seen`: the presets that stand on this one.
Preset read(const std::filesystem::path& path, Paths seen) {
  std::error_code none;  // which reading says better
  seen.push_back(std::filesystem::weakly_canonical(path, none));
  return parse(read_file(path, kLargestPreset), path.string(),
               std::filesystem::absolute(path).parent_path(), std::move(seen));
}

/// What a derived preset does not say itself.
Preset read_base(JsonObject& derived, const JsonValue& at, const std::filesystem::path& folder,
                 Paths seen) {
  const std::string name = some_text(derived, "base");
  if (!name.ends_with(".json")) derived.fail(at, "'base' must be the name of a .json file");
  const std::filesystem::path path = folder / name;
  std::error_code none;
  if (std::ranges::contains(seen, std::filesystem::weakly_canonical(path, none)))
    derived.fail(at, fmt::format("'base' goes round in a circle: {}", name));
  if (!std::filesystem::exists(path, none))
    derived.fail(at, fmt::format("'base': {}: no such file", path.string()),
                 "relative paths start at the preset's folder");
  return read(path, std::move(seen));
}

Preset parse_derived(JsonObject& object, const JsonValue& base, const std::string& origin,
                     const std::filesystem::path& folder, Paths seen) {
  Preset preset = read_base(object, base, folder, std::move(seen));
  preset.id = checked_word(object, "id");
  preset.summary = some_text(object, "summary");
  if (object.find("capabilities") != nullptr) preset.capabilities = read_capabilities(object);
  if (object.find("random") != nullptr) preset.random = flag(object, "random");
  if (object.find("learns") != nullptr) preset.learns = flag(object, "learns");
  set_defaults(object, preset.options, origin);
  return preset;
}

Preset parse_whole(JsonObject& object, const JsonValue& root, const std::string& origin) {
  Preset preset;
  preset.id = checked_word(object, "id");
  preset.summary = some_text(object, "summary");
  preset.version = object.integer("version");
  if (preset.version < 1) object.fail(object.member("version"), "'version' must be at least 1");
  preset.capabilities = read_capabilities(object);
  preset.random = flag(object, "random");
  if (object.find("learns") != nullptr) preset.learns = flag(object, "learns");
  if (object.find("stages") != nullptr) preset.stages = flag(object, "stages");
  preset.options = read_options(object, origin);
  preset.source = read_source(object, root, origin);
  if (const JsonValue* files = object.find("files")) {
    preset.files = some_texts(object, "files");
    const std::set<std::string> distinct(preset.files.begin(), preset.files.end());
    if (distinct.size() != preset.files.size()) object.fail(*files, "'files' names a file twice");
  }
  return preset;
}

Preset parse(std::string_view bytes, const std::string& origin, const std::filesystem::path& folder,
             Paths seen) {
  const JsonValue root = parse_json(bytes, origin);
  JsonObject object(root, origin);
  const JsonValue* base = object.find("base");
  Preset preset;
  if (base != nullptr) {
    preset = parse_derived(object, *base, origin, folder, std::move(seen));
  } else {
    preset = parse_whole(object, root, origin);
    preset.folder = folder;
  }
  object.finish();
  if (preset.stages && !preset.learns)
    object.fail(root, "a model that is trained in 'stages' cannot have 'learns': false");
  return preset;
}

}  // namespace

Preset parse_preset(std::string_view bytes, const std::string& origin,
                    const std::filesystem::path& folder) {
  return parse(bytes, origin, folder, {});
}

Preset read_preset(const std::filesystem::path& path) { return read(path, {}); }

std::map<std::string, std::string> identity_of(const Preset& preset) {
  std::map<std::string, std::string> identity;
  std::vector<std::string> files = preset.files;
  if (const auto* process = std::get_if<ProcessSource>(&preset.source)) {
    for (const std::string& word : process->argv)
      identity["argv"] += (identity["argv"].empty() ? "" : " ") + json_quote(word);
    std::ranges::move(named_files(*process, preset.folder), std::back_inserter(files));
  } else {
    const auto& plugin = std::get<PluginSource>(preset.source);
    identity["implementation"] = plugin.implementation;
    identity["plugin"] = std::filesystem::path(plugin.library).filename().string();
  }
  for (const std::string& name : files) {
    try {
      identity["file " + name] = digest_of_file(preset.folder / name, Code::kCapability).sha256;
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("model '{}': {}", preset.id, error.what()),
                  "its preset names this file as a part of it");
    }
  }
  return identity;
}

}  // namespace cupel::models
