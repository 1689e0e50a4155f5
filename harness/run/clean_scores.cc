#include "harness/run/clean_scores.h"

#include <algorithm>
#include <map>
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

/// The digest of the data set in a configuration; empty when there is none.
std::string dataset_in(const std::string& config, const std::string& name) {
  const JsonValue document = parse_json(config, name);
  for (const JsonMember& member : document.members) {
    if (member.key != "dataset") continue;
    for (const JsonMember& part : member.value.members) {
      if (part.key == "digest") return part.value.text;
    }
  }
  return {};
}

/// For each kind of overlap which of the run's examples occur in any of the training data. A kind
/// that is not known for all of these says nothing.
std::map<std::string, std::vector<bool>> seen_in_training(results::Store& store,
                                                          const results::Run& run) {
  const std::set<std::string> training = training_digests(store, run);
  std::map<std::string, std::vector<bool>> seen;
  std::map<std::string, std::size_t> known;
  for (const results::Overlap& overlap : store.overlaps(run.examples)) {
    if (!training.contains(to_hex(overlap.training))) continue;
    ++known[overlap.kind];
    std::vector<bool>& all = seen[overlap.kind];
    all.resize(overlap.seen.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = all[i] || overlap.seen[i];
  }
  std::erase_if(seen, [&](const auto& one) { return known.at(one.first) != training.size(); });
  return seen;
}

}  // namespace

std::set<std::string> training_digests(results::Store& store, const results::Run& run) {
  std::set<std::string> digests;
  const auto stages = store.stages_of(run);
  for (const results::StoredStage& stage : stages)
    digests.insert(dataset_in(stage.config, "stage " + to_hex(stage.digest())));
  if (stages.empty()) digests.insert(dataset_in(run.cell.config, "run " + run.id()));
  digests.erase("");
  return digests;
}

std::vector<CleanScore> clean_scores(results::Store& store, const results::Run& run,
                                     const results::StoredProtocol& protocol,
                                     const results::Measurement& measurement,
                                     const ScoringOptions& options) {
  if (!measurement.score) return {};
  const auto overlaps = seen_in_training(store, run);
  if (overlaps.empty()) return {};
  const auto body = metrics::parse_protocol(protocol.body, protocol.name);
  const auto metric =
      finishing_metric(body, run.cell.task, measurement.metric, measurement.columns);
  const StatisticTable all = store.statistics(run, measurement);
  std::vector<CleanScore> scores;
  for (const auto& [kind, seen] : overlaps) {
    const StatisticTable clean = rows_without(all, seen);
    CleanScore score{.kind = kind,
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
