#include "harness/run/example_measures.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "metrics/classification/label_metric.h"
#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank_text.h"

namespace cupel {
namespace {

using Tables = std::expected<std::vector<MetricStatistics>, std::string>;
using Done = std::expected<void, std::string>;

/// A metric with its id.
template <typename Metric>
using Named = std::pair<std::string, std::unique_ptr<Metric>>;

template <typename Metric>
std::vector<MetricStatistics> tables_of(const std::vector<Named<Metric>>& metrics,
                                        std::size_t rows) {
  std::vector<MetricStatistics> tables;
  for (const auto& [id, metric] : metrics) {
    const auto columns = metric->statistics();
    tables.push_back(
        {.metric = id, .columns = columns, .table = StatisticTable(rows, columns.size())});
  }
  return tables;
}

class PairMeasures final : public ExampleMeasures {
 public:
  PairMeasures(const metrics::TaskProtocol& task, const metrics::PairContext& context,
               const metrics::MetricResources& resources)
      : context_(context),
        swapped_(task.choices.has("columns") && task.choices.text("columns") == "swapped"),
        prefix_(task.choices.has("strip-prefix") ? task.choices.text("strip-prefix") : "") {
    for (const std::string& id : task.metrics)
      metrics_.emplace_back(
          id, metrics::metric_registry().get(id).make_pair_metric(task.choices, resources));
  }

  [[nodiscard]] Tables tables(std::span<const ScoringPair> pairs) const override {
    return tables_of(metrics_, pairs.size());
  }

  Done measure(const ScoringPair& example, std::size_t row,
               std::span<MetricStatistics> out) const override {
    std::string_view prediction = example.prediction;
    std::string_view reference = example.reference;
    if (swapped_) std::swap(prediction, reference);
    // Some scripts cut it off.
    if (!prefix_.empty() && prediction.starts_with(prefix_))
      prediction.remove_prefix(prefix_.size());
    const metrics::Pair pair(prediction, reference, context_);
    for (std::size_t m = 0; m < metrics_.size(); ++m)
      metrics_[m].second->measure(pair, out[m].table.row(row));
    return {};
  }

 private:
  metrics::PairContext context_;
  bool swapped_;
  std::string prefix_;
  std::vector<Named<metrics::PairMetric>> metrics_;
};

class RankMeasures final : public ExampleMeasures {
 public:
  explicit RankMeasures(const metrics::TaskProtocol& task) {
    for (const std::string& id : task.metrics) {
      const metrics::MetricEntry& entry = metrics::metric_registry().get(id);
      metrics_.emplace_back(id, entry.make_rank_metric(task.choices));
      candidates_.push_back(entry.candidates);
    }
  }

  [[nodiscard]] Tables tables(std::span<const ScoringPair> pairs) const override {
    return tables_of(metrics_, pairs.size());
  }

  Done measure(const ScoringPair& example, std::size_t row,
               std::span<MetricStatistics> out) const override {
    const auto ranks = metrics::read_ranks(example.prediction);
    if (!ranks) return std::unexpected("its prediction is no list of ranks: " + ranks.error());
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const metrics::TieRank* rank = rank_for(candidates_[m], *ranks);
      if (rank == nullptr) return std::unexpected(missing(candidates_[m], ranks->size()));
      metrics_[m].second->measure(*rank, out[m].table.row(row));
    }
    return {};
  }

 private:
  /// The rank among so many candidates, or, for full retrieval (0), the only one; null: not there.
  static const metrics::TieRank* rank_for(std::size_t candidates,
                                          const std::vector<metrics::TieRank>& ranks) {
    if (candidates == 0) return ranks.size() == 1 ? ranks.data() : nullptr;
    const auto at = std::ranges::find(ranks, candidates, &metrics::TieRank::candidates);
    return at == ranks.end() ? nullptr : &*at;
  }
  static std::string missing(std::size_t candidates, std::size_t found) {
    return candidates == 0
               ? fmt::format("its prediction has {} ranks, and retrieval has one", found)
               : fmt::format("its prediction has no rank among {} candidates", candidates);
  }

  std::vector<Named<metrics::RankMetric>> metrics_;
  std::vector<std::size_t> candidates_;  // for each metric
};

class LabelMeasures final : public ExampleMeasures {
 public:
  explicit LabelMeasures(const metrics::TaskProtocol& task) : task_(task) {}

  [[nodiscard]] Tables tables(std::span<const ScoringPair> pairs) const override {
    if (pairs.empty()) return tables_of(metrics(1), 0);
    const auto labels = metrics::read_labels(pairs[0].reference);
    if (!labels) return std::unexpected(no_labels(labels.error()));
    return tables_of(metrics(labels->size()), pairs.size());
  }

  Done measure(const ScoringPair& example, std::size_t row,
               std::span<MetricStatistics> out) const override {
    const auto labels = metrics::read_labels(example.reference);
    if (!labels) return std::unexpected(no_labels(labels.error()));
    const auto logits = metrics::read_logits(example.prediction);
    if (!logits) return std::unexpected("its prediction is no list of numbers: " + logits.error());
    const std::size_t wanted = out.front().columns.size() / 2;
    for (const std::size_t found : {labels->size(), logits->size()}) {
      if (found == wanted) continue;
      return std::unexpected(
          fmt::format("its {} has {} elements, and the first example's reference {}",
                      labels->size() == wanted ? "prediction" : "reference", found, wanted));
    }
    const std::vector<double> known(labels->begin(), labels->end());
    const std::vector<double> answers(logits->begin(), logits->end());
    for (MetricStatistics& one : out)
      metrics::LabelMetric::measure(known, answers, one.table.row(row));
    return {};
  }

 private:
  static std::string no_labels(const std::string& what) {
    return "its reference is no list of labels: " + what;
  }
  [[nodiscard]] std::vector<Named<metrics::LabelMetric>> metrics(std::size_t labels) const {
    std::vector<Named<metrics::LabelMetric>> all;
    for (const std::string& id : task_.metrics)
      all.emplace_back(id,
                       metrics::metric_registry().get(id).make_label_metric(task_.choices, labels));
    return all;
  }

  metrics::TaskProtocol task_;
};

}  // namespace

std::unique_ptr<ExampleMeasures> make_example_measures(const metrics::TaskProtocol& task,
                                                       const metrics::PairContext& context,
                                                       const metrics::MetricResources& resources) {
  const metrics::MetricEntry& first = metrics::metric_registry().get(task.metrics.front());
  if (first.make_rank_metric) return std::make_unique<RankMeasures>(task);
  if (first.make_label_metric) return std::make_unique<LabelMeasures>(task);
  return std::make_unique<PairMeasures>(task, context, resources);
}

}  // namespace cupel
