#include "harness/run/clean_scores.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "harness/core/json.h"

namespace cupel {
namespace {

/// The rows that are not flagged.
StatisticTable rows_without(const StatisticTable& all, const std::vector<bool>& out) {
  const auto kept = static_cast<std::size_t>(std::ranges::count(out, false));
  StatisticTable clean(kept, all.columns());
  std::size_t next = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!out[i]) std::ranges::copy(all.row(i), clean.row(next++).begin());
  }
  return clean;
}

}  // namespace

std::string training_digest(const results::Run& run) {
  const JsonValue config = parse_json(run.cell.config, "run " + run.id());
  for (const JsonMember& member : config.members) {
    if (member.key != "dataset") continue;
    for (const JsonMember& part : member.value.members) {
      if (part.key == "digest") return part.value.text;
    }
  }
  return {};
}

std::vector<CleanScore> clean_scores(results::Store& store, const results::Run& run,
                                     const results::StoredProtocol& protocol,
                                     const results::Measurement& measurement,
                                     const ScoringOptions& options) {
  const std::string training = training_digest(run);
  if (training.empty() || !measurement.score) return {};
  const auto body = metrics::parse_protocol(protocol.body, protocol.name);
  const auto metric =
      finishing_metric(body, run.cell.task, measurement.metric, measurement.columns);
  const StatisticTable all = store.statistics(run, measurement);
  std::vector<CleanScore> scores;
  for (const results::Overlap& overlap : store.overlaps(run.examples)) {
    if (to_hex(overlap.training) != training) continue;
    const StatisticTable clean = rows_without(all, overlap.seen);
    CleanScore score{.kind = overlap.kind,
                     .seen = all.rows() - clean.rows(),
                     .value = {},
                     .reason = {},
                     .n = metric->counted(clean),
                     .low = {},
                     .high = {}};
    const metrics::Value value = clean.rows() == 0
                                     ? std::unexpected(std::string("no example is left"))
                                     : metric->score(clean);
    if (value)
      score.value = *value;
    else
      score.reason = value.error();
    const std::vector<metrics::ScoredMetric> one = {{.metric = metric.get(), .rows = &clean}};
    const auto interval = value ? intervals_of(one, options).front() : std::nullopt;
    if (interval) {
      score.low = interval->low;
      score.high = interval->high;
    }
    scores.push_back(std::move(score));
  }
  return scores;
}

}  // namespace cupel
