/// A preset: the JSON file that describes a model outside of this program, a plug-in or a process.
/// It says all that lists and plans need; neither is opened before a cell runs.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "models/model.h"

namespace cupel::models {

/// A shared library that speaks models/plugin/plugin_abi.h.
struct PluginSource {
  std::string library;         ///< a path that ends in ".so", or the name of a module: "torch"
  std::string implementation;  ///< the plug-in's own name for the model
};

/// A program that speaks JSON lines (models/plugin/README.md).
struct ProcessSource {
  /// The first word is looked up in PATH, unless it holds a slash.
  std::vector<std::string> argv;
  std::chrono::milliseconds timeout{};  ///< how long it may be silent while it owes an answer
};

struct Preset {
  std::string id;
  std::string summary;
  std::int64_t version = 1;  ///< raised by every change that can change an answer
  std::vector<Capability> capabilities;
  bool random = false;  ///< does the seed matter?
  bool learns = true;   ///< from the training side of a data set; if not, that need not be there
  bool stages = false;  ///< see ModelEntry::stages
  std::vector<ModelOption> options;
  std::variant<PluginSource, ProcessSource> source;
  std::vector<std::string> files;  ///< what the answers stand on, and the version does not tell
  std::filesystem::path folder;    ///< of the preset, or its base: relative paths start there
};

/// Reads one preset document:
///
///     {"id": "mine", "summary": "…", "version": 1,
///      "plugin": "mine.so", "implementation": "…"          or
///      "process": {"argv": ["python3", "mine.py"], "timeout": 60},
///      "capabilities": ["captioning"], "random": true, "learns": true, "stages": false,
///      "files": ["mine.weights"],
///      "options": {"beams": {"value": 5, "summary": "…", "least": 1, "most": 100,
///                            "for": ["captioning", "answers"]}}}
///
/// `files`, `options`, `learns` (then true), `stages` (then false) and `for` (then all) may be
/// absent, `timeout` (seconds) is then 60. Numbers have bounds. Texts may have "choices", their
/// only values; or "file": true, and then they are "" here, a manifest names a file beside itself,
/// and what is in it belongs to a cell's identity. Or one that is derived from another:
///
///     {"id": "wide", "summary": "…", "base": "mine.json", "options": {"beams": 50}}
///
/// It has its own defaults, and may have its own `capabilities`, `random` and `learns`. The rest,
/// identity, version and folder too, is its base's; the base is read from `folder`, and may have a
/// base itself. Throws Error{kUsage} with line and column: bad JSON, unknown or missing keys, an
/// unknown capability, a value beyond its bounds, a base that cannot be read or goes round in a
/// circle.
[[nodiscard]] Preset parse_preset(std::string_view bytes, const std::string& origin,
                                  const std::filesystem::path& folder);

/// Reads a preset file. Throws Error{kUsage}, also when it is missing.
[[nodiscard]] Preset read_preset(const std::filesystem::path& path);

/// What decides the answers beside version and options: "argv", or "implementation" and "plugin"
/// (the library's name without its folder); and "file NAME" -> SHA-256 for each of `files` and for
/// each word of argv that is a file, by a path that starts at the preset's folder. Throws
/// Error{kCapability} when one cannot be read.
[[nodiscard]] std::map<std::string, std::string> identity_of(const Preset& preset);

}  // namespace cupel::models
