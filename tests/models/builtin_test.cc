// What the contract promises, for every model of the registry and everything that it can do.
#include <algorithm>
#include <cmath>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "models/model.h"
#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

using Texts = std::vector<std::string_view>;

struct Answers {
  std::vector<std::string> outputs;
  std::vector<float> scores;
  bool operator==(const Answers&) const = default;
  void append(const Answers& more) {
    outputs.insert(outputs.end(), more.outputs.begin(), more.outputs.end());
    scores.insert(scores.end(), more.scores.begin(), more.scores.end());
  }
};

bool reads_text(Capability capability) {
  return capability == Capability::kGeneration || capability == Capability::kMoleculeRetrieval;
}

bool retrieves(Capability capability) {
  return capability == Capability::kMoleculeRetrieval || capability == Capability::kTextRetrieval;
}

Texts inputs_of(Capability capability, const std::vector<Sample>& set) {
  Texts inputs = {"", " ", "C(", "[Fe", "zzz", std::string_view("\0C", 2), "\xFF\xFE"};
  for (const Sample& sample : set)
    inputs.push_back(reads_text(capability) ? sample.text : sample.smiles);
  return inputs;
}

Answers ask(Model& model, Capability capability, std::span<const std::string_view> inputs,
            const Work& work) {
  if (retrieves(capability)) return {.outputs = {}, .scores = model.rank(inputs, work)};
  if (capability == Capability::kProperty)
    return {.outputs = {}, .scores = model.classify(inputs, work)};
  return {.outputs = model.generate(inputs, work), .scores = {}};
}

struct Case {
  std::string id;
  Capability capability{};
};

std::vector<Case> all_cases() {
  std::vector<Case> cases;
  for (const ModelEntry& entry : model_registry().entries()) {
    for (const Capability capability : entry.capabilities) cases.push_back({entry.id, capability});
  }
  return cases;
}

// Fits, and sets the other side of the set as the gallery.
std::unique_ptr<Model> ready(const Case& which, const std::vector<Sample>& set, const Work& work) {
  std::unique_ptr<Model> model = test::made(which.id);
  model->fit(
      {.capability = which.capability, .train = set, .labels = test::small_labels(), .seed = 7},
      work);
  Texts gallery;
  for (const Sample& sample : set)
    gallery.push_back(which.capability == Capability::kTextRetrieval ? sample.text : sample.smiles);
  if (retrieves(which.capability)) model->set_gallery(gallery, work);
  return model;
}

TEST_CASE("the in-tree models are the baselines without weights") {
  CHECK(model_registry().ids() == std::vector<std::string>{"nearest-neighbour", "bm25", "majority",
                                                           "copy", "ecfp-logistic", "ecfp-forest"});
  for (const ModelEntry& entry : model_registry().entries()) {
    INFO(entry.id);
    CHECK_FALSE(entry.summary.empty());
    CHECK_FALSE(entry.capabilities.empty());
    CHECK(entry.random == (entry.id == "ecfp-forest"));
    for (const ModelOption& option : entry.options) {
      const auto* integer = std::get_if<std::int64_t>(&option.fallback);
      const double value =
          integer != nullptr ? static_cast<double>(*integer) : std::get<double>(option.fallback);
      CHECK(option.least <= value);
      CHECK(value <= option.most);
    }
  }
}

TEST_CASE("answers do not depend on threads, groups, order or what was asked before") {
  const Case which = GENERATE(from_range(all_cases()));
  INFO(which.id << ", " << capability_name(which.capability));
  const std::vector<Sample> set = test::small_set();
  const Texts inputs = inputs_of(which.capability, set);
  const auto model = ready(which, set, {.jobs = 1});
  const Answers whole = ask(*model, which.capability, inputs, {.jobs = 1});
  const std::size_t width = whole.scores.size() / inputs.size();
  CHECK(whole.outputs.size() + whole.scores.size() ==
        inputs.size() * std::max<std::size_t>(width, 1));

  const auto other = ready(which, set, {.jobs = 5});
  CHECK(ask(*other, which.capability, inputs, {.jobs = 3}) == whole);
  Answers one_by_one;
  for (const std::string_view& input : inputs)
    one_by_one.append(ask(*other, which.capability, {&input, 1}, {}));
  CHECK(one_by_one == whole);

  const Texts backwards(inputs.rbegin(), inputs.rend());
  const Answers reversed = ask(*model, which.capability, backwards, {});
  for (std::size_t i = 0; i < inputs.size(); ++i) {
    const std::size_t mirrored = inputs.size() - 1 - i;
    if (!whole.outputs.empty()) CHECK(reversed.outputs[mirrored] == whole.outputs[i]);
    for (std::size_t c = 0; c < width; ++c)
      CHECK(reversed.scores[mirrored * width + c] == whole.scores[i * width + c]);
  }
}

TEST_CASE("every score is finite, and probabilities are between 0 and 1") {
  const Case which = GENERATE(from_range(all_cases()));
  INFO(which.id << ", " << capability_name(which.capability));
  const std::vector<Sample> set = test::small_set();
  const auto model = ready(which, set, {});
  const Answers answers = ask(*model, which.capability, inputs_of(which.capability, set), {});
  for (const float score : answers.scores) {
    CHECK(std::isfinite(score));
    CHECK(score >= 0.0F);
    if (which.capability == Capability::kProperty) CHECK(score <= 1.0F);
  }
}

TEST_CASE("models survive an empty training set, and sets without anything readable") {
  const Case which = GENERATE(from_range(all_cases()));
  INFO(which.id << ", " << capability_name(which.capability));
  std::vector<Sample> set;
  if (GENERATE(false, true))
    set.resize(3, {.id = "x", .smiles = "C(", .text = "", .labels = {1, -1, 0, 1}});
  const auto model = ready(which, set, {});
  const std::string_view inputs[] = {"CCO", "", "C("};
  const Answers answers = ask(*model, which.capability, inputs, {});
  if (!retrieves(which.capability)) CHECK(answers.outputs.size() + answers.scores.size() >= 3);
  for (const float score : answers.scores) CHECK(std::isfinite(score));
}

TEST_CASE("work tells how far it is, and stops when it is cancelled") {
  const Case which = GENERATE(from_range(all_cases()));
  INFO(which.id << ", " << capability_name(which.capability));
  const std::vector<Sample> set = test::small_set();
  const Texts inputs = inputs_of(which.capability, set);
  std::vector<double> told;
  const Work telling{.progress = [&told](double share) { told.push_back(share); }};
  const auto model = ready(which, set, telling);
  CHECK(std::ranges::all_of(told, [](double share) { return share > 0 && share <= 1; }));
  told.clear();
  (void)ask(*model, which.capability, inputs, telling);
  CHECK(std::ranges::is_sorted(told));
  // What answers at once says nothing.
  const bool instant = which.id == "copy" || which.id == "majority";
  CHECK(told.empty() == instant);
  if (instant) return;
  CHECK(told.back() == 1.0);
  const Work cancelled{.cancelled = [] { return true; }};
  CHECK_THROWS_AS((void)ask(*model, which.capability, inputs, cancelled), Cancelled);
  if (which.id != "bm25") CHECK_THROWS_AS((void)ready(which, set, cancelled), Cancelled);
}

}  // namespace
}  // namespace cupel::models
