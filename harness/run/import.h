/// Somebody's prediction file becomes a run in the store.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel {

/// What a prediction file does not say of itself.
struct ImportLabels {
  std::string model;
  std::string task;
  std::string dataset;
  std::string split;
  std::optional<std::int64_t> seed;
};

struct Imported {
  results::Run run;
  std::size_t before = 0;  ///< predictions that an earlier, interrupted import had stored
};

/// Stores what is not there yet, in transactions of some ten thousand rows: after each, `progress`
/// (may be empty) is told how many predictions are safe. The cell's configuration holds the labels,
/// the Merkle roots of examples and predictions and nothing of the file, so that the same
/// predictions from another format are the same run. `source` is JSON about the file.
[[nodiscard]] Imported import_predictions(results::StoreWriter& store,
                                          const results::PredictionFile& file,
                                          const ImportLabels& labels, const std::string& source,
                                          const std::function<void(std::size_t)>& progress = {});

}  // namespace cupel
