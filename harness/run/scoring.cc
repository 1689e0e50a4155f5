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
#include "harness/core/parallel.h"
#include "harness/version.h"
#include "metrics/builtin.h"
#include "metrics/metric.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/signature.h"
#include "metrics/significance/bootstrap.h"
#include "metrics/text/simple_tokenizers.h"
#include "metrics/text/wordnet.h"
#include "metrics/text/wordpiece.h"
#include "models/text/sentencepiece_tokenizer.h"

namespace cupel {
namespace {

using metrics::Choices;

constexpr std::size_t kMaxVocabulary = std::size_t{64} << 20U;

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

ScoredPairs Scorer::score(const std::vector<ScoringPair>& pairs,
                          const std::function<void(std::size_t)>& progress) {
  const Parts& parts = *parts_;
  ScoredPairs result;
  for (const auto& [id, metric] : parts.measures) {
    const auto columns = metric->statistics();
    result.statistics.push_back(
        {.metric = id, .columns = columns, .table = StatisticTable(pairs.size(), columns.size())});
  }
  std::atomic<std::size_t> done{0};
  parallel_for(pairs.size(), parts.options.jobs, [&](std::size_t i) {
    parts.measure(pairs[i], i, result.statistics);
    const std::size_t count = ++done;
    if (progress && (count % 64 == 0 || count == pairs.size())) progress(count);
  });

  std::vector<metrics::ScoredMetric> to_resample;
  for (std::size_t m = 0; m < parts.measures.size(); ++m) {
    const metrics::PairMetric& metric = *parts.measures[m].second;
    const StatisticTable& table = result.statistics[m].table;
    const metrics::Value value = metric.score(table);
    const auto signature =
        metrics::Signature::of(parts.measures[m].first, parts.protocol, parts.task, parts.facts);
    Score score{.metric = parts.measures[m].first,
                .value = {},
                .reason = {},
                .low = {},
                .high = {},
                .n = metric.counted(table),
                .signature = signature.short_form(),
                .signature_long = signature.long_form()};
    if (value)
      score.value = *value;
    else
      score.reason = value.error();
    result.scores.push_back(std::move(score));
    to_resample.push_back({.metric = &metric, .rows = &table});
  }
  if (parts.options.resamples == 0 || pairs.empty()) return result;
  const auto intervals = metrics::bootstrap(to_resample, {.draws = parts.options.resamples,
                                                          .seed = parts.options.seed,
                                                          .confidence = parts.options.confidence,
                                                          .jobs = parts.options.jobs});
  for (std::size_t m = 0; m < intervals.size(); ++m) {
    if (!result.scores[m].value || !intervals[m]) continue;
    result.scores[m].low = intervals[m]->low;
    result.scores[m].high = intervals[m]->high;
  }
  return result;
}

}  // namespace cupel
