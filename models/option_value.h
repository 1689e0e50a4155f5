/// Values that users give to the options of models.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "harness/core/json.h"
#include "models/model.h"

namespace cupel::models {

/// In the type of the option's default; otherwise why it cannot be: "'bits' must be an integer".
[[nodiscard]] std::expected<OptionValue, std::string> option_value(const ModelOption& option,
                                                                   const JsonValue& value);

/// A hint for an option that the model has not.
[[nodiscard]] std::string suggest_option(const std::vector<ModelOption>& options,
                                         std::string_view name);

}  // namespace cupel::models
