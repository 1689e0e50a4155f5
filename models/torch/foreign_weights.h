/// Weights of others, to start from.
#pragma once

#include <filesystem>
#include <string>

#include "models/torch/atomas_network.h"

namespace cupel::nn {

/// Loads a T5 v1.1 checkpoint of transformers (safetensors or pytorch_model.bin) into every encoder
/// and the decoder, or a Lightning checkpoint of Atomas into all that it names; which one it is
/// shows in the names. What the file does not have keeps its random start, but the momentum copy
/// starts equal to what was loaded. `sha256`: of the file, or empty for any. Throws as
/// TensorFile::open and load_parameters do.
void load_foreign_weights(AtomasNetwork& network, const std::filesystem::path& path,
                          const std::string& sha256);

}  // namespace cupel::nn
