#include "harness/run/replay_cell.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/run/setting_difference.h"

namespace cupel {
namespace {

constexpr std::string_view kFileDigest = "sha256:";

std::string describe(const results::Run& run) {
  return fmt::format("run {} ({}, {})", run.id(), run.cell.model, run.cell.task);
}

bool has_cell(const results::StoredPlan& plan, const Digest& cell) {
  return std::ranges::any_of(plan.cells, [&](const results::PlannedCell& planned) {
    return planned.cell.digest() == cell;
  });
}

/// That the stage before is another one follows from its own difference.
bool follows(const SettingDifference& setting) {
  return setting.key == "stage" || setting.key == "parent";
}

/// "sha256:…" says nothing to people without the file that has it.
void name_file(const ManifestModel& model, SettingDifference& setting) {
  if (!setting.candidate || !setting.candidate->starts_with(kFileDigest)) return;
  const std::string digest = setting.candidate->substr(kFileDigest.size());
  for (const auto& [path, sha256] : model.files) {
    if (sha256 == digest) return void(*setting.candidate += fmt::format(" ({})", path));
  }
}

std::vector<SettingDifference> settings_of(results::Store& store, const results::Run& run,
                                           const PlanCell& cell) {
  const std::string origin = store.path().string();
  auto all = differing_settings("config", run.cell.config, cell.cell.config, origin);
  const auto chain = store.stages_of(run);
  if (chain.size() != cell.chain.size()) {
    all.push_back({.part = "config",
                   .key = "stages",
                   .baseline = fmt::format("{}", chain.size()),
                   .candidate = fmt::format("{}", cell.chain.size())});
  }
  for (std::size_t i = 0; i < std::min(chain.size(), cell.chain.size()); ++i) {
    const std::string part = fmt::format("stage {} ({})", i + 1, chain[i].objective);
    std::ranges::move(differing_settings(part, chain[i].config, cell.chain[i].config, origin),
                      std::back_inserter(all));
  }
  if (!std::ranges::all_of(all, follows)) std::erase_if(all, follows);
  for (SettingDifference& setting : all) name_file(*cell.model, setting);
  return all;
}

Code code_of(const SettingDifference& setting) {
  const std::string_view key = setting.key;
  const auto& was = setting.baseline;
  if (key == "dataset.digest" || key.starts_with("model.identity.file ") ||
      (was && was->starts_with(kFileDigest)))
    return Code::kIntegrity;
  if (key == "rdkit" || key == "model.version" || key == "task.version" ||
      key.starts_with("model.identity."))
    return Code::kCapability;
  return Code::kUsage;
}

}  // namespace

void check_can_be_replayed(const results::Store& store, const results::Run& run) {
  const std::string where = store.path().string();
  const JsonValue config = parse_json(run.cell.config, where);
  const auto kind = std::ranges::find(config.members, "kind", &JsonMember::key);
  if (kind != config.members.end() && kind->value.text == "import") {
    throw Error(Code::kUsage,
                fmt::format("{}: {} was imported from a file of predictions: there is no model to "
                            "ask again",
                            where, describe(run)),
                "'cupel doctor --store' computes its scores again");
  }
  if (!run.complete()) {
    throw Error(
        Code::kIncomplete,
        fmt::format("{}: {} has {} of {} predictions", where, describe(run), run.stored, run.size),
        "finish it with 'cupel run' first");
  }
}

std::string manifest_of(results::Store& store, const results::Run& run) {
  const auto plans = store.plans();
  for (const results::StoredPlan& plan : std::views::reverse(plans)) {
    if (has_cell(plan, run.digest)) return plan.manifest;
  }
  throw Error(Code::kUsage, fmt::format("{}: no plan has {}", store.path().string(), describe(run)),
              "name the manifest that it is from with --manifest");
}

std::size_t limit_of(const results::Run& run) {
  const JsonValue config = parse_json(run.cell.config, "run " + run.id());
  const auto limit = std::ranges::find(config.members, "limit", &JsonMember::key);
  return limit == config.members.end() ? 0 : static_cast<std::size_t>(limit->value.integer);
}

ReplayCell find_replay_cell(results::Store& store, const results::Run& run, const Plan& plan) {
  const auto& cells = plan.cells();
  std::optional<std::size_t> like;
  std::vector<std::string> known;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (!cells[i].applicable()) continue;
    const results::Cell& cell = cells[i].cell;
    if (cell.digest() == run.digest) return {.place = i};
    if (cell.task != run.cell.task || cell.dataset != run.cell.dataset) continue;
    known.push_back(cell.seed ? fmt::format("{} (seed {})", cell.model, *cell.seed) : cell.model);
    if (cell.model == run.cell.model && cell.seed == run.cell.seed && !like) like = i;
  }
  if (like) return {.place = *like, .settings = settings_of(store, run, cells[*like])};
  const std::string seed = run.cell.seed ? fmt::format(", seed {}", *run.cell.seed) : "";
  throw Error(
      Code::kUsage,
      fmt::format("the manifest '{}' has no model '{}' for {} on {}{}", plan.manifest().name,
                  run.cell.model, run.cell.task, run.cell.dataset, seed),
      known.empty() ? "name the manifest that the run is from with --manifest"
                    : fmt::format("it has: {}", fmt::join(known, ", ")));
}

Error other_settings(const results::Run& run, const std::vector<SettingDifference>& settings) {
  std::string what = fmt::format(
      "{} cannot be replayed, since the manifest now means another cell:", describe(run));
  Code code = Code::kUsage;
  for (const SettingDifference& setting : settings) {
    const Code own = code_of(setting);
    if (code == Code::kUsage || own == Code::kIntegrity) code = own;
    what += fmt::format("{} {} of {} was {}, is {}", &setting == settings.data() ? "" : ";",
                        setting.key, setting.part, setting.baseline.value_or("not set"),
                        setting.candidate.value_or("not set"));
  }
  return {code, what,
          "put it back as it was; or --force runs the cell that there is now, and says where it "
          "first differs"};
}

}  // namespace cupel
