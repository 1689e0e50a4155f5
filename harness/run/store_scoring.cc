#include "harness/run/store_scoring.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "metrics/signature.h"

namespace cupel {
namespace {

using results::Measurement;
using results::Transaction;

/// A protocol with one of its sections only.
std::string section_of(metrics::Protocol protocol, const std::string& section) {
  std::erase_if(protocol.tasks, [&](const auto& task) { return task.first != section; });
  JsonWriter json;
  metrics::write_protocol(json, protocol);
  return json.str();
}

bool has_section(const results::StoredProtocol& stored, const std::string& section,
                 const std::string& wanted) {
  if (stored.body == wanted) return true;
  try {
    return section_of(metrics::parse_protocol(stored.body, stored.name), section) == wanted;
  } catch (const Error&) {
    return false;  // a newer program's, with choices that this one does not know
  }
}

results::StoredProtocol put(results::StoreWriter& store, const Scorer& scorer) {
  auto stored = store.protocols();
  const auto serving = protocols_like(stored, scorer.protocol(), scorer.section());
  if (!serving.empty())
    return *std::ranges::find(stored, serving.front(), &results::StoredProtocol::key);
  return store.put_protocol(scorer.protocol().id, section_of(scorer.protocol(), scorer.section()));
}

std::vector<results::Row> rows_of(results::Store& store, const results::Run& run, std::size_t first,
                                  std::size_t count) {
  auto rows = store.rows(run, first, count);
  if (rows.size() == count) return rows;
  throw Error(Code::kIntegrity,
              fmt::format("{}: run {} ({}): examples or predictions are missing",
                          store.path().string(), run.id(), run.cell.model),
              "somebody changed the store; restore a copy, or import into a new store");
}

std::vector<ScoringPair> pairs_of(const std::vector<results::Row>& rows) {
  std::vector<ScoringPair> pairs;
  for (const results::Row& row : rows)
    pairs.push_back({.prediction = row.prediction, .reference = row.reference});
  return pairs;
}

/// `work` on a run's texts; what it refuses is said to be the run's.
template <typename Work>
auto on_texts(const results::Store& store, const results::Run& run, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    if (error.code() != Code::kIntegrity) throw;
    throw Error(error.code(),
                fmt::format("{}: run {} ({}), {}", store.path().string(), run.id(), run.cell.model,
                            error.what()),
                error.hint());
  }
}

/// One measurement for each metric of the task, begun now if it was not.
std::vector<Measurement> begin(results::StoreWriter& store, const results::Run& run,
                               const results::StoredProtocol& protocol, const Scorer& scorer) {
  std::vector<Measurement> measurements;
  const auto first = rows_of(store, run, 0, 1);
  const auto tables = on_texts(store, run, [&] { return scorer.tables(pairs_of(first)); });
  for (const auto& [metric, columns, ignored] : tables) {
    const metrics::Signature signature = scorer.signature(metric);
    measurements.push_back(store.begin_measurement(run, {.protocol_key = protocol.key,
                                                         .metric = metric,
                                                         .signature = signature.short_form(),
                                                         .signature_long = signature.long_form(),
                                                         .columns = columns}));
    if (measurements.back().columns == columns) continue;
    throw Error(Code::kIntegrity,
                fmt::format("{}: run {}: {} has other statistics than this program's",
                            store.path().string(), run.id(), signature.short_form()),
                "score it with the version of Cupel that the signature names");
  }
  return measurements;
}

/// Measures and stores the blocks that are missing, from the first one on.
void measure_missing(results::StoreWriter& store, const results::Run& run, Scorer& scorer,
                     const std::vector<Measurement>& measurements,
                     const std::function<void(std::size_t)>& progress) {
  const std::size_t all = (run.size + results::kBlock - 1) / results::kBlock;
  std::vector<std::size_t> next;
  for (const Measurement& one : measurements) next.push_back(one.score ? all : store.blocks(one));
  for (std::size_t block = std::ranges::min(next); block < all; ++block) {
    const std::size_t first = block * results::kBlock;
    const auto rows = rows_of(store, run, first, std::min(results::kBlock, run.size - first));
    const auto statistics = on_texts(store, run, [&] {
      return scorer.measure(
          pairs_of(rows), {.first = first, .all = run.size},
          progress ? [&](std::size_t done) { progress(first + done); } : progress);
    });
    Transaction adding(store.database());
    for (std::size_t m = 0; m < measurements.size(); ++m) {
      if (next[m] > block) continue;
      store.add_block(measurements[m], block, statistics[m].table);
      next[m] = block + 1;
    }
    adding.commit();
  }
}

/// Scores one measurement whose statistics are all there.
results::StoredScore finish(results::StoreWriter& store, const results::Run& run,
                            const results::StoredProtocol& protocol, const metrics::Metric& metric,
                            const StatisticTable& statistics, const Measurement& measurement) {
  const metrics::Value value = metric.score(statistics);
  // SQLite keeps no sign of zero, and the digest covers what is kept.
  const results::StoredScore score{.value = value ? std::optional(*value + 0.0) : std::nullopt,
                                   .reason = value ? "" : value.error(),
                                   .n = metric.counted(statistics)};
  store.end_measurement(measurement, score,
                        results::score_digest(run, protocol, measurement, statistics, score));
  return score;
}

const results::StoredInterval* find_interval(const Measurement& measurement,
                                             const ScoringOptions& options) {
  const auto at = std::ranges::find_if(measurement.intervals, [&](const auto& interval) {
    return interval.draws == options.resamples && interval.seed == options.seed &&
           interval.confidence == options.confidence;
  });
  return at == measurement.intervals.end() ? nullptr : &*at;
}

Score as_score(const Measurement& measurement, const results::StoredScore& stored,
               const ScoringOptions& options) {
  Score score{.metric = measurement.metric,
              .value = stored.value,
              .reason = stored.reason,
              .low = {},
              .high = {},
              .n = stored.n,
              .signature = measurement.signature,
              .signature_long = measurement.signature_long};
  if (const auto* interval = find_interval(measurement, options)) {
    score.low = interval->low;
    score.high = interval->high;
  }
  return score;
}

}  // namespace

std::vector<std::int64_t> protocols_like(const std::vector<results::StoredProtocol>& stored,
                                         const metrics::Protocol& protocol,
                                         const std::string& section) {
  const std::string wanted = section_of(protocol, section);
  std::vector<std::int64_t> keys;
  for (const results::StoredProtocol& one : stored) {
    if (one.name == protocol.id && has_section(one, section, wanted)) keys.push_back(one.key);
  }
  return keys;
}

StoredScores score_run(results::StoreWriter& store, const results::Run& run, Scorer& scorer,
                       const ScoringOptions& options,
                       const std::function<void(std::size_t)>& progress) {
  if (!run.complete()) {
    throw Error(Code::kIncomplete,
                fmt::format("{}: run {} ({}) has {} of {} predictions", store.path().string(),
                            run.id(), run.cell.model, run.stored, run.size),
                "run its import again; it goes on where it was interrupted");
  }
  Transaction beginning(store.database());
  const results::StoredProtocol protocol = put(store, scorer);
  std::vector<Measurement> measurements = begin(store, run, protocol, scorer);
  beginning.commit();
  measure_missing(store, run, scorer, measurements, progress);

  StoredScores result;
  std::vector<std::unique_ptr<metrics::Metric>> finishing;
  std::vector<StatisticTable> tables(measurements.size());
  std::vector<metrics::ScoredMetric> to_resample;
  std::vector<Measurement*> resampled;
  Transaction ending(store.database());
  for (std::size_t m = 0; m < measurements.size(); ++m) {
    Measurement& one = measurements[m];
    const bool wants_interval = options.resamples > 0 && find_interval(one, options) == nullptr;
    if (one.score && !wants_interval) continue;
    finishing.push_back(
        finishing_metric(scorer.protocol(), run.cell.task, one.metric, one.columns));
    tables[m] = store.statistics(run, one);
    if (!one.score) {
      one.score = finish(store, run, protocol, *finishing.back(), tables[m], one);
      ++result.added;
    }
    if (!wants_interval || !one.score->value) continue;
    to_resample.push_back({.metric = finishing.back().get(), .rows = &tables[m]});
    resampled.push_back(&one);
  }
  const auto intervals = intervals_of(to_resample, options);
  for (std::size_t i = 0; i < intervals.size(); ++i) {
    const std::optional<metrics::Interval>& interval = intervals[i];
    if (!interval) continue;
    resampled[i]->intervals.push_back({.draws = options.resamples,
                                       .seed = options.seed,
                                       .confidence = options.confidence,
                                       .low = interval->low,
                                       .high = interval->high});
    store.add_interval(*resampled[i], resampled[i]->intervals.back());
    ++result.added;
  }
  ending.commit();
  for (const Measurement& one : measurements) {
    if (one.score) result.scores.push_back(as_score(one, *one.score, options));
  }
  return result;
}

}  // namespace cupel
