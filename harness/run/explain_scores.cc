#include "harness/run/explain_scores.h"

#include <algorithm>
#include <map>
#include <utility>

#include "harness/core/parallel.h"
#include "harness/run/explain_measures.h"
#include "harness/run/explain_rows.h"
#include "metrics/builtin.h"

namespace cupel {
namespace {

using Values = std::vector<std::optional<double>>;
using Share = std::function<void(double)>;

/// Enough for all threads; its numbers (at most some 100 kB an example) are in memory together.
constexpr std::size_t kExamplesAtOnce = 64;

}  // namespace

struct ExplainScores::Parts {
  std::vector<TextPair> pairs;
  metrics::TaskProtocol task;
  std::string section;
  std::string metric;
  ScoringFiles files;
  unsigned jobs;
  ExplainSpace space;
  ExplainMeasures measures;
  std::map<Combination, std::optional<double>> known;

  [[nodiscard]] Values of_pairs(std::span<const Combination> sets, const Share& progress) {
    const ExplainRows rows(space, measures, sets);
    const std::size_t width = rows.width();
    std::vector<double> sums(width, 0.0);
    std::vector<double> block;
    for (std::size_t first = 0; first < pairs.size(); first += kExamplesAtOnce) {
      const std::size_t count = std::min(kExamplesAtOnce, pairs.size() - first);
      block.assign(count * width, 0.0);
      parallel_for(count, jobs, [&](std::size_t i) {
        rows.measure(pairs[first + i], std::span(block).subspan(i * width, width));
      });
      for (std::size_t i = 0; i < count; ++i) {
        for (std::size_t at = 0; at < width; ++at) sums[at] += block[i * width + at];
      }
      if (progress)
        progress(static_cast<double>(first + count) / static_cast<double>(pairs.size()));
    }
    Values values(sets.size());
    for (std::size_t i = 0; i < sets.size() && !pairs.empty(); ++i) values[i] = rows.score(i, sums);
    return values;
  }

  /// Of ranks and labels, whose choices are few.
  [[nodiscard]] Values of_others(std::span<const Combination> sets, const Share& progress) const {
    Values values;
    for (const Combination& chosen : sets) {
      metrics::Protocol protocol{.id = "explain", .tasks = {{section, task}}};
      protocol.tasks[section].metrics = {metric};
      protocol.tasks[section].choices = measures.choices(space, chosen);
      Scorer scorer(std::move(protocol), section, files, {.resamples = 0, .jobs = jobs});
      std::vector<ScoringPair> texts;
      for (const TextPair& pair : pairs)
        texts.push_back({.prediction = pair.prediction, .reference = pair.reference});
      values.push_back(scorer.score(texts).scores.front().value);
      if (progress) progress(static_cast<double>(values.size()) / static_cast<double>(sets.size()));
    }
    return values;
  }
};

ExplainScores::ExplainScores(std::vector<TextPair> pairs, metrics::TaskProtocol task,
                             std::string section, std::string metric, const ScoringFiles& files,
                             unsigned jobs) {
  ExplainSpace space = explain_space(task, metric, files);
  ExplainMeasures measures(task, metric, files);
  parts_ = std::make_unique<Parts>(Parts{.pairs = std::move(pairs),
                                         .task = std::move(task),
                                         .section = std::move(section),
                                         .metric = std::move(metric),
                                         .files = files,
                                         .jobs = jobs,
                                         .space = std::move(space),
                                         .measures = std::move(measures),
                                         .known = {}});
}

ExplainScores::~ExplainScores() = default;

const ExplainSpace& ExplainScores::space() const { return parts_->space; }

Values ExplainScores::scores(std::span<const Combination> sets, const Share& progress) {
  std::map<Combination, std::optional<double>>& known = parts_->known;
  std::vector<Combination> missing;
  for (const Combination& chosen : sets) {
    if (!known.contains(chosen)) missing.push_back(chosen);
  }
  if (!missing.empty()) {
    const bool pairs = metrics::metric_registry().get(parts_->metric).make_pair_metric != nullptr;
    const Values found =
        pairs ? parts_->of_pairs(missing, progress) : parts_->of_others(missing, progress);
    for (std::size_t i = 0; i < missing.size(); ++i) known.emplace(missing[i], found[i]);
  }
  Values values;
  for (const Combination& chosen : sets) values.push_back(known.at(chosen));
  return values;
}

}  // namespace cupel
