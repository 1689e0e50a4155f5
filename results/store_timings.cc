// Timings, which version 4 of the schema added. Older stores can be read, and have none of it.
#include "results/store.h"

namespace cupel::results {

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

}  // namespace cupel::results
