#include "harness/plugin/external_models.h"

#include <map>
#include <set>
#include <string>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/plugin/plugin_host.h"
#include "harness/plugin/plugin_model.h"
#include "harness/plugin/process_model.h"

namespace cupel {
namespace {

std::filesystem::path library_of(const models::PluginSource& source,
                                 const std::filesystem::path& folder,
                                 const std::filesystem::path& modules) {
  if (source.library.ends_with(".so")) return folder / source.library;
  return modules / ("cupel_" + source.library + ".so");
}

/// "torch.libtorch" -> "2.6.0".
std::map<std::string, std::string> facts_of(const std::filesystem::path& library) {
  const Plugin plugin(library);
  std::map<std::string, std::string> facts;
  for (const auto& [key, value] : plugin.describe()) facts[plugin.name() + "." + key] = value;
  return facts;
}

std::set<std::filesystem::path> presets_in(const std::filesystem::path& folder) {
  std::set<std::filesystem::path> files;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.path().extension() == ".json") files.insert(entry.path());
  }
  return files;
}

}  // namespace

models::ModelEntry external_model(const models::Preset& preset,
                                  const std::filesystem::path& modules) {
  models::ModelEntry entry{.id = preset.id,
                           .summary = preset.summary,
                           .version = preset.version,
                           .capabilities = preset.capabilities,
                           .random = preset.random,
                           .learns = preset.learns,
                           .stages = preset.stages,
                           .options = preset.options,
                           .make = {},
                           .identity = [preset] { return models::identity_of(preset); },
                           .runs_on = {}};
  if (const auto* plugin = std::get_if<models::PluginSource>(&preset.source)) {
    const auto library = library_of(*plugin, preset.folder, modules);
    entry.make = [id = preset.id, library,
                  name = plugin->implementation](const models::Options& options) {
      return open_plugin_model(id, library, name, options);
    };
    entry.runs_on = [library] { return facts_of(library); };
  } else {
    entry.make = [id = preset.id, source = std::get<models::ProcessSource>(preset.source),
                  folder = preset.folder](const models::Options& options) {
      return start_process_model(id, source, folder, options);
    };
  }
  return entry;
}

Registry<models::ModelEntry> known_models(const std::vector<std::filesystem::path>& folders,
                                          const std::filesystem::path& modules) {
  Registry<models::ModelEntry> all = models::model_registry();
  for (const std::filesystem::path& folder : folders) {
    const std::set<std::filesystem::path> files = presets_in(folder);
    for (const std::filesystem::path& file : files) {
      const models::Preset preset = models::read_preset(file);
      if (all.find(preset.id) != nullptr) {
        throw Error(Code::kUsage,
                    fmt::format("{}: there is already a model '{}'", file.string(), preset.id),
                    "give the preset an id of its own");
      }
      all.add(external_model(preset, modules));
    }
  }
  return all;
}

}  // namespace cupel
