#include "harness/run/explain_measures.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "harness/run/scoring_tokenizer.h"

namespace cupel {
namespace {

using metrics::Choices;
using Stage = ExplainChoice::Stage;

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

bool is_of_tokens(std::string_view key) { return key == "tokens" || key == "max-tokens"; }

}  // namespace

ExplainMeasures::ExplainMeasures(metrics::TaskProtocol task, std::string metric, ScoringFiles files)
    : task_(std::move(task)), metric_(std::move(metric)), files_(std::move(files)), caches_(1) {}

Choices ExplainMeasures::choices(const ExplainSpace& space, const Combination& chosen) const {
  Choices choices = task_.choices;
  for (const auto& [key, value] : changed_values(space, chosen, Stage::kMeasure)) {
    if (key != "metric") set_choice(choices, std::string(key), std::string(value));
  }
  return choices;
}

const ExplainMeasure& ExplainMeasures::of(const ExplainSpace& space, const Combination& chosen) {
  const auto values = changed_values(space, chosen, Stage::kMeasure);
  const auto other = values.find("metric");
  const std::string name = other == values.end() ? metric_ : std::string(other->second);
  const metrics::MetricEntry& entry = metrics::metric_registry().get(name);
  const Choices choices = this->choices(space, chosen);
  std::string key = name;
  for (const std::string& one : entry.choices) key += "|" + choices.printed(one);
  const auto [at, is_new] = measures_.try_emplace(key);
  if (is_new) make(at->second, entry, choices);
  return at->second;
}

void ExplainMeasures::make(ExplainMeasure& measure, const metrics::MetricEntry& entry,
                           const Choices& choices) {
  const auto uses = [&](const char* key) { return std::ranges::contains(entry.choices, key); };
  if (uses("tokens")) {
    auto& tokenizer = tokenizers_[choices.text("tokens")];
    if (!tokenizer) tokenizer = make_tokenizer(choices.text("tokens"), files_);
    measure.tokenizer = tokenizer.get();
    measure.max_tokens = static_cast<std::size_t>(choices.integer("max-tokens"));
  }
  if (uses("morphy") && !wordnet_) wordnet_ = std::make_unique<metrics::WordNet>(files_.wordnet);
  if (uses("morgan-radius")) measure.cache = cache_of(choices);
  // METEOR looks words up once for all tokenizers.
  std::string key = entry.id;
  for (const std::string& one : entry.choices) {
    if (!is_of_tokens(one)) key += "|" + choices.printed(one);
  }
  auto& metric = metrics_[key];
  if (!metric) metric = entry.make_pair_metric(choices, {.wordnet = wordnet_.get()});
  measure.metric = metric.get();
  measure.columns = metric->statistics().size();
}

std::size_t ExplainMeasures::cache_of(const Choices& choices) {
  std::string key;
  for (const char* one : {"morgan-radius", "morgan-bits", "morgan-chirality"})
    key += choices.printed(one) + "|";
  const auto [at, is_new] = cache_places_.emplace(key, caches_.size());
  if (is_new) caches_.push_back(metrics::morgan_cache_options(choices));
  return at->second;
}

}  // namespace cupel
