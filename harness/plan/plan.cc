#include "harness/plan/plan.h"

#include <charconv>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/chem/molecule.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "tasks/dataset.h"

namespace cupel {
namespace {

/// The split that is predicted. Data sets have only one that is scored.
constexpr const char* kSplit = "test";

/// Of each entry once: files of weights may stand behind it, and a sweep has thousands of cells.
std::map<const models::ModelEntry*, ModelIdentity> identities_of(const Manifest& manifest) {
  std::map<const models::ModelEntry*, ModelIdentity> all;
  for (const ManifestModel& model : manifest.models) {
    const models::ModelEntry& entry = *model.entry;
    if (all.contains(&entry)) continue;
    all[&entry] = entry.identity ? entry.identity() : ModelIdentity{{"model", entry.id}};
  }
  return all;
}

/// What of the options a cell has beside its chain: without one, what its only training has, too.
models::Effects effects_of(const PlanCell& planned) {
  models::Effects effects = models::Effects().set(models::kAnswers);
  if (planned.chain.empty())
    effects.set(static_cast<std::size_t>(objective_of(planned.task->task->capability)));
  return effects;
}

/// Keys in alphabetical order: the cell's digest is over these bytes. Names of variants, manifests
/// and files are not in it.
std::string config_of(const PlanCell& planned, const std::string& dataset,
                      const ModelIdentity& identity, std::size_t limit) {
  JsonWriter json;
  json.begin_object();
  json.key("dataset").begin_object();
  json.key("digest").value(dataset);
  json.key("id").value(planned.task->dataset->id).end_object();
  json.key("kind").value("run");
  if (limit > 0) json.key("limit").value(limit);
  json.key("model");
  write_model(json, *planned.model, identity, effects_of(planned), planned.chain.empty());
  json.key("rdkit").value(chem::rdkit_version());  // what parses, scaffolds, fingerprints
  if (planned.seed) json.key("seed").value(*planned.seed);
  json.key("split").value(kSplit);
  if (!planned.chain.empty()) json.key("stage").value(to_hex(planned.chain.back().digest));
  json.key("task").begin_object();
  json.key("id").value(planned.task->task->id);
  json.key("version").value(planned.task->task->version).end_object();
  return json.end_object().str();
}

}  // namespace

Plan::Plan(Manifest manifest, std::size_t limit) : manifest_(std::move(manifest)), limit_(limit) {
  const auto identities = identities_of(manifest_);
  for (const ManifestTask& task : manifest_.tasks) {
    const std::string dataset = to_hex(tasks::dataset_digest(*task.dataset));
    for (const ManifestModel& model : manifest_.models) {
      std::vector<std::optional<std::int64_t>> seeds = {std::nullopt};
      if (model.entry->random) seeds.assign(task.seeds.begin(), task.seeds.end());
      for (const auto& seed : seeds) {
        const ModelIdentity& identity = identities.at(model.entry.get());
        PlanCell next{.model = &model,
                      .task = &task,
                      .seed = seed,
                      .chain = chain_of(model, identity, task, seed),
                      .cell = {},
                      .reason = {}};
        next.cell = {.config = config_of(next, dataset, identity, limit),
                     .model = model.name,
                     .task = task.task->id,
                     .dataset = task.dataset->id,
                     .split = limit == 0 ? kSplit : fmt::format("{} (first {})", kSplit, limit),
                     .seed = seed};
        if (!model.entry->can(task.task->capability)) {
          next.reason = fmt::format("{} has no capability '{}'", model.entry->id,
                                    capability_name(task.task->capability));
        }
        cells_.push_back(std::move(next));
      }
    }
  }
}

results::StoredPlan Plan::stored() const {
  results::StoredPlan plan{.name = manifest_.name, .manifest = manifest_.text, .cells = {}};
  for (const PlanCell& cell : cells_)
    plan.cells.push_back({.cell = cell.cell, .reason = cell.reason});
  return plan;
}

Shard Shard::parse(const std::string& text) {
  const auto number = [](std::string_view digits) {
    std::size_t value = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return error == std::errc() && end == digits.data() + digits.size() ? value : 0;
  };
  const std::size_t slash = text.find('/');
  const std::string_view whole = text;
  const std::size_t index = slash == std::string::npos ? 0 : number(whole.substr(0, slash));
  const std::size_t count = slash == std::string::npos ? 0 : number(whole.substr(slash + 1));
  if (index == 0 || count == 0 || index > count) {
    throw Error(Code::kUsage, fmt::format("'{}' is no shard", text),
                "write i/n, with i from 1 to n: --shard 2/8 is the second of eight");
  }
  return {.index = index - 1, .count = count};
}

std::vector<const PlannedStage*> stages_of(const Plan& plan, std::span<const std::size_t> cells) {
  std::vector<const PlannedStage*> stages;
  std::set<Digest> seen;
  for (const std::size_t place : cells) {
    for (const PlannedStage& stage : plan.cells()[place].chain) {
      if (seen.insert(stage.digest).second) stages.push_back(&stage);
    }
  }
  return stages;
}

std::vector<std::size_t> cells_to_run(const Plan& plan, const Shard& shard) {
  std::vector<std::size_t> chosen;
  std::set<Digest> seen;
  for (std::size_t i = 0; i < plan.cells().size(); ++i) {
    const PlanCell& cell = plan.cells()[i];
    if (!cell.applicable() || !seen.insert(cell.cell.digest()).second) continue;
    if ((seen.size() - 1) % shard.count == shard.index) chosen.push_back(i);
  }
  return chosen;
}

}  // namespace cupel
