#include "harness/run/invariance.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <numeric>
#include <span>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/split_mix.h"
#include "harness/core/utf8.h"

namespace cupel {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<std::size_t, 3> kCalls = {1, 7, 64};
constexpr std::array<std::uint64_t, 2> kOrders = {1, 2};
constexpr std::array<std::int64_t, 4> kRows = {1, 3, 16, 64};
constexpr std::array<std::int64_t, 2> kPads = {1, 17};
constexpr std::array<unsigned, 2> kThreads = {1, 2};

/// place -> example.
std::vector<std::size_t> order_of(std::size_t size, std::uint64_t seed) {
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), 0);
  if (seed == 0) return order;
  SplitMix64 random(split_mix(seed + kSplitMixStep));
  for (std::size_t left = size; left > 1; --left)
    std::swap(order[left - 1], order[random.below(left)]);
  return order;
}

std::vector<std::string_view> in_order(std::span<const std::string_view> all,
                                       std::span<const std::size_t> order) {
  std::vector<std::string_view> ordered;
  for (const std::size_t i : order) ordered.push_back(all[i]);
  return ordered;
}

/// One condition on one model: asks call by call, and puts what it hears where it belongs.
class Asking {
 public:
  Asking(const AskingCondition& condition, models::Model& model, const CellExamples& examples)
      : condition_(condition),
        model_(model),
        order_(order_of(examples.size(), condition.shuffle)),
        inputs_(in_order(examples.inputs(), order_)) {}

  AuditedAnswers texts() {
    AuditedAnswers answers;
    answers.texts.resize(order_.size());
    answers.log_probabilities.resize(order_.size());
    answers.tokens.resize(order_.size());
    answers.margins.resize(order_.size());
    in_calls([&](std::size_t first, std::span<const std::string_view> call) {
      const models::Work work{
          .jobs = condition_.jobs,
          .fact = [&](std::string_view name, std::uint64_t place, double value) {
            if (place >= call.size()) return;
            const std::size_t example = order_[first + place];
            if (name == "log-probability") answers.log_probabilities[example] = value;
            if (name == "tokens") answers.tokens[example] = value;
            if (name == "margin") answers.margins[example] = value;
          }};
      auto outputs = model_.generate(call, work);
      check(outputs.size(), call.size());
      for (std::size_t i = 0; i < call.size(); ++i) {
        if (first_invalid_utf8(outputs[i]))
          throw Error(Code::kIncomplete, "the model's output is not UTF-8");
        answers.texts[order_[first + i]] = std::move(outputs[i]);
      }
    });
    return answers;
  }

  AuditedAnswers ranks(std::span<const std::string_view> gallery) {
    const auto candidates = order_of(gallery.size(), condition_.shuffle);
    model_.set_gallery(in_order(gallery, candidates), {.jobs = condition_.jobs});
    return numbers(candidates,
                   [&](auto call, const models::Work& work) { return model_.rank(call, work); });
  }

  AuditedAnswers labels(std::size_t count) {
    return numbers(order_of(count, 0), [&](auto call, const models::Work& work) {
      return model_.classify(call, work);
    });
  }

 private:
  template <typename Call>
  void in_calls(const Call& asked) const {
    const std::size_t most = condition_.call == 0 ? inputs_.size() : condition_.call;
    for (std::size_t first = 0; first < inputs_.size(); first += most)
      asked(first, std::span(inputs_).subspan(first, std::min(most, inputs_.size() - first)));
  }

  /// `columns`: place -> where it stands in the answers.
  template <typename Ask>
  AuditedAnswers numbers(const std::vector<std::size_t>& columns, const Ask& ask) const {
    AuditedAnswers answers;
    answers.columns = columns.size();
    answers.scores.resize(order_.size() * columns.size());
    in_calls([&](std::size_t first, std::span<const std::string_view> call) {
      const std::vector<float> scores = ask(call, models::Work{.jobs = condition_.jobs});
      check(scores.size(), call.size() * columns.size());
      for (std::size_t i = 0; i < scores.size(); ++i) {
        if (!std::isfinite(scores[i]))
          throw Error(Code::kIncomplete, "the model's answer is not finite");
        const std::size_t example = order_[first + i / columns.size()];
        answers.scores[example * columns.size() + columns[i % columns.size()]] = scores[i];
      }
    });
    return answers;
  }

  static void check(std::size_t found, std::size_t wanted) {
    if (found == wanted) return;
    throw Error(Code::kIncomplete,
                fmt::format("the model gave {} answers where {} were asked for", found, wanted));
  }

  const AskingCondition& condition_;
  models::Model& model_;
  std::vector<std::size_t> order_;
  std::vector<std::string_view> inputs_;
};

/// One condition for each value of an option, if there is such an option.
void vary(std::vector<AskingCondition>& all, const ManifestModel& model, const std::string& option,
          std::span<const std::int64_t> values) {
  const auto own = model.options.find(option);
  if (own == model.options.end()) return;
  for (const std::int64_t value : values) {
    if (own->second == models::OptionValue(value)) continue;
    AskingCondition condition = all.front();
    condition.name = fmt::format("{} {}", option, value);
    condition.own = {{option, value}};
    all.push_back(std::move(condition));
  }
}

}  // namespace

std::vector<AskingCondition> asking_conditions(const ManifestModel& model, std::size_t examples,
                                               unsigned processors) {
  std::vector<AskingCondition> all = {{.name = "as planned", .jobs = processors}};
  const auto add = [&](std::string name) -> AskingCondition& {
    all.push_back(all.front());
    all.back().name = std::move(name);
    return all.back();
  };
  for (const std::size_t call : kCalls) {
    if (call < examples) add(fmt::format("calls of {}", call)).call = call;
  }
  for (const std::uint64_t seed : kOrders) add(fmt::format("order {}", seed)).shuffle = seed;
  vary(all, model, "prediction-rows", kRows);
  vary(all, model, "extra-pads", kPads);
  for (const unsigned jobs : kThreads) {
    if (jobs != processors) add(fmt::format("{} thread{}", jobs, jobs == 1 ? "" : "s")).jobs = jobs;
  }
  return all;
}

AuditedAnswers answers_under(const AskingCondition& condition, models::Model& model,
                             Capability capability, const CellExamples& examples) {
  Asking asking(condition, model, examples);
  if (!examples.gallery().empty()) return asking.ranks(examples.gallery());
  if (capability == Capability::kProperty) return asking.labels(examples.labels());
  return asking.texts();
}

std::vector<ConditionResult> audit_invariance(
    const PlanCell& cell, CellModels& models, StageTraining& stages, unsigned processors,
    const std::function<void(const ConditionResult&)>& told) {
  std::vector<ConditionResult> results;
  std::unique_ptr<models::Model> model;
  const AskingCondition* made_for = nullptr;
  AuditedAnswers first;
  const auto conditions = asking_conditions(*cell.model, models.examples().size(), processors);
  for (const AskingCondition& condition : conditions) {
    const auto start = Clock::now();
    if (made_for == nullptr || made_for->own != condition.own || made_for->jobs != condition.jobs) {
      models::Options options = cell.model->options;
      for (const auto& [name, value] : condition.own) options[name] = value;
      model.reset();  // before memory is taken for the next
      model = models.make(cell, options, stages,
                          [&](const char*) { return models::Work{.jobs = condition.jobs}; });
      made_for = &condition;
    }
    AuditedAnswers answers =
        answers_under(condition, *model, cell.task->task->capability, models.examples());
    if (results.empty()) first = answers;
    results.push_back({.condition = condition,
                       .difference = compare_answers(first, answers),
                       .seconds = std::chrono::duration<double>(Clock::now() - start).count()});
    if (told) told(results.back());
  }
  return results;
}

}  // namespace cupel
