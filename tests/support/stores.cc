#include "tests/support/stores.h"

#include <fmt/format.h>

#include "harness/chem/molecule.h"
#include "harness/run/scoring.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"

namespace cupel::test {

results::PredictionFile molecules(std::size_t rows, unsigned variant) {
  std::string text = "description\tground truth\toutput\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const std::string chain = std::string(1 + i % 9, 'C') + "O" + std::string(i % 4, 'N');
    const std::size_t kind = i + variant;
    const std::string output = kind % 7 == 0 ? "C(" : kind % 3 == 0 ? "C" + chain : chain;
    text += fmt::format("molecule {}\t{}\t{}\n", i, chain, output);
  }
  return results::parse_prediction_file(std::move(text), "molecules.tsv", "generation");
}

results::Run add_run(const std::filesystem::path& store, const std::string& model,
                     const results::PredictionFile& file) {
  results::StoreWriter writer(store, true, "{}");
  return import_predictions(
             writer, file,
             {.model = model, .task = "generation", .dataset = "made-up", .split = "test"}, "{}")
      .run;
}

std::size_t score_all(const std::filesystem::path& store) {
  chem::silence_rdkit();
  const ScoringOptions options{.resamples = 100};
  results::StoreWriter writer(store, false, "{}");
  std::size_t added = 0;
  for (const results::Run& run : writer.runs()) {
    Scorer scorer(metrics::find_protocol("cupel"), run.cell.task, {}, options);
    added += score_run(writer, run, scorer, options).added;
  }
  return added;
}

}  // namespace cupel::test
