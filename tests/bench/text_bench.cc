/// Text metrics over 3,300 caption pairs: the published file when CUPEL_DATA is set, otherwise
/// captions made from a seed. Times are of one pass over all pairs in one thread.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "harness/core/file.h"
#include "metrics/pair.h"
#include "metrics/text/bleu.h"
#include "metrics/text/meteor.h"
#include "metrics/text/rouge.h"
#include "models/text/t5_vocabulary.h"
#include "models/text/unigram_training.h"
#include "models/text/wordpiece_tokenizer.h"

namespace {

using namespace cupel;
using namespace cupel::metrics;

struct Row {
  std::string prediction;
  std::string reference;
};

struct Corpus {
  std::vector<Row> rows;
  std::string vocabulary;
  std::string pieces;  // a sentencepiece model
};

Corpus published(const std::filesystem::path& root) {
  Corpus corpus{.rows = {},
                .vocabulary = read_file(root / "scibert" / "vocab.txt"),
                .pieces = read_file(root / "t5_spiece" / "spiece.model")};
  const std::string file = read_file(root / "molt5" / "molt5-large-smiles2caption.txt");
  for (std::size_t at = file.find('\n') + 1; at < file.size();) {
    const std::size_t end = file.find('\n', at);
    const std::string line = file.substr(at, end - at);
    const std::size_t first = line.find('\t');
    const std::size_t second = line.find('\t', first + 1);
    corpus.rows.push_back({line.substr(second + 1), line.substr(first + 1, second - first - 1)});
    at = end + 1;
  }
  return corpus;
}

/// Captions of the real ones' length; a prediction repeats most words of its reference.
Corpus generated() {
  const std::vector<std::string> parts = {"meth",  "eth", "prop",  "but", "hydroxy",
                                          "amino", "oxo", "chlor", "yl",  "anoic",
                                          "acid",  "ate", "ose",   "ine"};
  const std::vector<std::string> words = {"the",  "molecule", "is",   "a",    "conjugate", "base",
                                          "of",   "an",       "it",   "has",  "role",      "as",
                                          "with", "derives",  "from", "three"};
  std::mt19937 random(20);
  const auto pick = [&](const std::vector<std::string>& from) {
    return from[random() % from.size()];
  };
  Corpus corpus{.rows = {}, .vocabulary = "[PAD]\n[UNK]\n", .pieces = {}};
  for (const auto& word : words) corpus.vocabulary += word + "\n";
  for (const auto& part : parts) corpus.vocabulary += part + "\n##" + part + "\n";
  for (char c = '!'; c <= '@'; ++c) corpus.vocabulary += std::string{c, '\n'};
  for (int i = 0; i < 3300; ++i) {
    Row row;
    for (int w = 0; w < 45; ++w) {
      std::string word = pick(words);
      if (w % 3 == 0) word = pick(parts) + pick(parts) + pick(parts) + "-" + std::to_string(w);
      row.reference += word + (w % 15 == 14 ? ". " : " ");
      row.prediction += (random() % 4 == 0 ? pick(words) : word) + " ";
    }
    corpus.rows.push_back(std::move(row));
  }
  std::vector<std::string> texts;
  for (std::size_t i = 0; i < 300; ++i) texts.push_back(corpus.rows[i].reference);
  corpus.pieces = train_unigram(CUPEL_SENTENCEPIECE_MODULE, texts, 1000);
  return corpus;
}

const Corpus& corpus() {
  static const Corpus loaded = [] {
    const char* root = std::getenv("CUPEL_DATA");
    return root == nullptr || *root == '\0' ? generated() : published(root);
  }();
  return loaded;
}

const WordPieceTokenizer& word_pieces() {
  static const WordPieceTokenizer tokenizer("scibert", corpus().vocabulary);
  return tokenizer;
}

const WordNet& wordnet() {
  static const WordNet opened("/usr/share/wordnet");
  return opened;
}

/// Makes the facets of each pair outside of the timing, then measures.
void measure(benchmark::State& state, const std::vector<std::unique_ptr<PairMetric>>& metrics,
             void (*prepare)(const Pair&)) {
  const PairContext context{.tokenizer = &word_pieces(), .max_tokens = 512};
  std::vector<double> out(16);
  double sum = 0.0;
  for (auto _ : state) {
    state.PauseTiming();
    std::vector<std::unique_ptr<Pair>> pairs;
    for (const Row& row : corpus().rows) {
      pairs.push_back(std::make_unique<Pair>(row.prediction, row.reference, context));
      prepare(*pairs.back());
    }
    state.ResumeTiming();
    for (const auto& pair : pairs) {
      for (const auto& metric : metrics) {
        metric->measure(*pair, out);
        sum += out[0];
      }
    }
    state.PauseTiming();
    pairs.clear();
    state.ResumeTiming();
  }
  benchmark::DoNotOptimize(sum);
  if (sum <= 0.0) state.SkipWithError("nothing matches");
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(corpus().rows.size()));
}

void BM_WordPiece(benchmark::State& state) {
  std::size_t tokens = 0;
  for (auto _ : state) {
    for (const Row& row : corpus().rows) {
      tokens += word_pieces().tokenize_first(row.prediction, 512).views.size();
      tokens += word_pieces().tokenize_first(row.reference, 512).views.size();
    }
  }
  if (tokens == 0) state.SkipWithError("no tokens");
  state.SetItemsProcessed(static_cast<std::int64_t>(tokens));
}

void BM_T5Ids(benchmark::State& state) {
  const T5Vocabulary vocabulary(CUPEL_SENTENCEPIECE_MODULE, corpus().pieces);
  for (auto _ : state) {
    std::size_t ids = 0;
    for (const Row& row : corpus().rows) ids += vocabulary.encode(row.reference).size();
    benchmark::DoNotOptimize(ids);
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(corpus().rows.size()));
}

void BM_Vocabulary(benchmark::State& state) {
  for (auto _ : state) {
    const WordPieceTokenizer tokenizer("scibert", corpus().vocabulary);
    benchmark::DoNotOptimize(&tokenizer);
  }
}

void BM_Bleu(benchmark::State& state) {
  std::vector<std::unique_ptr<PairMetric>> metrics;
  metrics.push_back(make_bleu(2));
  metrics.push_back(make_bleu(4));
  measure(state, metrics, [](const Pair& pair) { static_cast<void>(pair.tokens()); });
}

void BM_Rouge(benchmark::State& state) {
  std::vector<std::unique_ptr<PairMetric>> metrics;
  for (const auto kind : {RougeKind::kUnigrams, RougeKind::kBigrams, RougeKind::kLongestSequence})
    metrics.push_back(make_rouge(kind));
  measure(state, metrics, [](const Pair&) {});
}

void BM_Meteor(benchmark::State& state) {
  std::vector<std::unique_ptr<PairMetric>> metrics;
  metrics.push_back(make_meteor(&wordnet(), Morphy::kOnce));
  measure(state, metrics, [](const Pair& pair) { static_cast<void>(pair.tokens()); });
}

/// What a process does that scores one file with all six metrics.
void BM_AllTextMetrics(benchmark::State& state) {
  for (auto _ : state) {
    const WordPieceTokenizer tokenizer("scibert", corpus().vocabulary);
    const WordNet words("/usr/share/wordnet");
    std::vector<std::unique_ptr<PairMetric>> metrics;
    metrics.push_back(make_bleu(2));
    metrics.push_back(make_bleu(4));
    for (const auto kind : {RougeKind::kUnigrams, RougeKind::kBigrams, RougeKind::kLongestSequence})
      metrics.push_back(make_rouge(kind));
    metrics.push_back(make_meteor(&words, Morphy::kOnce));
    const PairContext context{.tokenizer = &tokenizer, .max_tokens = 512};
    std::vector<double> out(16);
    for (const Row& row : corpus().rows) {
      const Pair pair(row.prediction, row.reference, context);
      for (const auto& metric : metrics) metric->measure(pair, out);
    }
    benchmark::DoNotOptimize(out.data());
  }
}

void BM_WordNetDigest(benchmark::State& state) {
  for (auto _ : state) {
    std::string digest = WordNet("/usr/share/wordnet").digest();
    benchmark::DoNotOptimize(digest);
  }
}

BENCHMARK(BM_Vocabulary)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_T5Ids)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_WordPiece)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Bleu)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Rouge)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_Meteor)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_AllTextMetrics)->Unit(benchmark::kMillisecond);
BENCHMARK(BM_WordNetDigest)->Unit(benchmark::kMillisecond);

}  // namespace

BENCHMARK_MAIN();
