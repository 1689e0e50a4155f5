#include "harness/run/scoring.h"

#include <algorithm>
#include <atomic>
#include <optional>
#include <span>
#include <utility>

#include <fmt/format.h>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/core/parallel.h"
#include "harness/run/example_measures.h"
#include "harness/run/scoring_tokenizer.h"
#include "harness/version.h"
#include "metrics/builtin.h"
#include "metrics/metric.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/molecule/molecule_cache.h"
#include "metrics/text/wordnet.h"
#include "tasks/task.h"

namespace cupel {
namespace {

using metrics::Choices;

constexpr std::size_t kExamplesAtOnce = 4096;
/// Some 20 kB each with all their fingerprints.
constexpr std::size_t kMoleculesInMemory = 20'000;

}  // namespace

std::string scoring_section(const std::string& task) {
  const tasks::Task* known = tasks::task_registry().find(task);
  return known == nullptr ? task : known->scoring;
}

struct Scorer::Parts {
  metrics::Protocol protocol;
  std::string section;
  metrics::TaskProtocol task;
  ScoringOptions options;
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<metrics::WordNet> wordnet;
  std::unique_ptr<metrics::MoleculeCache> molecules;
  std::unique_ptr<ExampleMeasures> measures;
  metrics::SignatureFacts facts;

  [[noreturn]] void refuse(std::size_t example, const std::string& why) const {
    throw Error(
        Code::kIntegrity, fmt::format("example {}: {}", example, why),
        fmt::format("it is no example of a task that is scored as {}, or it was changed", section));
  }
};

Scorer::Scorer(metrics::Protocol protocol, const std::string& task, const ScoringFiles& files,
               const ScoringOptions& options)
    : parts_(std::make_unique<Parts>()) {
  Parts& parts = *parts_;
  parts.section = scoring_section(task);
  parts.task = protocol.task(parts.section);
  parts.protocol = std::move(protocol);
  parts.options = options;
  const Choices& choices = parts.task.choices;
  metrics::PairContext context;
  if (choices.has("tokens")) {
    parts.tokenizer = make_tokenizer(choices.text("tokens"), files);
    context.tokenizer = parts.tokenizer.get();
    context.max_tokens = static_cast<std::size_t>(choices.integer("max-tokens"));
    parts.facts.tokenizer_digest = parts.tokenizer->digest();
  }
  if (choices.has("morphy")) {
    parts.wordnet = std::make_unique<metrics::WordNet>(files.wordnet);
    parts.facts.wordnet_digest = parts.wordnet->digest();
  }
  if (choices.has("invalid")) {
    const auto cached = choices.has("morgan-radius") ? metrics::morgan_cache_options(choices)
                                                     : metrics::MorganCacheOptions{};
    parts.molecules = std::make_unique<metrics::MoleculeCache>(cached.morgan, cached.bits);
    context.molecules = parts.molecules.get();
    parts.facts.rdkit = chem::rdkit_version();
    parts.facts.inchi = chem::inchi_version();
  }
  parts.facts.cupel = kVersion;
  parts.measures = make_example_measures(parts.task, context, {.wordnet = parts.wordnet.get()});
}

Scorer::~Scorer() = default;

const metrics::Protocol& Scorer::protocol() const { return parts_->protocol; }

const std::string& Scorer::section() const { return parts_->section; }
const metrics::TaskProtocol& Scorer::task() const { return parts_->task; }

metrics::Signature Scorer::signature(const std::string& metric) const {
  return metrics::Signature::of(metric, parts_->protocol, parts_->task, parts_->facts);
}

std::vector<MetricStatistics> Scorer::tables(std::span<const ScoringPair> pairs) const {
  auto tables = parts_->measures->tables(pairs);
  if (!tables) parts_->refuse(0, tables.error());
  return *std::move(tables);
}

std::vector<MetricStatistics> Scorer::measure(std::span<const ScoringPair> pairs,
                                              metrics::TablePart part,
                                              const std::function<void(std::size_t)>& progress) {
  const Parts& parts = *parts_;
  std::vector<MetricStatistics> statistics = tables(pairs);
  std::atomic<std::size_t> done{0};
  parallel_for(pairs.size(), parts.options.jobs, [&](std::size_t i) {
    const auto measured = parts.measures->measure(pairs[i], i, statistics);
    if (!measured) parts.refuse(part.first + i, measured.error());
    const std::size_t count = ++done;
    if (progress && (count % 64 == 0 || count == pairs.size())) progress(count);
  });
  if (parts.task.choices.has("batches")) {
    const auto batch = static_cast<std::size_t>(parts.task.choices.integer("batches"));
    for (MetricStatistics& one : statistics) metrics::weigh_by_batch(one.table, batch, part);
  }
  if (parts.molecules) parts.molecules->keep_at_most(kMoleculesInMemory);
  return statistics;
}

std::vector<Score> Scorer::finish(const std::vector<MetricStatistics>& statistics) const {
  std::vector<Score> scores;
  std::vector<std::unique_ptr<metrics::Metric>> made;
  std::vector<metrics::ScoredMetric> to_resample;
  for (const auto& [id, columns, table] : statistics) {
    made.push_back(finishing_metric(parts_->protocol, parts_->section, id, columns));
    const metrics::Metric* metric = made.back().get();
    const metrics::Value value = metric->score(table);
    const metrics::Signature signature = this->signature(id);
    scores.push_back({.metric = id,
                      .value = value ? std::optional(*value) : std::nullopt,
                      .reason = value ? "" : value.error(),
                      .low = {},
                      .high = {},
                      .n = metric->counted(table),
                      .signature = signature.short_form(),
                      .signature_long = signature.long_form()});
    to_resample.push_back({.metric = metric, .rows = &table});
  }
  const auto intervals = intervals_of(to_resample, parts_->options);
  for (std::size_t m = 0; m < intervals.size(); ++m) {
    const std::optional<metrics::Interval>& interval = intervals[m];
    if (!scores[m].value || !interval) continue;
    scores[m].low = interval->low;
    scores[m].high = interval->high;
  }
  return scores;
}

ScoredPairs Scorer::score(const std::vector<ScoringPair>& pairs,
                          const std::function<void(std::size_t)>& progress) {
  ScoredPairs result{.scores = {}, .statistics = tables(pairs)};
  // In blocks, so that the molecules of a long file need not all be in memory.
  for (std::size_t first = 0; first < pairs.size(); first += kExamplesAtOnce) {
    const std::size_t count = std::min(kExamplesAtOnce, pairs.size() - first);
    const auto block =
        measure(std::span(pairs).subspan(first, count), {.first = first, .all = pairs.size()},
                progress ? [&](std::size_t done) { progress(first + done); } : progress);
    for (std::size_t m = 0; m < block.size(); ++m) {
      for (std::size_t i = 0; i < count; ++i)
        std::ranges::copy(block[m].table.row(i), result.statistics[m].table.row(first + i).begin());
    }
  }
  result.scores = finish(result.statistics);
  return result;
}

std::unique_ptr<metrics::Metric> finishing_metric(const metrics::Protocol& protocol,
                                                  const std::string& task,
                                                  const std::string& metric,
                                                  const std::vector<std::string>& columns) {
  const metrics::TaskProtocol& chosen = protocol.task(scoring_section(task));
  if (!std::ranges::contains(chosen.metrics, metric)) {
    throw Error(Code::kUsage, fmt::format("protocol '{}' has no metric '{}'", protocol.id, metric),
                suggest(metric, chosen.metrics));
  }
  const metrics::MetricEntry& entry = metrics::metric_registry().get(metric);
  if (entry.make_rank_metric) return entry.make_rank_metric(chosen.choices);
  if (!entry.make_label_metric) return entry.make_pair_metric(chosen.choices, {});
  return entry.make_label_metric(chosen.choices, std::max<std::size_t>(1, columns.size() / 2));
}

std::vector<std::optional<metrics::Interval>> intervals_of(
    const std::vector<metrics::ScoredMetric>& metrics, const ScoringOptions& options) {
  std::vector<std::optional<metrics::Interval>> intervals(metrics.size());
  if (options.resamples == 0 || metrics.empty() || metrics.front().rows->rows() == 0)
    return intervals;
  const auto found = metrics::bootstrap(metrics, {.draws = options.resamples,
                                                  .seed = options.seed,
                                                  .confidence = options.confidence,
                                                  .jobs = options.jobs});
  for (std::size_t m = 0; m < found.size(); ++m) {
    if (found[m]) intervals[m] = *found[m];
  }
  return intervals;
}

}  // namespace cupel
