#include "models/baselines/bm25.h"
#include "models/baselines/copy.h"
#include "models/baselines/ecfp_forest.h"
#include "models/baselines/ecfp_logistic.h"
#include "models/baselines/majority.h"
#include "models/baselines/nearest_neighbour.h"
#include "models/model.h"

namespace cupel::models {
namespace {

using Made = std::unique_ptr<Model>;

double real(const Options& options, const char* name) { return std::get<double>(options.at(name)); }

std::size_t count(const Options& options, const char* name) {
  return static_cast<std::size_t>(std::get<std::int64_t>(options.at(name)));
}

EcfpOptions ecfp_options(const Options& options) {
  return {.radius = static_cast<unsigned>(count(options, "radius")),
          .bits = count(options, "bits")};
}

std::vector<ModelOption> with_ecfp(std::vector<ModelOption> own) {
  own.push_back(
      {"radius", "bonds around an atom that one feature spans; 2 is ECFP4", std::int64_t{2}, 0, 6});
  own.push_back({"bits", "length of the folded fingerprint", std::int64_t{2048}, 16, 65536});
  return own;
}

void add_pairs(Registry<ModelEntry>& all) {
  using enum Capability;
  all.add({.id = "nearest-neighbour",
           .summary = "the text or the labels of the most similar training molecules",
           .capabilities = {kCaptioning, kProperty},
           .make = [](const Options&) -> Made { return std::make_unique<NearestNeighbour>(); }});
  all.add({.id = "bm25",
           .summary = "the training pair whose text shares the telling words",
           .capabilities = {kGeneration, kMoleculeRetrieval, kTextRetrieval},
           .options = {{"k1", "how soon repeated words stop counting", 1.2, 0, 100},
                       {"b", "how much long texts are discounted", 0.75, 0, 1}},
           .make = [](const Options& options) -> Made {
             return std::make_unique<Bm25>(
                 Bm25Options{.k1 = real(options, "k1"), .b = real(options, "b")});
           }});
  all.add({.id = "majority",
           .summary = "the most frequent training output, whatever the input",
           .capabilities = {kCaptioning, kGeneration, kProperty},
           .make = [](const Options&) -> Made { return std::make_unique<Majority>(); }});
  all.add({.id = "copy",
           .summary = "the input as the output",
           .capabilities = {kCaptioning, kGeneration},
           .learns = false,
           .make = [](const Options&) -> Made { return std::make_unique<Copy>(); }});
}

void add_classifiers(Registry<ModelEntry>& all) {
  all.add({.id = "ecfp-logistic",
           .summary = "logistic regression on Morgan bits, one a label",
           .capabilities = {Capability::kProperty},
           .options = with_ecfp({{"c", "inverse strength of the L2 penalty", 1.0, 1e-6, 1e6}}),
           .make = [](const Options& options) -> Made {
             return std::make_unique<EcfpLogistic>(ecfp_options(options), real(options, "c"));
           }});
  all.add({.id = "ecfp-forest",
           .summary = "a random forest on Morgan bits, one a label",
           .capabilities = {Capability::kProperty},
           .random = true,
           .options =
               with_ecfp({{"trees", "trees of a forest", std::int64_t{100}, 1, 10000},
                          {"min-leaf", "fewest drawn rows in a leaf", std::int64_t{1}, 1, 10000}}),
           .make = [](const Options& options) -> Made {
             return std::make_unique<EcfpForest>(
                 ecfp_options(options), count(options, "trees"),
                 BitTreeOptions{.min_leaf = count(options, "min-leaf")});
           }});
}

}  // namespace

const Registry<ModelEntry>& model_registry() {
  static const Registry<ModelEntry> registry = [] {
    Registry<ModelEntry> all("model");
    add_pairs(all);
    add_classifiers(all);
    return all;
  }();
  return registry;
}

}  // namespace cupel::models
