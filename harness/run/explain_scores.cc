#include "harness/run/explain_scores.h"

#include <algorithm>
#include <cstdlib>
#include <set>
#include <span>
#include <string_view>
#include <utility>

#include "harness/core/digest.h"
#include "harness/core/parallel.h"
#include "harness/run/scoring_tokenizer.h"
#include "metrics/builtin.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/molecule/invalid_rule.h"
#include "metrics/molecule/molecule_cache.h"
#include "metrics/pair.h"
#include "metrics/text/wordnet.h"

namespace cupel {
namespace {

using Stage = ExplainChoice::Stage;
using metrics::Choices;
using Texts = std::vector<TextPair>;
using Values = std::map<std::string_view, std::string_view>;  // of the choices of one stage

/// A molecule with its fingerprints takes some 20 kB.
constexpr std::size_t kMoleculesInMemory = 30'000;

/// `key` of the choices as the printed `value` says.
void set_choice(Choices& choices, const std::string& key, const std::string& value) {
  if (const std::size_t colon = key.find(':'); colon != std::string::npos) {
    const std::string set = key.substr(0, colon);
    const std::string member = key.substr(colon + 1);
    std::vector<std::string> members;
    for (const std::string_view one : metrics::find_choice(set)->allowed) {
      const bool in = one == member ? value == "yes" : choices.contains(set, one);
      if (in) members.emplace_back(one);
    }
    std::ranges::sort(members);
    choices.set(set, std::move(members));
    return;
  }
  using Kind = metrics::ChoiceSpec::Kind;
  const Kind kind = metrics::find_choice(key)->kind;
  if (kind == Kind::kFlag)
    choices.set(key, value == "yes");
  else if (kind == Kind::kInteger)
    choices.set(key, std::int64_t{std::atoll(value.c_str())});
  else
    choices.set(key, value);
}

std::string digest_of(const Texts& texts) {
  Sha256 sha;
  for (const TextPair& pair : texts) {
    for (const std::string* text : {&pair.prediction, &pair.reference}) {
      const std::uint64_t size = text->size();
      sha.update({reinterpret_cast<const char*>(&size), sizeof size});
      sha.update(*text);
    }
  }
  return sha.hex();
}

/// NLTK's SmoothingFunction on the statistics of one row of BLEU.
void smooth(std::span<double> row, std::string_view average) {
  const std::size_t order = (row.size() - 2) / 2;
  for (std::size_t n = 0; n < order; ++n) {
    if (average == "rows-method1" && row[n] == 0.0) row[n] = 0.1;
    if (average != "rows-method2" || n == 0) continue;
    row[n] += 1.0;
    row[order + n] += 1.0;
  }
}

std::optional<double> mean_of_rows(const metrics::AdditiveMetric& metric,
                                   const StatisticTable& table,
                                   const std::vector<std::uint32_t>& times,
                                   std::string_view average) {
  double sum = 0.0;
  std::size_t count = 0;
  for (std::size_t i = 0; i < table.rows(); ++i) {
    if (!times.empty() && times[i] == 0) continue;
    ++count;
    const auto stored = table.row(i);
    if (stored[0] == 0.0) continue;  // no match at all is 0 however it is smoothed
    std::vector<double> row(stored.begin(), stored.end());
    smooth(row, average);
    if (const metrics::Value value = metric.finish(row)) sum += *value;
  }
  if (count == 0) return {};
  return sum / static_cast<double>(count);
}

}  // namespace

struct ExplainScores::Parts {
  Texts pairs;
  metrics::TaskProtocol task;
  std::string section;
  std::string metric;
  ScoringFiles files;
  unsigned jobs;
  ExplainSpace space;

  TextChanger changer;
  std::unique_ptr<metrics::WordNet> wordnet;
  std::map<std::string, std::unique_ptr<Tokenizer>> tokenizers;
  std::map<std::string, std::unique_ptr<metrics::MoleculeCache>> molecules;  // by their options
  std::map<std::string, std::size_t> known_texts;                            // by digest
  std::map<Combination, std::size_t> text_ids;                               // by text choices
  std::size_t current_id = 0;
  Texts current;  // of the text with this id; 0: as they stand, which is `pairs`

  /// What was measured last, and all that was measured of the texts as they stand.
  struct Measured {
    std::unique_ptr<metrics::PairMetric> metric;
    StatisticTable table;
  };
  std::map<std::string, Measured> plain;
  std::string last_key;
  Measured last;
  std::map<Combination, std::optional<double>> scores;

  [[nodiscard]] Values values(const Combination& chosen, Stage stage) const {
    Values all;
    for (std::size_t c = 0; c < chosen.size(); ++c) {
      const ExplainChoice& choice = space.choices[c];
      if (choice.stage == stage && chosen[c] > 0) all[choice.key] = choice.to[chosen[c] - 1U];
    }
    return all;
  }

  [[nodiscard]] Choices choices_of(const Values& values) const {
    Choices choices = task.choices;
    for (const auto& [key, value] : values) {
      if (key != "metric") set_choice(choices, std::string(key), std::string(value));
    }
    return choices;
  }

  /// Makes the texts of the combination the current ones.
  void take_texts(const Combination& chosen) {
    Combination key(chosen.size());
    for (std::size_t c = 0; c < chosen.size(); ++c)
      key[c] = space.choices[c].stage == Stage::kText ? chosen[c] : std::uint8_t{0};
    const auto known = text_ids.find(key);
    if (known != text_ids.end() && known->second == current_id) return;
    const Values changes = values(chosen, Stage::kText);
    current = pairs;
    for (TextPair& pair : current) changer.change(pair, changes);
    current_id = known_texts.emplace(digest_of(current), known_texts.size()).first->second;
    text_ids[key] = current_id;
  }

  /// The prediction and the reference of a current row as metrics see them.
  [[nodiscard]] std::pair<std::string_view, std::string_view> sides(const TextPair& pair,
                                                                    const Choices& choices) const {
    std::string_view prediction = pair.prediction;
    std::string_view reference = pair.reference;
    if (choices.has("columns") && choices.text("columns") == "swapped")
      std::swap(prediction, reference);
    if (choices.has("strip-prefix")) {
      const std::string& prefix = choices.text("strip-prefix");
      if (!prefix.empty() && prediction.starts_with(prefix))
        prediction.remove_prefix(prefix.size());
    }
    return {prediction, reference};
  }

  metrics::MoleculeCache& cache_of(const Choices& choices, bool morgan) {
    std::string key;
    metrics::MorganCacheOptions options;
    if (morgan) {
      for (const char* one : {"morgan-radius", "morgan-bits", "morgan-chirality"})
        key += choices.printed(one) + " ";
      options = metrics::morgan_cache_options(choices);
    }
    auto& cache = molecules[key];
    if (!cache) cache = std::make_unique<metrics::MoleculeCache>(options.morgan, options.bits);
    return *cache;
  }

  const Tokenizer* tokenizer_of(const Choices& choices) {
    auto& made = tokenizers[choices.text("tokens")];
    if (!made) made = make_tokenizer(choices.text("tokens"), files);
    return made.get();
  }

  metrics::PairContext context_of(const metrics::MetricEntry& entry, const Choices& choices) {
    metrics::PairContext context;
    const auto uses = [&](const char* key) { return std::ranges::contains(entry.choices, key); };
    if (uses("tokens")) {
      context.tokenizer = tokenizer_of(choices);
      context.max_tokens = static_cast<std::size_t>(choices.integer("max-tokens"));
    }
    if (uses("morphy") && !wordnet) wordnet = std::make_unique<metrics::WordNet>(files.wordnet);
    if (uses("invalid")) context.molecules = &cache_of(choices, uses("morgan-radius"));
    return context;
  }

  /// Rows whose texts are as they stand are taken from what was measured of these.
  Measured measure(const std::string& name, const Choices& choices, const Measured* before) {
    const metrics::MetricEntry& entry = metrics::metric_registry().get(name);
    const metrics::PairContext context = context_of(entry, choices);
    Measured made{.metric = entry.make_pair_metric(choices, {.wordnet = wordnet.get()}),
                  .table = {}};
    made.table = StatisticTable(current.size(), made.metric->statistics().size());
    parallel_for(current.size(), jobs, [&](std::size_t i) {
      if (before != nullptr && current[i] == pairs[i]) {
        std::ranges::copy(before->table.row(i), made.table.row(i).begin());
        return;
      }
      const auto [prediction, reference] = sides(current[i], choices);
      made.metric->measure(metrics::Pair(prediction, reference, context), made.table.row(i));
    });
    for (auto& [options, cache] : molecules)
      cache->keep_at_most(options.empty() ? kMoleculesInMemory : 0);
    return made;
  }

  const Measured& measured(const Combination& chosen) {
    const Values values = this->values(chosen, Stage::kMeasure);
    const auto other = values.find("metric");
    const std::string name = other == values.end() ? metric : std::string(other->second);
    const Choices choices = choices_of(values);
    std::string key = name;
    for (const char* input : {"columns", "strip-prefix"}) {
      if (choices.has(input)) key += "|" + choices.printed(input);
    }
    for (const std::string& one : metrics::metric_registry().get(name).choices)
      key += "|" + choices.printed(one);
    if (current_id == 0) {
      const auto at = plain.find(key);
      return at != plain.end() ? at->second
                               : plain.emplace(key, measure(name, choices, nullptr)).first->second;
    }
    const std::string whole = std::to_string(current_id) + "|" + key;
    if (whole == last_key) return last;
    if (!plain.contains(key)) {
      const Texts changed = std::exchange(current, pairs);
      plain.emplace(key, measure(name, choices, nullptr));
      current = changed;
    }
    last = measure(name, choices, &plain.at(key));
    last_key = whole;
    return last;
  }

  /// How often each row counts; empty: once each.
  std::vector<std::uint32_t> rows(const Combination& chosen) {
    const Values averages = values(chosen, Stage::kAverage);
    const auto kept = averages.find("rows");
    if (kept == averages.end()) return {};
    const Choices choices = choices_of(values(chosen, Stage::kMeasure));
    metrics::MoleculeCache& cache = cache_of(choices, false);
    const metrics::InvalidRule rule(choices);
    std::vector<std::uint32_t> times(current.size());
    parallel_for(current.size(), jobs, [&](std::size_t i) {
      const std::string_view prediction = sides(current[i], choices).first;
      const bool counts =
          kept->second == "valid" ? rule.valid(cache.get(prediction)) : !prediction.empty();
      times[i] = counts ? 1 : 0;
    });
    return times;
  }

  std::optional<double> score_of_pairs(const Combination& chosen) {
    take_texts(chosen);
    const Measured& one = measured(chosen);
    const auto times = rows(chosen);
    const Values averages = values(chosen, Stage::kAverage);
    const auto average = averages.find("average");
    if (average != averages.end())
      return mean_of_rows(*one.metric, one.table, times, average->second);
    const metrics::Value value = one.metric->score(one.table, times);
    return value ? std::optional(*value) : std::nullopt;
  }

  /// Of ranks and labels, whose few choices need nothing that is kept.
  [[nodiscard]] std::optional<double> score_of_others(const Combination& chosen) const {
    metrics::Protocol protocol{.id = "explain", .tasks = {{section, task}}};
    protocol.tasks[section].metrics = {metric};
    protocol.tasks[section].choices = choices_of(values(chosen, Stage::kMeasure));
    Scorer scorer(std::move(protocol), section, files, {.resamples = 0, .jobs = jobs});
    std::vector<ScoringPair> texts;
    for (const TextPair& pair : pairs)
      texts.push_back({.prediction = pair.prediction, .reference = pair.reference});
    return scorer.score(texts).scores.front().value;
  }
};

ExplainScores::ExplainScores(std::vector<TextPair> pairs, metrics::TaskProtocol task,
                             std::string section, std::string metric, const ScoringFiles& files,
                             unsigned jobs)
    : parts_(std::make_unique<Parts>()) {
  Parts& parts = *parts_;
  parts.space = explain_space(task, metric, files);
  parts.pairs = std::move(pairs);
  parts.task = std::move(task);
  parts.section = std::move(section);
  parts.metric = std::move(metric);
  parts.files = files;
  parts.jobs = jobs;
  parts.current = parts.pairs;
  parts.known_texts[digest_of(parts.pairs)] = 0;
  parts.text_ids[Combination(parts.space.choices.size())] = 0;
}

ExplainScores::~ExplainScores() = default;

const ExplainSpace& ExplainScores::space() const { return parts_->space; }

std::optional<double> ExplainScores::score(const Combination& chosen) {
  const auto known = parts_->scores.find(chosen);
  if (known != parts_->scores.end()) return known->second;
  const bool pairs = metrics::metric_registry().get(parts_->metric).make_pair_metric != nullptr;
  const auto value = pairs ? parts_->score_of_pairs(chosen) : parts_->score_of_others(chosen);
  parts_->scores.emplace(chosen, value);
  return value;
}

}  // namespace cupel
