/// A model that is a process: JSON lines on its standard input and output (the protocol:
/// models/plugin/README.md).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "models/model.h"
#include "models/preset.h"

namespace cupel {

/// Starts the process in `folder` and exchanges versions. `id` is the model's name in messages.
/// Throws Error{kCapability} when it cannot be started or speaks another version of the protocol.
/// This and every function of the model throw Error{kIncomplete} when the process is silent for too
/// long, ends, or answers with what was not asked for (the message names the request and quotes the
/// end of its standard error), the code that goes with its answer when it refuses, and
/// models::Cancelled. After any of these the process is gone, and the model is of no more use.
[[nodiscard]] std::unique_ptr<models::Model> start_process_model(
    const std::string& id, const models::ProcessSource& source, const std::filesystem::path& folder,
    const models::Options& options);

}  // namespace cupel
