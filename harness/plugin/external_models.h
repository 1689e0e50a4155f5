/// Models outside of this program as entries beside its own.
#pragma once

#include <filesystem>
#include <vector>

#include "models/model.h"
#include "models/preset.h"

namespace cupel {

/// An entry that opens the plug-in or starts the process when a model is made of it, and not
/// before. `modules` is the folder of the program's own plug-ins. What making throws: see
/// plugin_model.h and process_model.h.
[[nodiscard]] models::ModelEntry external_model(const models::Preset& preset,
                                                const std::filesystem::path& modules);

/// The models of this program, and those of all *.json in these folders, by file name; a folder
/// that does not exist holds none. Throws Error{kUsage} for a file that is no preset, and for an id
/// that is taken.
[[nodiscard]] Registry<models::ModelEntry> known_models(
    const std::vector<std::filesystem::path>& folders, const std::filesystem::path& modules);

}  // namespace cupel
