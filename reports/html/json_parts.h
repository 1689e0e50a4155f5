/// What several documents write alike.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/core/json.h"
#include "reports/table.h"

namespace cupel::reports {

inline void write_optional(JsonWriter& json, const std::optional<double>& number) {
  number ? json.value(*number) : json.null();
}
inline void write_optional(JsonWriter& json, const std::optional<std::int64_t>& number) {
  number ? json.value(*number) : json.null();
}

/// To so many significant digits, which is enough for a picture; null where it is not finite.
void write_rounded(JsonWriter& json, double number, int digits);

/// {"columns": [ids], "rows": [[cells]]}: numbers as they are.
void write_table(JsonWriter& json, const Table& table);

}  // namespace cupel::reports
