/// How options reach a model outside of this program.
#pragma once

#include <string>

#include "harness/core/json.h"
#include "models/model.h"

namespace cupel {

/// One flat JSON object, keys in order.
void write_options(JsonWriter& json, const models::Options& options);

/// The document on one line, without a line break at its end.
[[nodiscard]] std::string one_line(const JsonWriter& json);

}  // namespace cupel
