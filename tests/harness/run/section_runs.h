/// Runs of ranking and property tasks in a store, made for tests.
#pragma once

#include <string>
#include <vector>

#include "harness/run/import.h"
#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel::test {

/// A run over these rows as the runner would store it.
inline results::Run add_texts(results::StoreWriter& store, const ImportLabels& labels,
                              const std::vector<results::Row>& rows) {
  results::PredictionFile file;
  for (const results::Row& row : rows)
    file.rows.push_back(
        {.input = row.input, .reference = row.reference, .prediction = row.prediction});
  return import_predictions(store, file, labels, "{}").run;
}

}  // namespace cupel::test
