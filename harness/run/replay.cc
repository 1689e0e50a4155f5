#include "harness/run/replay.h"

#include <algorithm>
#include <array>
#include <utility>

#include "harness/run/scoring.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"

namespace cupel {
namespace {

/// Passes on what it is told, and ends the run once a finished stage differs.
class Comparing final : public RunWatcher {
 public:
  Comparing(RunWatcher& watcher, ReplayCheck& check) : watcher_(watcher), check_(check) {}

  void begin(const PlanCell& cell, std::size_t number, std::size_t count) override {
    watcher_.begin(cell, number, count);
  }
  void stage(const char* what, double share) override { watcher_.stage(what, share); }
  void fact(std::string_view name, std::uint64_t step, double value) override {
    watcher_.fact(name, step, value);
  }
  void waiting(const PlannedStage& stage) override { watcher_.waiting(stage); }
  void trained(const PlannedStage& stage, double seconds) override {
    watcher_.trained(stage, seconds);
    check_.trainings(false);
    differs_ = check_.difference().has_value();
  }
  void end(const PlanCell& cell, const Error* failure, double seconds) override {
    watcher_.end(cell, failure, seconds);
  }
  [[nodiscard]] bool cancelled() override { return differs_ || watcher_.cancelled(); }

  [[nodiscard]] bool differs() const { return differs_; }

 private:
  RunWatcher& watcher_;
  ReplayCheck& check_;
  bool differs_ = false;
};

/// Of the recorded scores; one without intervals if there are none.
std::vector<ScoringOptions> draws_of(const std::vector<results::Measurement>& measurements,
                                     std::int64_t protocol, unsigned jobs) {
  std::vector<ScoringOptions> all;
  bool scored = false;
  for (const results::Measurement& one : measurements) {
    if (one.protocol_key != protocol || !one.score) continue;
    scored = true;
    for (const results::StoredInterval& interval : one.intervals) {
      const auto like = [&](const ScoringOptions& known) {
        return known.resamples == interval.draws && known.seed == interval.seed &&
               known.confidence == interval.confidence;
      };
      if (std::ranges::none_of(all, like))
        all.push_back({.resamples = interval.draws,
                       .confidence = interval.confidence,
                       .seed = interval.seed,
                       .jobs = jobs});
    }
  }
  if (scored && all.empty()) all.push_back({.resamples = 0, .jobs = jobs});
  return all;
}

/// Under every protocol under which the recorded run was scored, as it was then.
void score(results::Store& recorded, const results::Run& then, results::StoreWriter& store,
           const results::Run& now, const RunResources& resources, RunWatcher& watcher) {
  const auto progress = [&](std::size_t done) {
    if (watcher.cancelled()) throw models::Cancelled();
    watcher.stage("scoring", static_cast<double>(done) / static_cast<double>(now.size));
  };
  const auto measurements = recorded.measurements(then);
  for (const results::StoredProtocol& stored : recorded.protocols()) {
    const auto draws = draws_of(measurements, stored.key, resources.jobs);
    for (const ScoringOptions& options : draws) {
      Scorer scorer(metrics::parse_protocol(stored.body, stored.name), now.cell.task,
                    resources.files, options);
      static_cast<void>(score_run(store, now, scorer, options, progress));
    }
  }
}

/// The same cells, and no protocols: what is scored, the record says.
Manifest unscored(Manifest manifest) {
  manifest.protocols.clear();
  return manifest;
}

}  // namespace

Replayed replay(results::Store& recorded, const results::Run& run, const ReplayRequest& request,
                const RunResources& resources, RunWatcher& watcher) {
  const Plan plan(unscored(request.plan.manifest()), request.plan.limit());
  const Digest cell = plan.cells().at(request.place).cell.digest();
  results::StoreWriter store(request.folder / "replay.db", true, request.environment);
  RunResources own = resources;
  own.artifacts = request.folder / "artifacts";
  own.overlaps = false;
  ReplayCheck check({.store = recorded, .cell = run.digest, .artifacts = request.artifacts},
                    {.store = store, .cell = cell, .artifacts = own.artifacts});
  Comparing comparing(watcher, check);
  const std::array<std::size_t, 1> cells = {request.place};
  const RunSummary summary = Runner(store, plan, own, comparing).run(cells);
  Replayed result;
  result.interrupted = summary.interrupted && !comparing.differs();
  if (result.interrupted) return result;
  if (!summary.failures.empty()) result.failure = summary.failures.front();
  check.trainings(true);
  check.predictions();
  const auto now = store.run_of(cell);
  if (!check.difference() && now && now->complete()) {
    try {
      score(recorded, run, store, *now, resources, watcher);
    } catch (const models::Cancelled&) {
      Replayed none;
      none.interrupted = true;
      return none;
    }
    check.scores();
  }
  result.same = check.same();
  result.difference = check.difference();
  result.left_out = check.left_out();
  return result;
}

}  // namespace cupel
