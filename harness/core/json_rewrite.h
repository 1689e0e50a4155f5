/// Documents that were read, written again.
#pragma once

#include "harness/core/json.h"

namespace cupel {

/// Members keep their order, and numbers are what they were: a document of JsonWriter's becomes the
/// same bytes.
void write_json(JsonWriter& json, const JsonValue& value);

}  // namespace cupel
