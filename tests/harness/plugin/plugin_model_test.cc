#include "harness/plugin/plugin_model.h"

#include <filesystem>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/plugin/external_models.h"
#include "tests/support/model_answers.h"
#include "tests/support/paths.h"
#include "tests/support/staged.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using Views = std::vector<std::string_view>;

std::filesystem::path example(const std::string& name) {
  return std::filesystem::path(CUPEL_PLUGIN_EXAMPLES) / name;
}

std::unique_ptr<models::Model> open(const std::string& library, const std::string& implementation) {
  return open_plugin_model("m", example(library + ".so"), implementation, {});
}

template <typename Body>
Code code_of(const Body& body, const std::string& expected) {
  try {
    body();
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring(expected));
    return error.code();
  }
  FAIL("accepted");
  return Code::kStore;
}

}  // namespace

TEST_CASE("a plug-in's own words and kinds of failure arrive") {
  CHECK(code_of([] { (void)open("failing", "bear"); },
                "model 'm': unknown implementation 'bear'; there are: bare") == Code::kUsage);
  const auto bare = open("failing", "bare");
  CHECK(code_of([&] { bare->fit({}, {}); }, "model 'm': the weights\\nmelted") ==
        Code::kIncomplete);
  CHECK(code_of([&] { bare->load({}, {}); }, "has no load()") == Code::kCapability);
  CHECK(code_of([&] { (void)bare->generate({}, {}); }, "has no generate()") == Code::kCapability);
  CHECK(code_of([&] { bare->set_gallery({}, {}); }, "has no set_gallery()") == Code::kCapability);
  CHECK(code_of([&] { (void)bare->rank({}, {}); }, "has no rank()") == Code::kCapability);
  CHECK(code_of([&] { (void)bare->classify({}, {}); }, "has no classify()") == Code::kCapability);
}

TEST_CASE("what a careless plug-in does wrong is noticed") {
  CHECK(code_of([] { (void)open("careless", "nothing"); }, "made no model") == Code::kIncomplete);
  const auto model = open("careless", "one");
  CHECK(code_of([&] { (void)model->generate(Views{"a", "b"}, {}); },
                "answered 2 inputs with 1 outputs") == Code::kIncomplete);
  CHECK(model->generate(Views{"a"}, {}) == std::vector<std::string>{"one"});
  CHECK(code_of([&] { (void)model->generate(Views{"latin"}, {}); }, "output 1 is not UTF-8") ==
        Code::kIncomplete);
  CHECK(code_of([&] { model->set_gallery({}, {}); }, "let an exception out") == Code::kIncomplete);
  model->set_gallery(Views{"x", "y"}, {});
  CHECK(code_of([&] { (void)model->rank(Views{"a", "b"}, {}); },
                "score 2 of input 2 is missing or not finite") == Code::kIncomplete);
  CHECK(code_of([&] { (void)model->classify(Views{"a"}, {}); }, "failed with status 42") ==
        Code::kIncomplete);
  CHECK(code_of([&] { model->load({.folder = "x"}, {}); },
                "model 'm': 'loss' is not finite at step 12") == Code::kIncomplete);
  CHECK(code_of([&] { model->load({.folder = "latin"}, {}); },
                "the name of a fact of step 12 is empty or not UTF-8") == Code::kIncomplete);
}

TEST_CASE("what a callback throws passes a plug-in by, and shares beyond 1 are dropped") {
  const auto model = open("careless", "one");
  std::vector<double> shares;
  models::Work work;
  work.progress = [&](double share) { shares.push_back(share); };
  model->fit({}, work);
  CHECK(shares == std::vector<double>{0.5, 1.0});
  shares.clear();
  work.progress = [&](double share) {
    shares.push_back(share);
    throw std::domain_error("mine");
  };
  CHECK_THROWS_AS(model->fit({}, work), std::domain_error);
  CHECK(shares == std::vector<double>{0.5});
}

TEST_CASE("samples without the labels that they should have never reach a plug-in") {
  const std::vector<Sample> samples = test::three_samples();
  CHECK_THROWS_AS(open("careless", "one")->fit({.train = samples}, {}), std::logic_error);
}

TEST_CASE("a plug-in built out of tree does all that its preset declares", "[ngram]") {
  const models::ModelEntry entry =
      external_model(models::read_preset(example("ngram/ngram.json")), {});
  test::check_nearest(entry);
  CHECK(entry.identity().at("implementation") == "ngram");
}

TEST_CASE("options reach a plug-in, and it may refuse them", "[ngram]") {
  const models::ModelEntry entry =
      external_model(models::read_preset(example("ngram/ngram.json")), {});
  const std::vector<Sample> samples = test::three_samples();
  const std::vector<std::string> labels = test::two_labels();
  models::Options options = test::defaults_of(entry);
  options["floor"] = 1.0;  // nothing is near: the first example
  const auto model = entry.make(options);
  model->fit({.capability = Capability::kGeneration, .train = samples, .labels = labels}, {});
  CHECK(model->generate(Views{"it is aromatic"}, {}) == std::vector<std::string>{"CCO"});
  options["n"] = std::string("three");
  CHECK(code_of([&] { (void)entry.make(options); }, "option 'n' is absent or has another type") ==
        Code::kIncomplete);
}

TEST_CASE("fits of a plug-in are cancelled, and refuse an empty set as usage", "[ngram]") {
  const models::ModelEntry entry =
      external_model(models::read_preset(example("ngram/ngram.json")), {});
  const std::vector<Sample> samples = test::three_samples();
  const std::vector<std::string> labels = test::two_labels();
  double share = 0.0;
  models::Work work;
  work.progress = [&](double done) { share = done; };
  work.cancelled = [&] { return share > 0.5; };
  const auto model = entry.make(test::defaults_of(entry));
  CHECK_THROWS_AS(model->fit({.train = samples, .labels = labels}, work), models::Cancelled);
  CHECK(share < 0.9);
  CHECK(code_of([&] { entry.make(test::defaults_of(entry))->fit({}, {}); },
                "model 'example-ngram': there is nothing to learn from") == Code::kUsage);
}

TEST_CASE("a plug-in is trained in stages, resumes, and loads for what it will be asked") {
  const test::TempDir dir;
  const std::vector<Sample> samples = test::three_samples();
  const std::vector<std::string> labels = test::two_labels();
  ManifestModel staged = test::staged_model("staged", {{"steps", std::int64_t{2}}});
  const auto fit = [&](const std::string& stage, const std::string& parent) {
    const std::string folder = (dir / stage).string();
    std::filesystem::create_directories(folder);
    staged.entry->make(staged.options)
        ->fit({.train = samples,
               .labels = labels,
               .stage = stage,
               .parent = parent,
               .folder = folder},
              {});
    return folder;
  };
  const std::string first = fit("pretraining", "");
  const std::string second = fit("property", first);
  CHECK(code_of([&] { fit("captioning", "/nowhere"); }, "there is no parent") == Code::kIncomplete);
  const auto load = [&](Capability capability) {
    auto model = staged.entry->make(staged.options);
    model->load({.folder = second, .capability = capability, .labels = labels}, {});
    return model;
  };
  // "ethanol, an alcohol", "acetic "acid" \n, β" and "benzene, aromatic", twice.
  CHECK(load(Capability::kCaptioning)->generate(Views{"CC"}, {}) ==
        std::vector<std::string>{"pretraining+property 16 plain 2"});
  CHECK(load(Capability::kProperty)->classify(Views{"CC", "C"}, {}) ==
        std::vector<float>{1, 2, 3, 4});
  const auto ranks = [&](Capability capability) {
    const auto model = load(capability);
    model->set_gallery(Views{"a", "b"}, {});
    return model->rank(Views{"q"}, {});
  };
  CHECK(ranks(Capability::kMoleculeRetrieval) == std::vector<float>{2, 3});
  CHECK(ranks(Capability::kTextRetrieval) == std::vector<float>{3, 4});
}
