/// Plans in stores, with cells as a runner leaves them, whose scores a test decides.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "results/content_digest.h"
#include "results/store.h"
#include "tests/support/stores.h"

namespace cupel::test {

/// A cell of generation. Of a model `model`, called `name`, with these options (members of a JSON
/// object).
struct MadeCell {
  std::string name;
  std::string options;
  std::string dataset = "made";
  std::optional<std::int64_t> seed = 1;
  std::string model = "maker";
  std::optional<Digest> stage = {};

  [[nodiscard]] results::Cell cell() const {
    std::string config = fmt::format(
        R"({{"dataset":{{"digest":"d","id":"{}"}},"kind":"run","model":{{"identity":{{"model":"{}"}},)"
        R"("options":{{{}}},"version":1}},"rdkit":"2025.03.1")",
        dataset, model, options);
    if (seed) config += fmt::format(R"(,"seed":{})", *seed);
    if (stage) config += fmt::format(R"(,"stage":"{}")", to_hex(*stage));
    return {.config = config + R"(,"split":"test","task":{"id":"generation","version":1}})",
            .model = name,
            .task = "generation",
            .dataset = dataset,
            .split = "test",
            .seed = seed};
  }
};

/// A stage of pre-training with these options, put into the store.
inline Digest put_stage(results::StoreWriter& store, const std::string& options,
                        std::optional<std::int64_t> seed = 1) {
  results::StoredStage stage{
      .config = fmt::format(
          R"({{"dataset":{{"digest":"p","id":"pairs"}},"kind":"stage","model":{{"identity":{{"model":)"
          R"("maker"}},"options":{{{}}},"version":1}},"objective":"pretraining","seed":{}}})",
          options, seed.value_or(0)),
      .objective = "pretraining",
      .dataset = "pairs",
      .seed = seed,
      .parent = {},
      .environment = {},
      .made_at = {}};
  results::Transaction adding(store.database());
  const Digest digest = store.put_stage(stage).digest();
  adding.commit();
  return digest;
}

/// The run of a cell: row i is predicted at an edit distance of distances[i] (4999 at most) from
/// its reference. `reversed`: the examples stand in the other order.
inline void put_run(results::StoreWriter& store, const results::Cell& cell,
                    std::vector<unsigned> distances, bool reversed = false) {
  std::vector<results::Row> rows;
  for (std::size_t i = 0; i < distances.size(); ++i)
    rows.push_back({.input = fmt::format("{} {}", cell.dataset, i),
                    .reference = "CC",
                    .prediction = "CC" + std::string(distances[i], 'C')});
  if (reversed) rows = {rows.rbegin(), rows.rend()};
  results::MerkleTree examples;
  results::MerkleTree predictions;
  for (const results::Row& row : rows) {
    examples.add(results::example_digest(row.input, row.reference));
    predictions.add(results::prediction_digest(row.prediction));
  }
  results::Transaction adding(store.database());
  const results::Run run = store.begin_run(cell, examples.root(), rows.size(), "{}");
  const std::size_t known = store.examples_stored(run);
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const auto& [input, reference, prediction] = rows[i];
    if (i >= known)
      store.add_example(run, i, results::example_digest(input, reference), input, reference);
    store.add_prediction(run, i, results::prediction_digest(prediction), prediction);
  }
  store.end_run(run, predictions.root());
  adding.commit();
}

inline void put_plan(results::StoreWriter& store, const std::vector<results::PlannedCell>& cells,
                     const std::string& name = "sweep") {
  results::Transaction adding(store.database());
  static_cast<void>(store.put_plan({.name = name, .manifest = "{}", .cells = cells}));
  adding.commit();
}

}  // namespace cupel::test
