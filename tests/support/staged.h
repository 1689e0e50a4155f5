/// The preset of tests/plugin_example/staged.cc.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>

#include "harness/core/file.h"
#include "harness/plan/manifest.h"
#include "harness/plugin/external_models.h"
#include "models/preset.h"

namespace cupel::test {

/// Written into a folder; "plugin" is the library where it was built. It is not random unless said.
inline std::string staged_preset(const std::string& id = "staged", bool random = false) {
  const std::string library = (std::filesystem::path(CUPEL_PLUGIN_EXAMPLES) / "staged.so").string();
  return R"({"id": ")" + id + R"(", "summary": "counts words in stages", "version": 1,
  "plugin": ")" +
         library + R"(", "implementation": "staged",
  "capabilities": ["captioning", "generation", "molecule-retrieval", "text-retrieval", "property"],
  "random": )" +
         (random ? "true" : "false") + R"(, "stages": true,
  "options": {
    "steps": {"value": 4, "summary": "steps of a stage", "least": 1, "most": 1000000,
              "for": ["pretraining", "retrieval", "captioning", "generation", "property"]},
    "weight": {"value": 1, "summary": "what a word counts", "least": 0, "most": 1000,
               "for": ["captioning"]},
    "shown": {"value": "plain", "summary": "a word of each answer", "for": ["answers"]},
    "at": {"value": 2, "summary": "the step of the fault", "least": 0, "most": 1000000, "for": []},
    "pause": {"value": 0, "summary": "milliseconds of a step", "least": 0, "most": 1000, "for": []},
    "fault": {"value": "", "summary": "what goes wrong", "for": []},
    "log": {"value": "", "summary": "a file that gets a line a fit", "for": []}}})";
}

/// The model with its defaults, but for what `own` says.
inline ManifestModel staged_model(const std::string& name, const models::Options& own = {},
                                  bool random = false) {
  const auto entry = std::make_shared<const models::ModelEntry>(
      external_model(models::parse_preset(staged_preset("staged", random), "staged", "/"), {}));
  models::Options options;
  for (const models::ModelOption& option : entry->options) options[option.name] = option.fallback;
  for (const auto& [key, value] : own) options[key] = value;
  return {.name = name, .entry = entry, .options = options};
}

}  // namespace cupel::test
