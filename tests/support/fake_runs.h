/// Runs of a model that answers by rule, and does what a test tells it, on data sets made here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/digest.h"
#include "harness/plan/plan.h"
#include "harness/run/runner.h"
#include "metrics/protocol.h"
#include "models/model.h"
#include "results/store.h"
#include "tasks/task.h"
#include "tests/support/datasets.h"

namespace cupel::test {

/// What the fake was asked, and what it is to do beside answering; empty: nothing.
struct Script {
  std::size_t fits = 0;
  std::size_t asked = 0;  ///< inputs
  std::function<void()> on_fit = {};
  std::function<void(std::vector<std::string>&)> on_texts = {};
  std::function<void(std::vector<float>&)> on_numbers = {};
};

// The fake's answers. Scores are few, so that there are ties.
inline std::string fake_text(std::string_view input) {
  return std::string(1 + sha256_prefix(input) % 6, 'C');
}
inline float fake_score(std::string_view query, std::string_view candidate) {
  return static_cast<float>(sha256_prefix(std::string(query) + '\n' + std::string(candidate)) % 7);
}
inline float fake_logit(std::string_view smiles, std::size_t label) {
  const auto number = sha256_prefix(std::string(smiles) + std::to_string(label)) % 1000;
  return static_cast<float>(number) / 7 - 60;
}

class FakeModel final : public models::Model {
 public:
  explicit FakeModel(std::shared_ptr<Script> script) : script_(std::move(script)) {}

  void fit(const models::TrainingData& data, const models::Work& /*work*/) override {
    ++script_->fits;
    labels_ = data.labels.size();
    if (script_->on_fit) script_->on_fit();
  }
  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const models::Work& /*work*/) override {
    std::vector<std::string> outputs;
    for (const std::string_view input : inputs) outputs.push_back(fake_text(input));
    script_->asked += inputs.size();
    if (script_->on_texts) script_->on_texts(outputs);
    return outputs;
  }
  void set_gallery(std::span<const std::string_view> candidates,
                   const models::Work& /*work*/) override {
    gallery_.assign(candidates.begin(), candidates.end());
  }
  std::vector<float> rank(std::span<const std::string_view> queries,
                          const models::Work& /*work*/) override {
    std::vector<float> scores;
    for (const std::string_view query : queries) {
      for (const std::string_view candidate : gallery_)
        scores.push_back(fake_score(query, candidate));
    }
    return told(queries.size(), std::move(scores));
  }
  std::vector<float> classify(std::span<const std::string_view> smiles,
                              const models::Work& /*work*/) override {
    std::vector<float> logits;
    for (const std::string_view one : smiles) {
      for (std::size_t label = 0; label < labels_; ++label)
        logits.push_back(fake_logit(one, label));
    }
    return told(smiles.size(), std::move(logits));
  }

 private:
  std::vector<float> told(std::size_t inputs, std::vector<float> numbers) {
    script_->asked += inputs;
    if (script_->on_numbers) script_->on_numbers(numbers);
    return numbers;
  }

  std::shared_ptr<Script> script_;
  std::vector<std::string_view> gallery_;
  std::size_t labels_ = 0;
};

/// The fake as the only model of a manifest that has it, called `id`.
inline ManifestModel fake_model(const std::string& id, const std::shared_ptr<Script>& script) {
  models::ModelEntry entry{.id = id, .summary = "a fake", .capabilities = {}, .options = {}};
  for (const auto& [capability, name] : kCapabilityNames) entry.capabilities.push_back(capability);
  entry.make = [script](const models::Options&) { return std::make_unique<FakeModel>(script); };
  return {.name = id,
          .entry = std::make_shared<const models::ModelEntry>(std::move(entry)),
          .options = {}};
}

/// Each number is another molecule, also when stereo and salts do not count.
inline std::string chain(std::size_t number) {
  std::string smiles = "Br";
  for (; number > 0; number /= 3)
    smiles += number % 3 == 0 ? "C" : number % 3 == 1 ? "C(F)" : "C(Cl)";
  return smiles + "I";
}

/// Rows of the numbers [first, first + count): chain(n) with a text, or with the labels a and b.
inline std::string made_rows(std::size_t first, std::size_t count, bool labelled) {
  std::string rows = labelled ? "smiles\ta\tb\n" : "smiles\ttext\n";
  for (std::size_t n = first; n < first + count; ++n) {
    rows += chain(n) + '\t';
    rows += labelled ? std::string(n % 2 == 0 ? "1" : "0") + (n % 3 == 0  ? "\t"
                                                              : n % 5 < 2 ? "\t1"
                                                                          : "\t0")
                     : "chain number " + std::to_string(n);
    rows += '\n';
  }
  return rows;
}

/// How many rows train and test; the first `shared` molecules of the test side also train.
struct MadeSizes {
  std::size_t train = 20;
  std::size_t test = 40;
  std::size_t shared = 3;
};

/// A set of two files, written below `dir`.
inline tasks::DatasetDescriptor made_set(const TempDir& dir, const std::string& id,
                                         const MadeSizes& sizes, bool labelled = false) {
  tasks::DatasetDescriptor set;
  set.id = id;
  set.obtain = "ask its author";
  if (labelled) set.labels = {"a", "b"};
  set.sizes = {sizes.train, 0, sizes.test};
  const auto add = [&](tasks::Side side, std::size_t first, std::size_t rows) {
    const std::string name = id + (side == tasks::Side::kTrain ? "-train.tsv" : "-test.tsv");
    set.parts.push_back({.format = tasks::Format::kTsv,
                         .files = {data_file(dir, name, made_rows(first, rows, labelled))},
                         .columns = {.id = {}, .smiles = "smiles", .text = labelled ? "" : "text"},
                         .rows = rows,
                         .side = side});
  };
  if (sizes.train > 0) add(tasks::Side::kTrain, 0, sizes.train);
  if (sizes.test > 0) add(tasks::Side::kTest, sizes.train - sizes.shared, sizes.test);
  return set;
}

/// Protocol "<id>": one cheap metric or three for each section.
inline metrics::Protocol cheap_protocol(const std::string& id = "cheap") {
  return metrics::parse_protocol(
      R"({"id": ")" + id + R"(", "summary": "cheap", "version": 1, "origin": "tests of runs",
  "tasks": {
    "captioning": {"metrics": ["bleu-2"], "choices": {
      "columns": {"value": "as-named", "source": "tests"},
      "strip-prefix": {"value": "", "source": "tests"},
      "tokens": {"value": "13a", "source": "tests"},
      "max-tokens": {"value": 0, "source": "tests"}}},
    "generation": {"metrics": ["levenshtein"], "choices": {
      "columns": {"value": "as-named", "source": "tests"},
      "strip-prefix": {"value": "", "source": "tests"}}},
    "retrieval": {"metrics": ["mrr"], "choices": {
      "ties": {"value": "expected", "source": "tests"}}},
    "choice": {"metrics": ["accuracy@4", "accuracy@10", "accuracy@20"], "choices": {
      "ties": {"value": "expected", "source": "tests"},
      "batches": {"value": 0, "source": "tests"}}},
    "property": {"metrics": ["roc-auc"], "choices": {}, "source": "tests"}}})",
      id);
}

/// The task of this id on a made set, whatever set it is defined on.
inline ManifestTask made_task(const std::string& id, const tasks::DatasetDescriptor& set) {
  return {.task = &tasks::task_registry().get(id), .dataset = &set, .seeds = {1}};
}

inline Manifest made_manifest(std::vector<ManifestModel> models, std::vector<ManifestTask> tasks,
                              std::vector<metrics::Protocol> protocols = {cheap_protocol()}) {
  return {.name = "made",
          .summary = {},
          .protocols = std::move(protocols),
          .resamples = 20,
          .models = std::move(models),
          .tasks = std::move(tasks),
          .text = "{}"};
}

/// Cancels when it was asked for the share of predictions so many times.
class Impatient final : public RunWatcher {
 public:
  explicit Impatient(std::size_t batches) : left_(batches) {}
  void stage(const char* what, double /*share*/) override {
    if (std::string_view(what) == "predicting" && left_ > 0) --left_;
  }
  [[nodiscard]] bool cancelled() override { return left_ == 0; }

 private:
  std::size_t left_;
};

/// Runs every cell of a plan.
inline RunSummary run_plan(const Plan& plan, const std::filesystem::path& path,
                           const tasks::DataRoots& data, RunWatcher&& watcher = RunWatcher()) {
  results::StoreWriter store(path, true, R"({"cupel":"test"})");
  return Runner(store, plan, {.data = data, .files = {}, .jobs = 1}, watcher)
      .run(cells_to_run(plan, {}));
}

}  // namespace cupel::test
