/// tests/data/alignment_golden.json (tests/oracle/alignment_golden.py), for tests only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/molecules.h"
#include "tests/support/paths.h"

namespace cupel::test {

inline JsonValue alignment_golden(const std::string& part) {
  const auto path = data("alignment_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  return member(document, part);
}

inline std::vector<std::int32_t> numbers(const JsonValue& array) {
  std::vector<std::int32_t> all;
  for (const JsonValue& item : array.items) all.push_back(static_cast<std::int32_t>(item.integer));
  return all;
}

}  // namespace cupel::test
