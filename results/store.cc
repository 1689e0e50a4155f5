#include "results/store.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "results/content_digest.h"
#include "results/number_block.h"

namespace cupel::results {
namespace {

std::vector<std::string> texts_of(std::string_view json, const std::string& store) {
  std::vector<std::string> all;
  try {
    for (const JsonValue& item : parse_json(json, "columns").items) all.push_back(item.text);
  } catch (const Error& error) {
    throw Error(Code::kIntegrity, fmt::format("{}: a measurement's {}", store, error.what()),
                "somebody changed the store; restore a copy, or import into a new store");
  }
  return all;
}

constexpr std::string_view kRunQuery =
    "SELECT run.id, set_id, config, model, task, dataset, split, seed, cell.digest,"
    " example_set.digest, size, predictions, source, started_at,"
    " (SELECT max(position) + 1 FROM prediction WHERE run_id = run.id), facts, finished_at"
    " FROM run JOIN cell ON cell.id = cell_id JOIN example_set ON example_set.id = set_id"
    " JOIN environment ON environment.id = environment_id"
    " LEFT JOIN run_end ON run_end.run_id = run.id";

Run read_run(const Statement& row) {
  Run run{.key = row.integer(0),
          .set_key = row.integer(1),
          .cell = {.config = std::string(row.text(2)),
                   .model = std::string(row.text(3)),
                   .task = std::string(row.text(4)),
                   .dataset = std::string(row.text(5)),
                   .split = std::string(row.text(6)),
                   .seed = {}},
          .digest = row.digest(8),
          .examples = row.digest(9),
          .size = static_cast<std::size_t>(row.integer(10)),
          .stored = static_cast<std::size_t>(row.integer(14)),
          .predictions = {},
          .source = std::string(row.text(12)),
          .environment = std::string(row.text(15)),
          .started_at = std::string(row.text(13)),
          .finished_at = std::string(row.text(16))};
  if (!row.is_null(7)) run.cell.seed = row.integer(7);
  if (!row.is_null(11)) run.predictions = row.digest(11);
  return run;
}

bool means(const std::string& selector, const Run& run) {
  if (selector == run.cell.model) return true;
  return selector.size() >= 4 && to_hex(run.digest).starts_with(selector);
}

}  // namespace

std::optional<StoredInterval> Measurement::best_interval() const {
  const auto best = std::ranges::max_element(
      intervals, {}, [](const auto& one) { return std::pair(one.draws, one.confidence); });
  if (best == intervals.end()) return std::nullopt;
  return *best;
}

Digest StoredProtocol::digest() const { return sha256(body); }

Digest example_digest(std::string_view input, std::string_view reference) {
  return CanonicalRow("example").text(input).text(reference).leaf();
}

Digest prediction_digest(std::string_view text) {
  return CanonicalRow("prediction").text(text).leaf();
}

Digest score_digest(const Run& run, const StoredProtocol& protocol, const Measurement& measurement,
                    const StatisticTable& statistics, const StoredScore& score) {
  CanonicalRow row("score");
  row.digest(run.digest).digest(protocol.digest());
  row.text(measurement.metric).text(measurement.signature_long);
  for (std::size_t c = 0; c < measurement.columns.size(); ++c) {
    CanonicalRow column("statistic");
    for (std::size_t i = 0; i < statistics.rows(); ++i) column.real(statistics.row(i)[c]);
    row.text(measurement.columns[c]).digest(column.leaf());
  }
  if (score.value)
    row.real(*score.value);
  else
    row.nothing();
  return row.text(score.reason).integer(static_cast<std::int64_t>(score.n)).leaf();
}

std::vector<Run> Store::runs() {
  std::vector<Run> all;
  Statement query = database_.prepare(std::string(kRunQuery) + " ORDER BY run.id");
  for (bool more = query.start(); more; more = query.step()) all.push_back(read_run(query));
  return all;
}

std::optional<Run> Store::run_of(const Digest& cell) {
  Statement query = database_.prepare(std::string(kRunQuery) + " WHERE cell.digest = ?");
  if (!query.start(cell)) return std::nullopt;
  return read_run(query);
}

Run Store::find_run(const std::string& selector, const std::string& task) {
  if (const auto whole = from_hex(selector)) {  // thousands are asked for, one after the other
    auto run = run_of(*whole);
    if (run && (task.empty() || task == run->cell.task)) return *std::move(run);
  }
  std::vector<Run> found;
  std::vector<std::string> known;
  for (const Run& run : runs()) {
    const bool wanted = task.empty() || task == run.cell.task;
    if (wanted && means(selector, run)) found.push_back(run);
    known.push_back(fmt::format("{} ({}, {})", run.id(), run.cell.model, run.cell.task));
  }
  if (found.size() == 1) return found.front();
  if (found.empty()) {
    throw Error(Code::kUsage, fmt::format("{}: no run '{}'", path().string(), selector),
                known.empty() ? "the store is empty; 'cupel import' adds runs"
                              : fmt::format("known runs: {}", fmt::join(known, ", ")));
  }
  known.clear();
  for (const Run& run : found)
    known.push_back(fmt::format("{} ({}, {})", run.id(), run.cell.model, run.cell.task));
  throw Error(Code::kUsage,
              fmt::format("{}: {} runs are called '{}'", path().string(), found.size(), selector),
              fmt::format("name one by its id, or narrow the choice with --task: {}",
                          fmt::join(known, ", ")));
}

std::vector<Row> Store::rows(const Run& run, std::size_t first, std::size_t count) {
  std::vector<Row> all;
  Statement query = database_.prepare(
      "SELECT input, reference, text FROM example JOIN prediction USING (position)"
      " WHERE set_id = ? AND run_id = ? AND position >= ? AND position < ? ORDER BY position");
  for (bool more = query.start(run.set_key, run.key, first, first + count); more;
       more = query.step()) {
    all.push_back({.input = std::string(query.text(0)),
                   .reference = std::string(query.text(1)),
                   .prediction = std::string(query.text(2))});
  }
  return all;
}

std::size_t Store::examples_stored(const Run& run) {
  Statement query =
      database_.prepare("SELECT coalesce(max(position) + 1, 0) FROM example WHERE set_id = ?");
  query.start(run.set_key);
  return static_cast<std::size_t>(query.integer(0));
}

std::vector<StoredProtocol> Store::protocols() {
  std::vector<StoredProtocol> all;
  Statement query = database_.prepare("SELECT id, name, body FROM protocol ORDER BY id");
  for (bool more = query.start(); more; more = query.step()) {
    all.push_back({.key = query.integer(0),
                   .name = std::string(query.text(1)),
                   .body = std::string(query.text(2))});
  }
  return all;
}

std::vector<Measurement> Store::measurements(const Run& run) {
  std::vector<Measurement> all;
  Statement query = database_.prepare(
      "SELECT measurement.id, protocol_id, metric, signature, signature_long, columns, value, "
      "reason,"
      " n, digest, facts, scored_at FROM measurement"
      " JOIN environment ON environment.id = environment_id"
      " LEFT JOIN score ON measurement_id = measurement.id WHERE run_id = ? ORDER BY 1");
  Statement intervals = database_.prepare(
      "SELECT draws, seed, confidence, low, high FROM interval WHERE measurement_id = ?");
  for (bool more = query.start(run.key); more; more = query.step()) {
    Measurement one{.key = query.integer(0),
                    .protocol_key = query.integer(1),
                    .metric = std::string(query.text(2)),
                    .signature = std::string(query.text(3)),
                    .signature_long = std::string(query.text(4)),
                    .columns = texts_of(query.text(5), path().string()),
                    .environment = std::string(query.text(10)),
                    .scored_at = std::string(query.text(11))};
    if (!query.is_null(9)) {
      one.score = StoredScore{.value = query.maybe_real(6),
                              .reason = std::string(query.text(7)),
                              .n = static_cast<std::size_t>(query.integer(8))};
      one.digest = query.digest(9);
    }
    for (bool next = intervals.start(one.key); next; next = intervals.step()) {
      one.intervals.push_back({.draws = static_cast<std::size_t>(intervals.integer(0)),
                               .seed = static_cast<std::uint64_t>(intervals.integer(1)),
                               .confidence = intervals.real(2),
                               .low = intervals.real(3),
                               .high = intervals.real(4)});
    }
    all.push_back(std::move(one));
  }
  return all;
}

std::size_t Store::blocks(const Measurement& measurement) {
  Statement query =
      database_.prepare("SELECT max(block) + 1 FROM statistic WHERE measurement_id = ?");
  query.start(measurement.key);
  return static_cast<std::size_t>(query.integer(0));
}

StatisticTable Store::statistics(const Run& run, const Measurement& measurement) {
  const auto wrong = [&] {
    return Error(Code::kIntegrity,
                 fmt::format("{}: run {}, {}: statistics are missing or of another size",
                             path().string(), run.id(), measurement.signature),
                 "somebody changed the store; restore a copy, or import into a new store");
  };
  const std::size_t width = measurement.columns.size();
  const std::size_t blocks = run.size / kBlock + (run.size % kBlock == 0 ? 0 : 1);
  // Counted before memory is taken: a size that somebody wrote into the file proves nothing.
  Statement count = database_.prepare("SELECT count(*) FROM statistic WHERE measurement_id = ?");
  count.start(measurement.key);
  const auto stored = static_cast<std::size_t>(count.integer(0));
  if (width == 0 || stored % width != 0 || stored / width != blocks) throw wrong();

  StatisticTable table(run.size, width);
  Statement query = database_.prepare(
      "SELECT block, place, numbers FROM statistic WHERE measurement_id = ? ORDER BY block, place");
  std::size_t seen = 0;
  for (bool more = query.start(measurement.key); more; more = query.step(), ++seen) {
    // Blocks and places follow each other without a gap, or something was taken away.
    const std::size_t first = seen / width * kBlock;
    const auto numbers =
        unpack_numbers(query.blob(2), std::min(kBlock, run.size - std::min(first, run.size)));
    if (query.integer(0) != static_cast<std::int64_t>(seen / width) ||
        query.integer(1) != static_cast<std::int64_t>(seen % width) || !numbers)
      throw wrong();
    for (std::size_t i = 0; i < numbers->size(); ++i)
      table.row(first + i)[seen % width] = (*numbers)[i];
  }
  return table;
}

Digest Store::content_digest() {
  std::vector<Digest> leaves = plan_digests();
  for (const Run& run : runs()) {
    if (!run.predictions) continue;
    leaves.push_back(CanonicalRow("run")
                         .digest(run.digest)
                         .digest(run.examples)
                         .digest(*run.predictions)
                         .leaf());
    for (const Measurement& measurement : measurements(run)) {
      if (!measurement.digest) continue;
      const Digest scored = *measurement.digest;
      leaves.push_back(scored);
      for (const StoredInterval& interval : measurement.intervals) {
        leaves.push_back(CanonicalRow("interval")
                             .digest(scored)
                             .integer(static_cast<std::int64_t>(interval.draws))
                             .integer(static_cast<std::int64_t>(interval.seed))
                             .real(interval.confidence)
                             .real(interval.low)
                             .real(interval.high)
                             .leaf());
      }
    }
  }
  return merkle_root_of_set(std::move(leaves));
}

}  // namespace cupel::results
