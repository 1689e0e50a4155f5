/// The models of this plug-in: T5 and Atomas in all variants, from a preset's options.
#pragma once

#include <memory>

#include "models/plugin/plugin.h"

namespace cupel::nn {

/// "atomas": trains and answers as its options say (models/presets/atomas.json lists them). A
/// finished stage is model.safetensors and vocabulary.model in its folder.
[[nodiscard]] std::unique_ptr<plugin::Model> make_text_model(const plugin::Options& options);

}  // namespace cupel::nn
