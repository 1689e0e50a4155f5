/// A model that is trained in stages as a test says: what it tells, leaves and answers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/plan/manifest.h"
#include "models/model.h"

namespace cupel::test {

inline constexpr std::size_t kNever = std::numeric_limits<std::size_t>::max();

/// Everything from these steps or examples on is another than it would be.
struct Scripted {
  std::string stage = "captioning";  ///< of which stage the steps are
  std::size_t steps = 8;
  std::size_t other_state = kNever;
  std::size_t other_loss = kNever;
  std::size_t silent = kNever;
  std::size_t fails = kNever;
  bool other_file = false;
  bool another_file = false;
  std::size_t other_answer = kNever;
  std::size_t fits = 0;
  double speed = 100.0;  ///< never told twice
};

class ScriptedModel final : public models::Model {
 public:
  explicit ScriptedModel(std::shared_ptr<Scripted> script) : script_(std::move(script)) {}

  void fit(const models::TrainingData& data, const models::Work& work) override {
    Scripted& script = *script_;
    ++script.fits;
    const bool here = data.stage == script.stage;
    for (std::size_t step = 0; step < script.steps; ++step) {
      if (work.cancelled()) throw models::Cancelled();
      if (here && step >= script.fails) throw Error(Code::kIncomplete, "diverged");
      if (here && step >= script.silent) continue;
      const auto at = static_cast<double>(step);
      work.fact("gradient", step, at / 3);
      work.fact("loss", step, 1 / (at + 1) + (here && step >= script.other_loss ? 0.5 : 0.0));
      work.fact("state-checksum", step, at + (here && step >= script.other_state ? 1000 : 0));
      work.fact("tokens-per-second", step, script.speed += 1);
    }
    write(data.folder + "/one", "one");
    write(data.folder + "/two", here && script.other_file ? "zwei" : "two");
    if (here && script.another_file) write(data.folder + "/three", "three");
  }
  void load(const models::TrainedStage& /*stage*/, const models::Work& /*work*/) override {}
  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const models::Work& /*work*/) override {
    std::vector<std::string> outputs;
    for (const std::string_view input : inputs) {
      outputs.push_back("about " + std::string(input));
      if (answered_++ >= script_->other_answer) outputs.back() += " or so";
    }
    return outputs;
  }

 private:
  static void write(const std::string& path, const std::string& text) {
    std::ofstream(path) << text;
  }

  std::shared_ptr<Scripted> script_;
  std::size_t answered_ = 0;
};

/// What the script says is no part of its identity.
inline ManifestModel scripted_model(const std::shared_ptr<Scripted>& script,
                                    const tasks::DatasetDescriptor& before) {
  models::ModelEntry entry{.id = "scripted",
                           .summary = "does as it is told",
                           .capabilities = {Capability::kCaptioning},
                           .stages = true,
                           .options = {}};
  entry.make = [script](const models::Options&) { return std::make_unique<ScriptedModel>(script); };
  return {.name = "scripted",
          .entry = std::make_shared<const models::ModelEntry>(std::move(entry)),
          .options = {},
          .stages = {{.objective = Objective::kPretraining, .dataset = &before}}};
}

}  // namespace cupel::test
