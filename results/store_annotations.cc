// What version 4 of the schema added. Older stores can be read, and have none of it.
#include <algorithm>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "results/store.h"

namespace cupel::results {

std::vector<Annotation> Store::annotations() {
  std::vector<Annotation> all;
  if (database().integer("PRAGMA user_version") < 4) return all;
  Statement row = database().prepare(
      "SELECT cell.digest, predictions, metric, reason, reviewer, facts, made_at FROM annotation"
      " JOIN cell ON cell.id = cell_id JOIN environment ON environment.id = environment_id"
      " ORDER BY annotation.id");
  for (bool more = row.start(); more; more = row.step()) {
    all.push_back({.cell = row.digest(0),
                   .predictions = row.digest(1),
                   .metric = std::string(row.text(2)),
                   .reason = std::string(row.text(3)),
                   .reviewer = std::string(row.text(4)),
                   .environment = std::string(row.text(5)),
                   .made_at = std::string(row.text(6))});
  }
  return all;
}

bool StoreWriter::put_annotation(const Annotation& annotation) {
  const auto same = [&](const Annotation& known) {
    return known.cell == annotation.cell && known.predictions == annotation.predictions &&
           known.metric == annotation.metric && known.reason == annotation.reason &&
           known.reviewer == annotation.reviewer;
  };
  if (std::ranges::any_of(annotations(), same)) return false;
  const std::int64_t key = cell_key(annotation.cell, "an annotation could speak of");
  database()
      .prepare(
          "INSERT INTO annotation (cell_id, predictions, metric, reason, reviewer, environment_id,"
          " made_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(key, annotation.predictions, annotation.metric, annotation.reason, annotation.reviewer,
           environment(), time());
  return true;
}

std::vector<Timing> Store::timings() {
  std::vector<Timing> all;
  if (database().integer("PRAGMA user_version") < 4) return all;
  Statement row = database().prepare(
      "SELECT cell.digest, batch, examples, repetition, passes, seconds, p50, p95, p99,"
      " read_tokens, padded_tokens, written_tokens, flop, peak_flop_per_second, peak_memory,"
      " facts, measured_at FROM timing"
      " JOIN cell ON cell.id = cell_id JOIN environment ON environment.id = environment_id"
      " ORDER BY timing.id");
  for (bool more = row.start(); more; more = row.step()) {
    const auto count = [&](int column) { return static_cast<std::size_t>(row.integer(column)); };
    all.push_back({.cell = row.digest(0),
                   .batch = count(1),
                   .examples = count(2),
                   .repetition = count(3),
                   .passes = count(4),
                   .seconds = row.real(5),
                   .p50 = row.real(6),
                   .p95 = row.real(7),
                   .p99 = row.real(8),
                   .read_tokens = row.maybe_real(9),
                   .padded_tokens = row.maybe_real(10),
                   .written_tokens = row.maybe_real(11),
                   .flop = row.maybe_real(12),
                   .peak_flop_per_second = row.maybe_real(13),
                   .peak_memory = row.maybe_real(14),
                   .environment = std::string(row.text(15)),
                   .measured_at = std::string(row.text(16))});
  }
  return all;
}

void StoreWriter::put_timing(const Timing& timing) {
  const std::int64_t key = cell_key(timing.cell, "could have taken time");
  Statement known = database().prepare(
      "SELECT 1 FROM timing WHERE cell_id = ? AND batch = ? AND repetition = ? AND measured_at = "
      "?");
  const std::string at = time();
  if (known.start(key, timing.batch, timing.repetition, at)) return;
  known.reset();
  database()
      .prepare(
          "INSERT INTO timing (cell_id, batch, examples, repetition, passes, seconds, p50, p95,"
          " p99, read_tokens, padded_tokens, written_tokens, flop, peak_flop_per_second,"
          " peak_memory, environment_id, measured_at)"
          " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .run(key, timing.batch, timing.examples, timing.repetition, timing.passes, timing.seconds,
           timing.p50, timing.p95, timing.p99, timing.read_tokens, timing.padded_tokens,
           timing.written_tokens, timing.flop, timing.peak_flop_per_second, timing.peak_memory,
           environment(), at);
}

std::int64_t StoreWriter::cell_key(const Digest& digest, const char* what) {
  Statement cell = database().prepare("SELECT id FROM cell WHERE digest = ?");
  if (!cell.start(digest)) {
    throw Error(Code::kStore,
                fmt::format("{}: no cell {:.12} that {}", path().string(), to_hex(digest), what),
                "name a run that the store has");
  }
  return cell.integer(0);
}

}  // namespace cupel::results
