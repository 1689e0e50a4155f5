#include "harness/run/explain_rows.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "metrics/molecule/molecule_cache.h"
#include "metrics/pair.h"

namespace cupel {
namespace {

using Plan = ExplainRowPlan;
using Stage = ExplainChoice::Stage;

constexpr std::uint32_t kNone = ~std::uint32_t{0};

/// The place of `value` among those seen before, which it joins.
template <typename T>
std::size_t place_of(std::vector<T>& all, std::map<T, std::size_t>& known, const T& value) {
  const auto [at, is_new] = known.emplace(value, all.size());
  if (is_new) all.push_back(value);
  return at->second;
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

double own_score(const metrics::PairMetric& metric, std::span<const double> statistics,
                 std::string_view average) {
  if (statistics[0] == 0.0) return 0.0;  // no match at all is 0 however it is smoothed
  std::vector<double> row(statistics.begin(), statistics.end());
  smooth(row, average);
  return metric.finish(row).value_or(0.0);
}

/// One example: each text is changed once, each different pair of strings measured once.
class Example {
 public:
  Example(const Plan& plan, const TextPair& example) : plan_(plan) {
    for (const auto& options : plan.caches)
      caches_.push_back(std::make_unique<metrics::MoleculeCache>(
          options.morgan, options.bits, caches_.empty() ? nullptr : caches_.front().get()));
    texts_.assign(plan.texts.size(), example);
    for (std::size_t i = 0; i < texts_.size(); ++i) change(texts_[i], plan.texts[i], molecules());
    std::map<Sides, std::uint32_t> known;
    for (const Plan::Input& input : plan.inputs) {
      const auto next = static_cast<std::uint32_t>(pairs_.size());
      const auto [at, is_new] = known.emplace(sides(input), next);
      if (is_new) pairs_.push_back(at->first);
      pair_of_input_.push_back(at->second);
    }
    places_.assign(pairs_.size() * plan.measures.size(), kNone);
  }

  /// Adds nothing where the set leaves the example out.
  void add(const Plan::Set& set, std::span<double> out) {
    const std::size_t pair = pair_of_input_[set.input];
    if (!counts(set, pairs_[pair].first)) return;
    const std::span<const double> found = statistics(pair, set.measure);
    if (set.average.empty()) {
      std::ranges::copy(found, out.begin());
      return;
    }
    out[0] = own_score(*plan_.measures[set.measure]->metric, found, set.average);
    out[1] = 1.0;
  }

 private:
  using Sides = std::pair<std::string_view, std::string_view>;

  metrics::MoleculeCache& molecules() { return *caches_.front(); }

  [[nodiscard]] Sides sides(const Plan::Input& input) const {
    const TextPair& text = texts_[input.text];
    Sides sides(text.prediction, text.reference);
    if (input.swapped) std::swap(sides.first, sides.second);
    if (sides.first.starts_with(input.prefix)) sides.first.remove_prefix(input.prefix.size());
    return sides;
  }

  [[nodiscard]] bool counts(const Plan::Set& set, std::string_view prediction) {
    if (set.rows == Plan::Rows::kNotEmpty) return !prediction.empty();
    return !set.rule || set.rule->valid(molecules().get(prediction));
  }

  std::span<const double> statistics(std::size_t pair, std::size_t measure) {
    const ExplainMeasure& how = *plan_.measures[measure];
    std::uint32_t& place = places_[pair * plan_.measures.size() + measure];
    if (place == kNone) {
      place = static_cast<std::uint32_t>(numbers_.size());
      numbers_.resize(numbers_.size() + how.columns);
      const metrics::PairContext context{.tokenizer = how.tokenizer,
                                         .max_tokens = how.max_tokens,
                                         .molecules = caches_[how.cache].get()};
      const auto [prediction, reference] = pairs_[pair];
      how.metric->measure(metrics::Pair(prediction, reference, context),
                          std::span(numbers_).subspan(place));
    }
    return std::span(numbers_).subspan(place, how.columns);
  }

  const Plan& plan_;
  std::vector<std::unique_ptr<metrics::MoleculeCache>> caches_;
  std::vector<TextPair> texts_;
  std::vector<Sides> pairs_;  // all different
  std::vector<std::uint32_t> pair_of_input_;
  std::vector<std::uint32_t> places_;  // in numbers_, by pair and measure; kNone: not measured
  std::vector<double> numbers_;
};

}  // namespace

ExplainRows::ExplainRows(const ExplainSpace& space, ExplainMeasures& measures,
                         std::span<const Combination> sets) {
  std::map<TextChanges, std::size_t> texts;
  std::map<Plan::Input, std::size_t> inputs;
  std::map<const ExplainMeasure*, std::size_t> known;
  for (const Combination& chosen : sets) {
    const metrics::Choices choices = measures.choices(space, chosen);
    const TextChanges changes = changed_values(space, chosen, Stage::kText);
    Plan::Input input{.text = place_of(plan_.texts, texts, changes)};
    if (choices.has("columns")) input.swapped = choices.text("columns") == "swapped";
    if (choices.has("strip-prefix")) input.prefix = choices.text("strip-prefix");
    const ExplainMeasure* measure = &measures.of(space, chosen);
    Plan::Set set{.input = place_of(plan_.inputs, inputs, input),
                  .measure = place_of(plan_.measures, known, measure),
                  .first = width_,
                  .count = measure->columns};
    const auto averages = changed_values(space, chosen, Stage::kAverage);
    if (const auto rows = averages.find("rows"); rows != averages.end()) {
      set.rows = rows->second == "valid" ? Plan::Rows::kValid : Plan::Rows::kNotEmpty;
      if (set.rows == Plan::Rows::kValid) set.rule.emplace(choices);
    }
    if (const auto average = averages.find("average"); average != averages.end()) {
      set.average = average->second;
      set.count = 2;  // the sum of the rows' own scores, and how many they are
    }
    width_ += set.count;
    plan_.sets.push_back(std::move(set));
  }
  plan_.caches.assign(measures.caches().begin(), measures.caches().end());
}

void ExplainRows::measure(const TextPair& example, std::span<double> out) const {
  Example work(plan_, example);
  for (const Plan::Set& set : plan_.sets) work.add(set, out.subspan(set.first, set.count));
}

std::optional<double> ExplainRows::score(std::size_t place, std::span<const double> sums) const {
  const Plan::Set& set = plan_.sets[place];
  const std::span<const double> sum = sums.subspan(set.first, set.count);
  if (!set.average.empty()) {
    if (sum[1] == 0.0) return {};
    return sum[0] / sum[1];
  }
  const metrics::Value value = plan_.measures[set.measure]->metric->finish(sum);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace cupel
