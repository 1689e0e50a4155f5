#include "harness/run/stage_training.h"

#include <chrono>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "models/model.h"

namespace cupel {
namespace {

using Clock = std::chrono::steady_clock;

/// Each transaction waits for the disk several times.
constexpr std::chrono::milliseconds kKeepEvery{500};

/// What progress lines call the training of a stage.
const char* words_for(Objective objective) {
  switch (objective) {
    case Objective::kPretraining:
      return "pre-training";
    case Objective::kRetrieval:
      return "training retrieval";
    case Objective::kCaptioning:
      return "training captioning";
    case Objective::kGeneration:
      return "training generation";
    case Objective::kProperty:
      break;
  }
  return "training property";
}

/// The curves of one training on their way into the store.
class Curves {
 public:
  Curves(results::StoreWriter& store, results::StoredStage stage)
      : store_(store), stage_(std::move(stage)) {}

  void add(std::string_view name, std::uint64_t step, double value) {
    points_.emplace_back(std::string(name), results::CurvePoint{.step = step, .value = value});
    if (Clock::now() - kept_ > kKeepEvery) keep();
  }
  void keep() {
    if (points_.empty()) return;
    results::Transaction adding(store_.database());
    for (const auto& [name, point] : points_) store_.add_point(stage_, name, point);
    adding.commit();
    points_.clear();
    kept_ = Clock::now();
  }

 private:
  results::StoreWriter& store_;
  results::StoredStage stage_;
  std::vector<std::pair<std::string, results::CurvePoint>> points_;
  Clock::time_point kept_ = Clock::now();
};

}  // namespace

StageTraining::StageTraining(results::StoreWriter& store, std::filesystem::path artifacts,
                             unsigned jobs, RunWatcher& watcher, TrainingSides sides)
    : store_(store),
      artifacts_(std::move(artifacts)),
      jobs_(jobs),
      watcher_(watcher),
      sides_(std::move(sides)) {}

std::filesystem::path StageTraining::ready(const PlanCell& cell) {
  results::Transaction adding(store_.database());
  for (const PlannedStage& stage : cell.chain) put(stage);
  adding.commit();
  return ready(cell, cell.chain);
}

std::filesystem::path StageTraining::ready(const PlanCell& cell, Chain chain) {
  const PlannedStage& stage = chain.back();
  if (const auto known = ready_.find(stage.digest); known != ready_.end()) return known->second;
  if (const auto known = failed_.find(stage.digest); known != failed_.end()) throw known->second;
  const Artifact artifact(artifacts_, stage.digest);
  try {
    make_ready(cell, chain, artifact);
  } catch (const Error& error) {
    failed_.emplace(stage.digest, error);
    throw;
  } catch (const std::bad_alloc&) {
    failed_.emplace(stage.digest,
                    Error(Code::kCapability, "out of memory", "use a machine with more memory"));
    throw failed_.at(stage.digest);
  }
  return ready_.emplace(stage.digest, artifact.path()).first->second;
}

void StageTraining::make_ready(const PlanCell& cell, Chain chain, const Artifact& artifact) {
  const PlannedStage& stage = chain.back();
  if (artifact.finished()) return end(stage, artifact.verify(stage.config));
  std::string parent;
  if (chain.size() > 1) parent = ready(cell, chain.first(chain.size() - 1)).string();
  bool told = false;
  const StageLock lock(artifact.lock(), [&] {
    if (watcher_.cancelled()) throw models::Cancelled();
    if (!std::exchange(told, true)) watcher_.waiting(stage);
    watcher_.stage("waiting for another process", 0.0);
  });
  // The process that was waited for has trained it.
  if (artifact.finished()) return end(stage, artifact.verify(stage.config));
  train(cell, stage, parent, artifact);
}

void StageTraining::train(const PlanCell& cell, const PlannedStage& stage,
                          const std::string& parent, const Artifact& artifact) {
  if (watcher_.cancelled()) throw models::Cancelled();  // before data are loaded
  const auto start = Clock::now();
  artifact.begin();
  const tasks::Dataset& data = sides_(*stage.dataset);
  const char* what = words_for(stage.objective);
  Curves curves(store_, put(stage));
  const models::Work work{.jobs = jobs_,
                          .progress = [&](double share) { watcher_.stage(what, share); },
                          .cancelled = [&] { return watcher_.cancelled(); },
                          .fact =
                              [&](std::string_view name, std::uint64_t step, double value) {
                                curves.add(name, step, value);
                                watcher_.fact(name, step, value);
                              }};
  watcher_.stage(what, 0.0);
  try {
    cell.model->entry->make(cell.model->options)
        ->fit({.train = data.train,
               .validation = data.validation,
               .labels = data.labels,
               .seed = static_cast<std::uint64_t>(stage.seed.value_or(0)),
               .stage = std::string(objective_name(stage.objective)),
               .parent = parent,
               .folder = artifact.partial().string()},
              work);
  } catch (...) {
    curves.keep();
    throw;
  }
  curves.keep();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  end(stage, artifact.seal(stage.config, seconds));
  // Whoever waits for it finds the artefact.
  std::error_code none;
  std::filesystem::remove(artifact.lock(), none);
  watcher_.trained(stage, seconds);
}

results::StoredStage StageTraining::put(const PlannedStage& stage) {
  return store_.put_stage({.config = stage.config,
                           .objective = std::string(objective_name(stage.objective)),
                           .dataset = stage.dataset->id,
                           .seed = stage.seed,
                           .parent = stage.parent,
                           .environment = {},
                           .made_at = {}});
}

void StageTraining::end(const PlannedStage& stage, const results::StageEnd& end) {
  results::Transaction adding(store_.database());
  store_.end_stage(put(stage), end);
  adding.commit();
}

}  // namespace cupel
