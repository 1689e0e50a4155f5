/// Small synthetic stores, and what every test asks of one.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/digest.h"
#include "harness/run/import.h"
#include "harness/run/scoring.h"
#include "results/plan_record.h"
#include "results/prediction_file.h"

namespace cupel::test {

/// A generation file of so many rows. Inputs and references depend on the row only, predictions on
/// `variant` too; some are no molecules, some are empty.
[[nodiscard]] std::string prediction_tsv(std::size_t rows, unsigned variant);
[[nodiscard]] results::PredictionFile predictions(std::size_t rows, unsigned variant);

/// A protocol document: Levenshtein distance and validity for generation, which cost little.
extern const char* const kQuickProtocol;
/// Levenshtein distance alone, which needs no molecules and costs next to nothing.
extern const char* const kDistanceProtocol;

/// Imports predictions(rows, variant) as "model-<variant>" into a store that is made if needed.
Imported import_into(const std::filesystem::path& store, std::size_t rows, unsigned variant,
                     const std::function<void(std::size_t)>& progress = {});

/// The cell of "model-<variant>", computed on so many rows.
[[nodiscard]] results::Cell cell(std::size_t rows, unsigned variant);

/// What a runner leaves of cell(rows, variant): the first `stored` of predictions(rows, variant),
/// and the end when these are all.
void run_in(const std::filesystem::path& store, std::size_t rows, unsigned variant,
            std::size_t stored);

/// A plan of cell(rows, 1), cell(rows, 2), …
[[nodiscard]] results::StoredPlan plan_of(std::size_t cells, std::size_t rows);
/// Stores the plan, in a store that is made if needed.
void plan_in(const std::filesystem::path& store, const results::StoredPlan& plan);

/// Scores every complete run. The result: scores and intervals added.
std::size_t score_in(const std::filesystem::path& store, const ScoringOptions& options = {},
                     const char* protocol = kQuickProtocol);

/// The same under protocol "cupel", with 100 bootstrap draws.
std::size_t score_under_cupel(const std::filesystem::path& store);

[[nodiscard]] Digest content_digest(const std::filesystem::path& store);

/// What integrity_check and foreign_key_check say against a store; empty: nothing.
[[nodiscard]] std::vector<std::string> complaints(const std::filesystem::path& store);

/// Runs statements on a connection that knows nothing of Cupel. The result: SQLite's message, or
/// "" when all went well.
std::string foreign_sql(const std::filesystem::path& database, const std::string& sql);

/// What somebody with a database shell and bad intentions does: drops the triggers, changes a fact,
/// and puts the triggers back.
void tamper(const std::filesystem::path& path, const std::string& change);

[[nodiscard]] std::string bytes_of(const std::filesystem::path& path);
void write_bytes(const std::filesystem::path& path, const std::string& bytes);

}  // namespace cupel::test
