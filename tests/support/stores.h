/// Small stores for tests.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "harness/run/import.h"
#include "results/prediction_file.h"
#include "results/store.h"

namespace cupel::test {

/// `rows` molecules with predictions of which two in three are right and one in seven is no
/// molecule; `variant` changes the predictions only.
[[nodiscard]] results::PredictionFile molecules(std::size_t rows, unsigned variant = 0);

/// Imports it as a generation run on "made-up" test.
results::Run add_run(const std::filesystem::path& store, const std::string& model,
                     const results::PredictionFile& file);

/// Scores every run under "cupel" with 100 draws; the number of new scores and intervals.
std::size_t score_all(const std::filesystem::path& store);

}  // namespace cupel::test
