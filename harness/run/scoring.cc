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
#include "harness/core/file.h"
#include "harness/core/nearest.h"
#include "harness/core/parallel.h"
#include "harness/version.h"
#include "metrics/builtin.h"
#include "metrics/metric.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/text/simple_tokenizers.h"
#include "metrics/text/wordnet.h"
#include "metrics/text/wordpiece.h"
#include "models/text/sentencepiece_tokenizer.h"

namespace cupel {
namespace {

using metrics::Choices;

constexpr std::size_t kMaxVocabulary = std::size_t{64} << 20U;
constexpr std::size_t kExamplesAtOnce = 4096;
/// Some 20 kB each with all their fingerprints.
constexpr std::size_t kMoleculesInMemory = 20'000;

std::unique_ptr<Tokenizer> make_scibert(const std::filesystem::path& path) {
  if (path.empty()) {
    throw Error(Code::kUsage,
                "this protocol counts SciBERT word pieces, and no vocabulary was given",
                "pass --wordpiece FILE (vocab.txt of allenai/scibert_scivocab_uncased), or set "
                "CUPEL_DATA to a folder "
                "that has scibert/vocab.txt; --protocol cupel needs no vocabulary");
  }
  try {
    return std::make_unique<metrics::WordPieceTokenizer>("scibert",
                                                         read_file(path, kMaxVocabulary));
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(error.code(), what.starts_with(path.string()) ? what : path.string() + ": " + what,
                error.hint());
  }
}

std::unique_ptr<Tokenizer> make_t5(const ScoringFiles& files) {
  if (files.t5_pieces.empty()) {
    throw Error(Code::kUsage,
                "this protocol counts T5 pieces, and no sentencepiece model was given",
                "pass --t5-pieces FILE (spiece.model of T5), or set CUPEL_DATA to a folder that "
                "has t5_spiece/spiece.model");
  }
  return std::make_unique<SentencePieceTokenizer>(files.piece_module,
                                                  read_file(files.t5_pieces, kMaxVocabulary));
}

/// The tokenizer that a protocol asks for.
std::unique_ptr<Tokenizer> make_tokenizer(const std::string& name, const ScoringFiles& files) {
  if (name == "scibert") return make_scibert(files.wordpiece);
  if (name == "t5") return make_t5(files);
  if (name == "13a") return std::make_unique<metrics::Mteval13aTokenizer>();
  if (name == "white-space") return std::make_unique<metrics::WhiteSpaceTokenizer>();
  return std::make_unique<metrics::CharacterTokenizer>();
}

/// A prediction without the prefix that some scripts cut off.
std::string_view without_prefix(std::string_view text, const std::string& prefix) {
  if (!prefix.empty() && text.starts_with(prefix)) text.remove_prefix(prefix.size());
  return text;
}

}  // namespace

struct Scorer::Parts {
  metrics::Protocol protocol;
  metrics::TaskProtocol task;
  ScoringOptions options;
  std::unique_ptr<Tokenizer> tokenizer;
  std::unique_ptr<metrics::WordNet> wordnet;
  std::unique_ptr<metrics::MoleculeCache> molecules;
  metrics::PairContext context;
  std::vector<std::pair<std::string, std::unique_ptr<metrics::PairMetric>>> measures;
  metrics::SignatureFacts facts;

  void measure(const ScoringPair& example, std::size_t row,
               std::vector<MetricStatistics>& statistics) const;
};

Scorer::Scorer(metrics::Protocol protocol, const std::string& task, const ScoringFiles& files,
               const ScoringOptions& options)
    : parts_(std::make_unique<Parts>()) {
  Parts& parts = *parts_;
  parts.task = protocol.task(task);
  parts.protocol = std::move(protocol);
  parts.options = options;
  const Choices& choices = parts.task.choices;
  if (choices.has("tokens")) {
    parts.tokenizer = make_tokenizer(choices.text("tokens"), files);
    parts.context.tokenizer = parts.tokenizer.get();
    parts.context.max_tokens = static_cast<std::size_t>(choices.integer("max-tokens"));
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
    parts.context.molecules = parts.molecules.get();
    parts.facts.rdkit = chem::rdkit_version();
    parts.facts.inchi = chem::inchi_version();
  }
  parts.facts.cupel = kVersion;
  for (const std::string& id : parts.task.metrics) {
    const metrics::MetricEntry& entry = metrics::metric_registry().get(id);
    if (!entry.make_pair_metric) {
      throw Error(Code::kUsage, fmt::format("'{}' is not measured on prediction files", id),
                  "use captioning or generation");
    }
    parts.measures.emplace_back(id,
                                entry.make_pair_metric(choices, {.wordnet = parts.wordnet.get()}));
  }
}

Scorer::~Scorer() = default;

const metrics::Protocol& Scorer::protocol() const { return parts_->protocol; }

void Scorer::Parts::measure(const ScoringPair& example, std::size_t row,
                            std::vector<MetricStatistics>& statistics) const {
  std::string_view prediction = example.prediction;
  std::string_view reference = example.reference;
  if (task.choices.text("columns") == "swapped") std::swap(prediction, reference);
  prediction = without_prefix(prediction, task.choices.text("strip-prefix"));
  const metrics::Pair pair(prediction, reference, context);
  for (std::size_t m = 0; m < measures.size(); ++m)
    measures[m].second->measure(pair, statistics[m].table.row(row));
}

const metrics::TaskProtocol& Scorer::task() const { return parts_->task; }

metrics::Signature Scorer::signature(const std::string& metric) const {
  return metrics::Signature::of(metric, parts_->protocol, parts_->task, parts_->facts);
}

std::vector<MetricStatistics> Scorer::measure(std::span<const ScoringPair> pairs,
                                              const std::function<void(std::size_t)>& progress) {
  const Parts& parts = *parts_;
  std::vector<MetricStatistics> statistics;
  for (const auto& [id, metric] : parts.measures) {
    const auto columns = metric->statistics();
    statistics.push_back(
        {.metric = id, .columns = columns, .table = StatisticTable(pairs.size(), columns.size())});
  }
  std::atomic<std::size_t> done{0};
  parallel_for(pairs.size(), parts.options.jobs, [&](std::size_t i) {
    parts.measure(pairs[i], i, statistics);
    const std::size_t count = ++done;
    if (progress && (count % 64 == 0 || count == pairs.size())) progress(count);
  });
  if (parts.molecules) parts.molecules->keep_at_most(kMoleculesInMemory);
  return statistics;
}

std::vector<Score> Scorer::finish(const std::vector<MetricStatistics>& statistics) const {
  std::vector<Score> scores;
  std::vector<metrics::ScoredMetric> to_resample;
  for (std::size_t m = 0; m < parts_->measures.size(); ++m) {
    const auto& [id, metric] = parts_->measures[m];
    const StatisticTable& table = statistics[m].table;
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
    to_resample.push_back({.metric = metric.get(), .rows = &table});
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
  ScoredPairs result{.scores = {}, .statistics = measure({}, {})};
  for (MetricStatistics& all : result.statistics)
    all.table = StatisticTable(pairs.size(), all.columns.size());
  // In blocks, so that the molecules of a long file need not all be in memory.
  for (std::size_t first = 0; first < pairs.size(); first += kExamplesAtOnce) {
    const std::size_t count = std::min(kExamplesAtOnce, pairs.size() - first);
    const auto block =
        measure(std::span(pairs).subspan(first, count),
                progress ? [&](std::size_t done) { progress(first + done); } : progress);
    for (std::size_t m = 0; m < block.size(); ++m) {
      for (std::size_t i = 0; i < count; ++i)
        std::ranges::copy(block[m].table.row(i), result.statistics[m].table.row(first + i).begin());
    }
  }
  result.scores = finish(result.statistics);
  return result;
}

std::unique_ptr<metrics::PairMetric> finishing_metric(const metrics::Protocol& protocol,
                                                      const std::string& task,
                                                      const std::string& metric) {
  const metrics::TaskProtocol& chosen = protocol.task(task);
  if (!std::ranges::contains(chosen.metrics, metric)) {
    throw Error(Code::kUsage, fmt::format("protocol '{}' has no metric '{}'", protocol.id, metric),
                suggest(metric, chosen.metrics));
  }
  return metrics::metric_registry().get(metric).make_pair_metric(chosen.choices, {});
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
