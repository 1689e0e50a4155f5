/// The store: plans, runs, predictions, per-example statistics and scores in one SQLite file to
/// which facts are only added. What stands in it is described by results/migrations/*.sql.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/digest.h"
#include "harness/core/statistics.h"
#include "results/annotation.h"
#include "results/plan_record.h"
#include "results/sqlite.h"
#include "results/stage_record.h"
#include "results/store_file.h"
#include "results/timing.h"

namespace cupel::results {

/// Examples in one block of statistics; scoring resumes at the first block that is missing.
inline constexpr std::size_t kBlock = 4096;

/// A cell being done, or done.
struct Run {
  std::int64_t key = 0;  ///< within this file only
  std::int64_t set_key = 0;
  Cell cell;
  Digest digest{};                    ///< of the cell
  Digest examples{};                  ///< Merkle root of the example digests
  std::size_t size = 0;               ///< examples
  std::size_t stored = 0;             ///< predictions that are there: the first ones
  std::optional<Digest> predictions;  ///< Merkle root of their digests, once the run is complete
  std::string source;                 ///< JSON: the file that it was imported from
  std::string environment;            ///< JSON: where and with what
  std::string started_at;             ///< UTC, ISO 8601
  std::string finished_at;            ///< empty: it is not complete

  [[nodiscard]] std::string id() const { return to_hex(digest).substr(0, kRunId); }
  [[nodiscard]] bool complete() const { return predictions.has_value(); }
};

/// One example and what was predicted for it.
struct Row {
  std::string input;
  std::string reference;
  std::string prediction;
};

/// A protocol as it was when it was used; the digest is the SHA-256 of the body.
struct StoredProtocol {
  std::int64_t key = 0;
  std::string name;
  std::string body;  ///< JSON, as metrics::write_protocol writes it
  [[nodiscard]] Digest digest() const;
};

struct StoredInterval {
  std::size_t draws = 0;
  std::uint64_t seed = 0;
  double confidence = 0.0;
  double low = 0.0;
  double high = 0.0;
  bool operator==(const StoredInterval&) const = default;
};

/// A score, or the reason why there is none.
struct StoredScore {
  std::optional<double> value;
  std::string reason;
  std::size_t n = 0;
  bool operator==(const StoredScore&) const = default;
};

/// One metric of one protocol on one run.
struct Measurement {
  std::int64_t key = 0;
  std::int64_t protocol_key = 0;
  std::string metric;
  std::string signature;
  std::string signature_long;
  std::vector<std::string> columns;  ///< names of the statistics of an example
  std::optional<StoredScore> score;  ///< once it is complete
  std::optional<Digest> digest;      ///< of the score with its statistics, see score_digest
  std::vector<StoredInterval> intervals;
  std::string environment;  ///< JSON: where and with what
  std::string scored_at;    ///< UTC, ISO 8601; empty: it is not complete

  /// The one that reports show: of the most draws, then of the highest confidence.
  [[nodiscard]] std::optional<StoredInterval> best_interval() const;
};

/// The present time as the store keeps it: UTC, ISO 8601, whole seconds.
[[nodiscard]] std::string utc_now();

[[nodiscard]] Digest example_digest(std::string_view input, std::string_view reference);
[[nodiscard]] Digest prediction_digest(std::string_view text);

/// Covers the cell, the protocol, the metric with its long signature, every statistic of every
/// example, and the score.
[[nodiscard]] Digest score_digest(const Run& run, const StoredProtocol& protocol,
                                  const Measurement& measurement, const StatisticTable& statistics,
                                  const StoredScore& score);

/// Reading. Opening takes milliseconds whatever the size. Not thread-safe. Everything throws
/// Error{kStore} when the file cannot be read, and Error{kIntegrity} for what cannot be a store's.
class Store {
 public:
  /// See open_store_to_read.
  explicit Store(const std::filesystem::path& path) : Store(open_store_to_read(path)) {}

  /// In the order in which they were begun.
  [[nodiscard]] std::vector<Run> runs();
  /// The run of a cell, whatever else is in the store.
  [[nodiscard]] std::optional<Run> run_of(const Digest& cell);
  /// The run that `selector` means: the first digits of its id (four or more) or its model's name.
  /// `task`, when not empty, narrows the choice. Throws Error{kUsage} listing the candidates when
  /// there is none, or more than one.
  [[nodiscard]] Run find_run(const std::string& selector, const std::string& task = {});

  /// Rows [first, first + count) of a run, as far as their predictions are there.
  [[nodiscard]] std::vector<Row> rows(const Run& run, std::size_t first, std::size_t count);

  /// How many examples of the run's set are there: the first ones.
  [[nodiscard]] std::size_t examples_stored(const Run& run);

  [[nodiscard]] std::vector<StoredProtocol> protocols();
  [[nodiscard]] std::vector<Measurement> measurements(const Run& run);
  /// All statistics of a complete measurement, one row an example.
  [[nodiscard]] StatisticTable statistics(const Run& run, const Measurement& measurement);
  /// Blocks of statistics that are there: the first ones.
  [[nodiscard]] std::size_t blocks(const Measurement& measurement);

  /// In the order in which they were stored. A store of schema version 1 has no plans, failures and
  /// overlaps.
  [[nodiscard]] std::vector<StoredPlan> plans();
  /// The plan that `selector` means: the first digits of its id (four or more) or its name; empty:
  /// the one made last. Throws Error{kUsage} listing the candidates when there is none, or more
  /// than one.
  [[nodiscard]] StoredPlan find_plan(const std::string& selector);
  /// In the order in which they were stored.
  [[nodiscard]] std::vector<StoredFailure> failures();
  /// All that is known of these examples.
  [[nodiscard]] std::vector<Overlap> overlaps(const Digest& examples);
  [[nodiscard]] std::optional<Overlap> overlap(const Digest& training, const Digest& examples,
                                               std::string_view kind);

  /// In the order in which they were stored. A store of schema version 1 or 2 has none.
  [[nodiscard]] std::vector<StoredStage> stages();
  [[nodiscard]] std::optional<StoredStage> stage(const Digest& digest);
  /// The stages of the model that answered this run, the first one first; empty: it was not trained
  /// in stages. Throws Error{kIntegrity} when one of them is not there.
  [[nodiscard]] std::vector<StoredStage> stages_of(const Run& run);
  /// Names of what a training told of itself.
  [[nodiscard]] std::vector<std::string> curves(const StoredStage& stage);
  /// By step.
  [[nodiscard]] std::vector<CurvePoint> curve(const StoredStage& stage, std::string_view name);

  /// In the order in which they were stored. A store of an older schema version has none.
  [[nodiscard]] std::vector<Annotation> annotations();
  [[nodiscard]] std::vector<Timing> timings();

  /// The Merkle root over all plans, complete runs, scores and intervals, in no order, as their
  /// stored digests say (check_store says whether those are right).
  [[nodiscard]] Digest content_digest();

  [[nodiscard]] Database& database() { return database_; }
  [[nodiscard]] const std::filesystem::path& path() const { return database_.path(); }

 protected:
  explicit Store(Database database) : database_(std::move(database)) {}

 private:
  [[nodiscard]] std::vector<Digest> plan_digests();

  Database database_;
};

/// Writing, by one process at a time. Nothing is changed that was written before; what is there
/// already is not written again. Every call belongs into a Transaction of the caller's.
class StoreWriter : public Store {
 public:
  /// Takes the WriterLock; `create` makes a missing store. `environment`: JSON, kept beside what
  /// this process adds.
  StoreWriter(const std::filesystem::path& path, bool create, std::string environment);

  /// The run of this cell, begun now if it was not.
  Run begin_run(const Cell& cell, const Digest& examples, std::size_t size,
                const std::string& source);
  void add_example(const Run& run, std::size_t position, const Digest& digest,
                   std::string_view input, std::string_view reference);
  void add_prediction(const Run& run, std::size_t position, const Digest& digest,
                      std::string_view text);
  void end_run(const Run& run, const Digest& predictions);

  StoredProtocol put_protocol(const std::string& name, const std::string& body);
  /// `measurement` holds run, protocol, metric, signatures and columns; returned with its key and
  /// with what is known of it.
  Measurement begin_measurement(const Run& run, Measurement measurement);
  void add_block(const Measurement& measurement, std::size_t block, const StatisticTable& numbers);
  void end_measurement(const Measurement& measurement, const StoredScore& score,
                       const Digest& digest);
  void add_interval(const Measurement& measurement, const StoredInterval& interval);

  /// The plan with these cells, as it was stored first: now, if it was not there.
  StoredPlan put_plan(StoredPlan plan);
  void add_failure(const Digest& cell, std::string_view what);
  /// What is known already is not added. Throws Error{kStore} when the store has not these
  /// examples, or another number of them.
  void put_overlap(const Overlap& overlap);

  /// The stage of this configuration, as it was stored first: now, if it was not there. Its parent
  /// is there already.
  StoredStage put_stage(StoredStage stage);
  /// What is known already is not added.
  void end_stage(const StoredStage& stage, const StageEnd& end);
  /// The first value of a step stays.
  void add_point(const StoredStage& stage, std::string_view name, const CurvePoint& point);

  /// False: the same was said before, and nothing is added. Environment and time are those of this
  /// process, as everywhere. Throws Error{kStore} when the store has not this cell.
  bool put_annotation(const Annotation& annotation);
  /// The same. What is known of this time already is not added.
  void put_timing(const Timing& timing);

  /// From now on, what is added is recorded as of this environment (JSON) and time (UTC, ISO 8601):
  /// facts that are copied from another store keep theirs.
  void record_as_of(std::string environment, std::string time);

 private:
  StoreWriter(std::unique_ptr<WriterLock> lock, const std::filesystem::path& path, bool create,
              std::string environment);

  /// Added with the first fact that needs it: a call that adds nothing adds no environment either.
  [[nodiscard]] std::int64_t environment();
  /// Throws Error{kStore} when there is none: "no cell 0123… that {what}".
  [[nodiscard]] std::int64_t cell_key(const Digest& digest, const char* what);
  /// Now, unless record_as_of said otherwise.
  [[nodiscard]] std::string time() const;

  std::unique_ptr<WriterLock> lock_;
  std::string environment_facts_;
  std::string time_;  // empty: now
  Statement add_example_;
  Statement add_prediction_;
};

}  // namespace cupel::results
