/// tests/data/t5_ids_golden.json, for tests only.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "models/text/unigram_training.h"
#include "tests/support/paths.h"

namespace cupel::test {

inline JsonValue t5_ids_golden() {
  const auto path = data("t5_ids_golden.json");
  return parse_json(read_file(path), path.string());
}

inline std::vector<std::int32_t> ids_of(const JsonValue& array) {
  std::vector<std::int32_t> ids;
  for (const JsonValue& item : array.items) ids.push_back(static_cast<std::int32_t>(item.integer));
  return ids;
}

/// The model that the golden file calls ours.
inline std::string our_model() {
  const JsonValue document = t5_ids_golden();
  const std::string origin = "t5_ids_golden.json";
  JsonObject golden(document, origin);
  return train_unigram(CUPEL_SENTENCEPIECE_MODULE, golden.texts("training"),
                       static_cast<std::uint32_t>(golden.integer("size-of-ours")));
}

}  // namespace cupel::test
