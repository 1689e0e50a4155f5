#include <chrono>
#include <utility>

#include <fmt/chrono.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "results/number_block.h"
#include "results/store.h"

namespace cupel::results {
namespace {

std::string json_of(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) out += (out.size() > 1 ? "," : "") + json_quote(text);
  return out + "]";
}

/// The id of the row that the query finds, or 0.
template <typename... Values>
std::int64_t id_of(Database& database, std::string_view query, const Values&... values) {
  Statement statement = database.prepare(query);
  return statement.start(values...) ? statement.integer(0) : 0;
}

}  // namespace

StoreWriter::StoreWriter(const std::filesystem::path& path, bool create, std::string environment)
    : StoreWriter(std::make_unique<WriterLock>(path), path, create, std::move(environment)) {}

StoreWriter::StoreWriter(std::unique_ptr<WriterLock> lock, const std::filesystem::path& path,
                         bool create, std::string environment)
    : Store(open_store_to_write(path, create)),
      lock_(std::move(lock)),
      environment_facts_(std::move(environment)),
      add_example_(database().prepare("INSERT INTO example VALUES (?, ?, ?, ?, ?)")),
      add_prediction_(database().prepare("INSERT INTO prediction VALUES (?, ?, ?, ?)")) {
  // Most of a large import fits, and it is freed when the store is closed.
  database().run("PRAGMA cache_size = -65536");
}

std::int64_t StoreWriter::environment() {
  // Not remembered: the transaction that added it may have been rolled back.
  const std::int64_t known =
      id_of(database(), "SELECT id FROM environment WHERE facts = ?", environment_facts_);
  if (known != 0) return known;
  database().prepare("INSERT INTO environment (facts) VALUES (?)").run(environment_facts_);
  return database().last_id();
}

std::string utc_now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

std::string StoreWriter::time() const { return time_.empty() ? utc_now() : time_; }

void StoreWriter::record_as_of(std::string environment, std::string time) {
  environment_facts_ = std::move(environment);
  time_ = std::move(time);
}

Run StoreWriter::begin_run(const Cell& cell, const Digest& examples, std::size_t size,
                           const std::string& source) {
  Database& db = database();
  const Digest digest = cell.digest();
  if (id_of(db, "SELECT run.id FROM run JOIN cell ON cell.id = cell_id WHERE digest = ?", digest) ==
      0) {
    std::int64_t set = id_of(db, "SELECT id FROM example_set WHERE digest = ?", examples);
    if (set == 0) {
      db.prepare("INSERT INTO example_set (digest, size) VALUES (?, ?)").run(examples, size);
      set = db.last_id();
    }
    std::int64_t planned = id_of(db, "SELECT id FROM cell WHERE digest = ?", digest);
    if (planned == 0) {
      db.prepare(
            "INSERT INTO cell (digest, config, model, task, dataset, split, seed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)")
          .run(digest, cell.config, cell.model, cell.task, cell.dataset, cell.split, cell.seed);
      planned = db.last_id();
    }
    db.prepare(
          "INSERT INTO run (cell_id, set_id, environment_id, source, started_at)"
          " VALUES (?, ?, ?, ?, ?)")
        .run(planned, set, environment(), source, time());
  }
  return *run_of(digest);
}

void StoreWriter::add_example(const Run& run, std::size_t position, const Digest& digest,
                              std::string_view input, std::string_view reference) {
  add_example_.run(run.set_key, position, digest, input, reference);
}

void StoreWriter::add_prediction(const Run& run, std::size_t position, const Digest& digest,
                                 std::string_view text) {
  add_prediction_.run(run.key, position, digest, text);
}

void StoreWriter::end_run(const Run& run, const Digest& predictions) {
  database().prepare("INSERT INTO run_end VALUES (?, ?, ?)").run(run.key, predictions, time());
}

StoredProtocol StoreWriter::put_protocol(const std::string& name, const std::string& body) {
  StoredProtocol protocol{.name = name, .body = body};
  const Digest digest = protocol.digest();
  protocol.key = id_of(database(), "SELECT id FROM protocol WHERE digest = ?", digest);
  if (protocol.key != 0) return protocol;
  database()
      .prepare("INSERT INTO protocol (digest, name, body) VALUES (?, ?, ?)")
      .run(digest, name, body);
  protocol.key = database().last_id();
  return protocol;
}

Measurement StoreWriter::begin_measurement(const Run& run, Measurement measurement) {
  for (Measurement& known : measurements(run)) {
    if (known.protocol_key == measurement.protocol_key && known.metric == measurement.metric &&
        known.signature_long == measurement.signature_long)
      return std::move(known);
  }
  database()
      .prepare(
          "INSERT INTO measurement (run_id, protocol_id, metric, signature, signature_long,"
          " columns, environment_id) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(run.key, measurement.protocol_key, measurement.metric, measurement.signature,
           measurement.signature_long, json_of(measurement.columns), environment());
  measurement.key = database().last_id();
  return measurement;
}

void StoreWriter::add_block(const Measurement& measurement, std::size_t block,
                            const StatisticTable& numbers) {
  Statement insert = database().prepare("INSERT INTO statistic VALUES (?, ?, ?, ?)");
  std::vector<double> column(numbers.rows());
  for (std::size_t c = 0; c < numbers.columns(); ++c) {
    for (std::size_t i = 0; i < numbers.rows(); ++i) column[i] = numbers.row(i)[c];
    insert.run(measurement.key, block, c, Blob{pack_numbers(column)});
  }
}

void StoreWriter::end_measurement(const Measurement& measurement, const StoredScore& score,
                                  const Digest& digest) {
  database()
      .prepare("INSERT INTO score VALUES (?, ?, ?, ?, ?, ?)")
      .run(measurement.key, score.value, score.reason, score.n, digest, time());
}

void StoreWriter::add_interval(const Measurement& measurement, const StoredInterval& interval) {
  database()
      .prepare("INSERT INTO interval VALUES (?, ?, ?, ?, ?, ?)")
      .run(measurement.key, interval.draws, static_cast<std::int64_t>(interval.seed),
           interval.confidence, interval.low, interval.high);
}

}  // namespace cupel::results
