#include "harness/run/explain_space.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/chem/inchi.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/run/explain_texts.h"
#include "metrics/builtin.h"

namespace cupel {
namespace {

using Stage = ExplainChoice::Stage;
using metrics::ChoiceSpec;
using metrics::MetricEntry;
using metrics::TaskProtocol;

/// What people use where a number may be anything.
std::vector<std::string> numbers_of(std::string_view key) {
  static const std::map<std::string_view, std::vector<std::string>> known = {
      {"max-tokens", {"0", "128", "256", "512"}},
      {"morgan-radius", {"1", "2", "3"}},
      {"morgan-bits", {"0", "1024", "2048", "4096"}},
      {"batches", {"0", "32", "64"}},
      {"strip-prefix", {"", "[CLS] "}}};
  const auto at = known.find(key);
  return at == known.end() ? std::vector<std::string>() : at->second;
}

std::vector<std::string> values_of(const ChoiceSpec& spec) {
  if (spec.kind == ChoiceSpec::Kind::kFlag) return {"no", "yes"};
  if (spec.kind == ChoiceSpec::Kind::kOneOf) return {spec.allowed.begin(), spec.allowed.end()};
  return numbers_of(spec.key);
}

/// Why this machine cannot compute the value; empty: it can.
std::string missing(std::string_view key, const std::string& value, const ScoringFiles& files) {
  if (key == "tokens" && value == "scibert" && files.wordpiece.empty())
    return "tokens = scibert was left out: its vocabulary was not given (--wordpiece)";
  if (key == "tokens" && value == "t5" && files.t5_pieces.empty())
    return "tokens = t5 was left out: its vocabulary was not given (--t5-pieces)";
  if (key == "exact" && value == "inchi" && !chem::has_inchi())
    return "exact = inchi was left out: this build has no InChI";
  return {};
}

class Maker {
 public:
  Maker(const TaskProtocol& task, const std::string& metric, const ScoringFiles& files)
      : task_(task), metric_(metric), files_(files) {}

  ExplainSpace make() {
    using Family = MetricEntry::Family;
    const Family family = metrics::metric_registry().get(metric_).family;
    if (family == Family::kMolecule) add_texts(molecule_choices());
    if (family == Family::kText) add_texts(text_choices());
    add_metric();
    for (const ChoiceSpec& spec : metrics::choice_specs()) add(spec);
    const bool bleu = metric_.starts_with("bleu");
    const bool leaves_out = uses("invalid-similarity") || uses("validity-of");
    if (family == Family::kMolecule && !leaves_out && task_.choices.has("invalid"))
      add(Stage::kAverage, "rows", "all", {"valid", "not-empty"});
    if (bleu) add(Stage::kAverage, "average", "corpus", {"rows", "rows-method1", "rows-method2"});
    return std::move(space_);
  }

 private:
  [[nodiscard]] bool uses(std::string_view key) const {
    return std::ranges::any_of(metrics_like(metric_), [&](const std::string& like) {
      return std::ranges::contains(metrics::metric_registry().get(like).choices, key);
    });
  }

  void add(Stage stage, std::string key, std::string from, std::vector<std::string> to) {
    std::erase(to, from);
    if (to.empty()) return;
    space_.choices.push_back(
        {.stage = stage, .key = std::move(key), .from = std::move(from), .to = std::move(to)});
  }

  void add_texts(const std::vector<TextChoice>& choices) {
    for (const TextChoice& one : choices) {
      if (one.key == "stems" && !metric_.starts_with("rouge")) continue;
      add(Stage::kText, std::string(one.key), "as-they-stand",
          {one.values.begin(), one.values.end()});
    }
  }

  void add_metric() {
    std::vector<std::string> others = metrics_like(metric_);
    std::erase_if(others, [&](const std::string& other) {  // its own choices must be made
      return !std::ranges::all_of(metrics::metric_registry().get(other).choices,
                                  [&](const auto& key) { return task_.choices.has(key); });
    });
    add(Stage::kMeasure, "metric", metric_, others);
  }

  void add(const ChoiceSpec& spec) {
    const std::string key(spec.key);
    const bool of_input = key == "columns" || key == "strip-prefix";
    if (!task_.choices.has(key) || !(of_input || uses(key))) return;
    if (spec.kind == ChoiceSpec::Kind::kSetOf) {
      for (const char* member : {"empty", "trailing-text"}) {
        const bool in = task_.choices.contains(key, member);
        add(Stage::kMeasure, fmt::format("{}:{}", key, member), in ? "yes" : "no",
            {in ? "no" : "yes"});
      }
      return;
    }
    std::vector<std::string> values = values_of(spec);
    std::erase_if(values, [&](const std::string& value) {
      std::string why = missing(key, value, files_);
      if (value == task_.choices.printed(key) || why.empty()) return false;
      space_.left_out.push_back(std::move(why));
      return true;
    });
    add(Stage::kMeasure, key, task_.choices.printed(key), std::move(values));
  }

  const TaskProtocol& task_;
  const std::string& metric_;
  const ScoringFiles& files_;
  ExplainSpace space_;
};

}  // namespace

std::vector<std::string> metrics_like(const std::string& metric) {
  const std::vector<std::vector<std::string>> kinds = {
      {"bleu-2", "bleu-4"}, {"bleu", "bleu-2"}, {"maccs", "rdk", "morgan"}};
  for (std::vector<std::string> kind : kinds) {
    const auto at = std::ranges::find(kind, metric);
    // BLEU of molecules may be that of pairs, whose name is that of a metric of texts.
    if (at == kind.end() || (metric == "bleu-2" && kind.front() == "bleu")) continue;
    std::swap(*at, kind.front());
    return kind;
  }
  return {metric};
}

std::map<std::string_view, std::string_view> changed_values(const ExplainSpace& space,
                                                            const Combination& chosen,
                                                            Stage stage) {
  std::map<std::string_view, std::string_view> values;
  for (std::size_t c = 0; c < chosen.size(); ++c) {
    const ExplainChoice& choice = space.choices[c];
    if (choice.stage == stage && chosen[c] > 0) values[choice.key] = choice.to[chosen[c] - 1U];
  }
  return values;
}

ExplainSpace explain_space(const TaskProtocol& task, const std::string& metric,
                           const ScoringFiles& files) {
  if (!std::ranges::contains(task.metrics, metric))
    throw Error(Code::kUsage, fmt::format("the protocol has no metric '{}' for this task", metric),
                suggest(metric, task.metrics));
  return Maker(task, metric, files).make();
}

}  // namespace cupel
