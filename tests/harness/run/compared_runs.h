/// Small runs in a store, made for tests of comparisons.
#pragma once

#include <cstddef>
#include <random>
#include <string>
#include <vector>

#include "harness/run/import.h"
#include "harness/run/scoring.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"
#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel::test {

/// Row i asks for the alcohol with i + 1 carbon atoms.
inline results::Row alcohol(std::size_t i) {
  std::string smiles = std::string(i + 1, 'C') + "O";
  return {.input = "alcohol number " + std::to_string(i),
          .reference = smiles,
          .prediction = std::move(smiles)};
}

/// Rows first … end − 1 of the alcohols; one prediction in `one_wrong` is another molecule or none.
inline std::vector<results::Row> alcohols(std::size_t first, std::size_t end, unsigned one_wrong,
                                          unsigned seed) {
  std::mt19937 random(seed);
  std::vector<results::Row> rows;
  for (std::size_t i = first; i < end; ++i) {
    rows.push_back(alcohol(i));
    if (random() % one_wrong != 0) continue;
    const char* wrong[] = {"C(", "CCN", "c1ccccc1O", "CC(=O)O"};
    rows.back().prediction = wrong[random() % 4];
  }
  return rows;
}

inline results::Run add_run(results::StoreWriter& store, const std::string& model,
                            const std::vector<results::Row>& rows,
                            const std::string& task = "generation") {
  std::string text = (task == "generation" ? "description" : "SMILES");
  text += "\tground truth\toutput\n";
  for (const results::Row& row : rows)
    text += row.input + "\t" + row.reference + "\t" + row.prediction + "\n";
  const auto file = results::parse_prediction_file(text, model, task);
  return import_predictions(store, file, {.model = model, .task = task},
                            R"({"file": ")" + model + R"("})")
      .run;
}

/// Runs of one task over the same examples; molecules are computed once for all of them.
inline void score_runs(results::StoreWriter& store, const std::vector<results::Run>& runs,
                       const std::string& protocol) {
  const ScoringOptions options{.resamples = 0};
  Scorer scorer(metrics::find_protocol(protocol), runs.front().cell.task,
                {.wordnet = "/usr/share/wordnet"}, options);
  for (const results::Run& run : runs)
    static_cast<void>(cupel::score_run(store, run, scorer, options));
}

inline void score_run(results::StoreWriter& store, const results::Run& run,
                      const std::string& protocol = "cupel") {
  score_runs(store, {run}, protocol);
}

/// A run, scored under `cupel`.
inline results::Run add_scored(results::StoreWriter& store, const std::string& model,
                               const std::vector<results::Row>& rows) {
  const results::Run run = add_run(store, model, rows);
  score_run(store, run);
  return run;
}

/// Copies every measurement of a run as if a program of another version had made it.
inline void score_with_version(results::StoreWriter& store, const results::Run& run,
                               const std::string& from, const std::string& to) {
  results::Transaction adding(store.database());
  for (const results::Measurement& old : store.measurements(run)) {
    results::Measurement one = old;
    one.signature_long.replace(one.signature_long.find(from), from.size(), to);
    one = store.begin_measurement(run, one);
    store.add_block(one, 0, store.statistics(run, old));
    store.end_measurement(one, *old.score, *old.digest);
  }
  adding.commit();
}

}  // namespace cupel::test
