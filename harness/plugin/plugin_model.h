/// A model that lives in a plug-in.
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "models/model.h"

namespace cupel {

/// Opens the plug-in and creates its model. `id` is the model's name in messages. Throws as Plugin
/// and Plugin::call do, and so does every function of the model; an answer with too few outputs,
/// one that is not UTF-8, or a score that is not finite is Error{kIncomplete}.
[[nodiscard]] std::unique_ptr<models::Model> open_plugin_model(const std::string& id,
                                                               const std::filesystem::path& library,
                                                               const std::string& implementation,
                                                               const models::Options& options);

}  // namespace cupel
