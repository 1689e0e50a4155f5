#include "harness/run/runner.h"

#include <algorithm>
#include <chrono>
#include <new>
#include <optional>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "harness/run/answers.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"
#include "results/content_digest.h"

namespace cupel {
namespace {

using Clock = std::chrono::steady_clock;
using results::Run;

constexpr std::size_t kExamplesAtOnce = 16'384;
/// Predictions are made safe at least this often: so much is lost when the program is killed.
constexpr std::chrono::seconds kSafeEvery{1};

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

/// Where a run came from; reports show the note.
std::string source_of(const std::string& plan, const tasks::DatasetDescriptor& set) {
  JsonWriter json;
  json.begin_object();
  if (!set.note.empty()) json.key("note").value(set.id + ": " + set.note);
  json.key("plan").value(plan);
  return json.end_object().str();
}

/// The Merkle tree of what an interrupted run had stored.
results::MerkleTree stored_predictions(results::Store& store, const Run& run) {
  results::MerkleTree tree;
  for (std::size_t first = 0; first < run.stored; first += kExamplesAtOnce) {
    const auto rows = store.rows(run, first, std::min(kExamplesAtOnce, run.stored - first));
    for (const results::Row& row : rows) tree.add(results::prediction_digest(row.prediction));
  }
  return tree;
}

}  // namespace

std::vector<WantedScore> wanted_scores(results::Store& store, const Plan& plan) {
  std::vector<WantedScore> wanted;
  const auto stored = store.protocols();
  for (const ManifestTask& task : plan.manifest().tasks) {
    for (const metrics::Protocol& protocol : plan.manifest().protocols) {
      const std::string& section = task.task->scoring;
      if (!protocol.tasks.contains(section)) continue;
      const std::vector<std::int64_t> serving = protocols_like(stored, protocol, section);
      for (const std::string& metric : protocol.task(section).metrics) {
        WantedScore score{.task = task.task->id,
                          .protocol = protocol.id,
                          .protocol_keys = serving,
                          .metric = metric};
        if (!std::ranges::contains(wanted, score))  // the task may stand on two data sets
          wanted.push_back(std::move(score));
      }
    }
  }
  return wanted;
}

Runner::Runner(results::StoreWriter& store, const Plan& plan, RunResources resources,
               RunWatcher& watcher)
    : store_(store),
      plan_(plan),
      resources_(std::move(resources)),
      watcher_(watcher),
      models_(plan, resources_.data) {
  results::Transaction adding(store.database());
  plan_id_ = store.put_plan(plan.stored()).id();
  adding.commit();
  if (resources_.artifacts.empty()) resources_.artifacts = default_artifacts(store_.path());
}

models::Work Runner::work(const char* stage) {
  return {.jobs = resources_.jobs,
          .progress = [this, stage](double share) { watcher_.stage(stage, share); },
          .cancelled = [this] { return watcher_.cancelled(); },
          .fact = [this](std::string_view name, std::uint64_t step,
                         double value) { watcher_.fact(name, step, value); }};
}

RunSummary Runner::run(std::span<const std::size_t> cells) {
  RunSummary summary;
  stages_.emplace(store_, resources_.artifacts, resources_.jobs, watcher_,
                  [this](const tasks::DatasetDescriptor& set) -> const tasks::Dataset& {
                    return models_.training_sides(set);
                  });
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const PlanCell& cell = plan_.cells()[cells[i]];
    const auto start = Clock::now();
    watcher_.begin(cell, i + 1, cells.size());
    std::optional<Error> failure;
    try {
      if (watcher_.cancelled()) throw models::Cancelled();
      run_cell(cell);
    } catch (const models::Cancelled&) {
      summary.interrupted = true;
      return summary;
    } catch (const Error& error) {
      if (error.code() == Code::kStore) throw;
      failure = error;
    } catch (const std::bad_alloc&) {
      failure = Error(Code::kCapability, "out of memory", "use a machine with more memory");
    }
    if (failure) {
      results::Transaction adding(store_.database());
      store_.add_failure(cell.cell.digest(), failure->what());
      adding.commit();
      summary.failures.push_back(failure->code());
    }
    summary.done += failure ? 0 : 1;
    watcher_.end(cell, failure ? &*failure : nullptr, seconds_since(start));
  }
  return summary;
}

void Runner::run_cell(const PlanCell& cell) {
  const auto known = store_.run_of(cell.cell.digest());
  if (known && known->complete()) {
    score(cell, *known);
    return;
  }
  if (models_.load(cell)) overlaps_.clear();
  const CellExamples& examples = models_.examples();
  results::Transaction beginning(store_.database());
  Run run = store_.begin_run(cell.cell, examples.root(), examples.size(),
                             source_of(plan_id_, *cell.task->dataset));
  beginning.commit();
  score(cell, predict(cell, std::move(run)));
}

/// Another run on the same examples may have been interrupted while it stored them.
void Runner::store_examples(const Run& run) {
  const CellExamples& examples = models_.examples();
  for (std::size_t next = store_.examples_stored(run); next < run.size;) {
    const std::size_t end = std::min(next + kExamplesAtOnce, run.size);
    results::Transaction rows(store_.database());
    for (; next < end; ++next)
      store_.add_example(run, next, examples.digest(next), examples.inputs()[next],
                         examples.reference(next));
    rows.commit();
  }
}

void Runner::store_overlaps(const PlanCell& cell, const Run& run) {
  if (cell.chain.empty() && !models_.dataset().train.empty())
    store_overlaps(*cell.task->dataset, run);
  for (const PlannedStage& stage : cell.chain) store_overlaps(*stage.dataset, run);
}

void Runner::store_overlaps(const tasks::DatasetDescriptor& set, const Run& run) {
  const Digest training = tasks::dataset_digest(set);
  const auto known = store_.overlaps(run.examples);
  if (std::ranges::contains(known, training, &results::Overlap::training)) return;
  auto found = overlaps_.find(training);
  if (found == overlaps_.end()) {
    const auto told = [&](double share) {
      if (watcher_.cancelled()) throw models::Cancelled();
      watcher_.stage("comparing molecules", share);
    };
    auto keys = keys_.find(training);
    if (keys == keys_.end()) {
      keys = keys_
                 .emplace(training,
                          training_keys(models_.training_sides(set).train, resources_.jobs, told))
                 .first;
    }
    found = overlaps_
                .emplace(training,
                         find_overlaps(keys->second, models_.dataset().test, resources_.jobs, told))
                .first;
  }
  results::Transaction adding(store_.database());
  for (std::size_t kind = 0; kind < found->second.size(); ++kind) {
    std::vector<bool> seen = found->second[kind];
    if (seen.empty()) continue;
    seen.resize(run.size);  // a limited cell has fewer examples
    store_.put_overlap({.training = training,
                        .examples = run.examples,
                        .kind = std::string(kOverlapKinds[kind].second),
                        .seen = std::move(seen)});
  }
  adding.commit();
}

Run Runner::predict(const PlanCell& cell, Run run) {
  store_examples(run);
  if (resources_.overlaps) store_overlaps(cell, run);
  results::MerkleTree tree = stored_predictions(store_, run);
  const auto model = models_.make(cell, cell.model->options, *stages_,
                                  [this](const char* what) { return work(what); });
  models::Work predicting = work("predicting");
  predicting.progress = {};  // of one call: the share of all examples says more
  predicting.fact = {};      // of outputs, which only the audit of invariance wants to know
  Answers answers(*model, *cell.task->task, models_.examples(), predicting);
  std::optional<results::Transaction> rows;
  auto saved = Clock::now();
  while (run.stored < run.size) {
    const std::size_t count = std::min(answers.batch(), run.size - run.stored);
    const auto predictions = answers.predict(run.stored, count);
    if (!rows) rows.emplace(store_.database());
    for (const std::string& text : predictions) {
      const Digest digest = results::prediction_digest(text);
      store_.add_prediction(run, run.stored++, digest, text);
      tree.add(digest);
    }
    const bool cancelled = watcher_.cancelled();
    if (cancelled || run.stored == run.size || Clock::now() - saved > kSafeEvery) {
      rows->commit();
      rows.reset();
      saved = Clock::now();
    }
    watcher_.stage("predicting", static_cast<double>(run.stored) / static_cast<double>(run.size));
    if (cancelled) throw models::Cancelled();
  }
  run.predictions = tree.root();
  results::Transaction ending(store_.database());
  store_.end_run(run, *run.predictions);
  ending.commit();
  return run;
}

ScoringOptions Runner::scoring_options() const {
  return {.resamples = plan_.manifest().resamples, .jobs = resources_.jobs};
}

Scorer& Runner::scorer(const PlanCell& cell, const metrics::Protocol& protocol) {
  const std::string& section = cell.task->task->scoring;
  // The molecules and vocabularies of another section would only take memory.
  std::erase_if(scorers_, [&](const auto& known) { return known.first.second != section; });
  auto& made = scorers_[{protocol.id, section}];
  if (!made)
    made = std::make_unique<Scorer>(protocol, section, resources_.files, scoring_options());
  return *made;
}

void Runner::score(const PlanCell& cell, const Run& run) {
  const auto progress = [&](std::size_t done) {
    if (watcher_.cancelled()) throw models::Cancelled();  // whole blocks are safe already
    watcher_.stage("scoring", static_cast<double>(done) / static_cast<double>(run.size));
  };
  for (const metrics::Protocol& protocol : plan_.manifest().protocols) {
    if (!protocol.tasks.contains(cell.task->task->scoring)) continue;
    static_cast<void>(score_run(store_, run, scorer(cell, protocol), scoring_options(), progress));
  }
}

}  // namespace cupel
