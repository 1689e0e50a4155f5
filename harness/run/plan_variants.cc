#include "harness/run/plan_variants.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/nearest.h"

namespace cupel {
namespace {

// Names of what is no option: the model itself, and what else is known of it.
constexpr const char* kModel = "model";
constexpr std::string_view kOfTheModel = "model ";

/// Keys of configurations that say for which cell or stage they are; "x." stands for all below.
constexpr std::array<std::string_view, 10> kOfTheCell = {
    "dataset.", "kind", "limit", "objective", "parent", "rdkit", "seed", "split", "stage", "task."};

bool is_of_the_cell(const std::string& key) {
  return std::ranges::any_of(kOfTheCell, [&](std::string_view one) {
    return one.ends_with('.') ? key.starts_with(one) : key == one;
  });
}

/// Options by their names; what makes up the model's identity in one line.
FlatSettings settings_in(const FlatSettings& config) {
  constexpr std::string_view kOptions = "model.options.";
  constexpr std::string_view kIdentity = "model.identity.";
  constexpr std::string_view kOther = "model.";
  FlatSettings settings;
  for (const auto& [key, value] : config) {
    if (is_of_the_cell(key)) continue;
    if (key.starts_with(kOptions)) {
      settings.emplace(key.substr(kOptions.size()), value);
    } else if (key.starts_with(kIdentity)) {
      std::string& all = settings[kModel];
      const std::string name = key.substr(kIdentity.size());
      all += (all.empty() ? "" : ", ") + (name == kModel ? value : name + " " + value);
    } else if (key.starts_with(kOther)) {
      settings.emplace(fmt::format("{}{}", kOfTheModel, key.substr(kOther.size())), value);
    } else {
      settings.emplace(key, value);
    }
  }
  return settings;
}

/// The stages that end with this one, the first one first; nothing when one is not in the store.
/// Each is read once.
class Chains {
 public:
  explicit Chains(results::Store& store) {
    for (results::StoredStage& stage : store.stages()) {
      const Digest digest = stage.digest();
      all_.emplace(digest, std::move(stage));
    }
  }
  [[nodiscard]] std::optional<std::vector<const results::StoredStage*>> ending_with(
      std::optional<Digest> last) const {
    std::vector<const results::StoredStage*> chain;
    for (; last; last = chain.back()->parent) {
      const auto at = all_.find(*last);
      if (at == all_.end() || chain.size() > all_.size()) return std::nullopt;
      chain.push_back(&at->second);
    }
    std::ranges::reverse(chain);
    return chain;
  }

 private:
  std::map<Digest, results::StoredStage> all_;
};

std::string place_of(const results::Cell& cell) {
  return fmt::format("{} on {}", cell.task, cell.dataset);
}

/// What one cell adds to its variant. False: its stages are not in the store.
bool add_cell(const results::Cell& cell, const Chains& chains, PlanVariant& variant) {
  const FlatSettings config = flat_settings(cell.config, "the plan's cell of " + cell.model);
  variant.places.try_emplace(place_of(cell), settings_in(config));
  const auto stage = config.find("stage");
  const auto last = stage == config.end() ? std::nullopt : from_hex(stage->second);
  const auto chain = chains.ending_with(last);
  if (!chain) return false;
  std::string line;
  for (const results::StoredStage* one : *chain) {
    const std::string name = fmt::format("{} on {}", one->objective, one->dataset);
    line += (line.empty() ? "" : ", ") + name;
    variant.places.try_emplace("stage " + name,
                               settings_in(flat_settings(one->config, "stage " + name)));
  }
  variant.stages.emplace(place_of(cell), line.empty() ? "none" : line);
  return true;
}

/// Once each, in the order of their names; those of the model first.
class Differences {
 public:
  void add(SettingDifference one) {
    if (seen_.emplace(one.part, one.key).second) all_.push_back(std::move(one));
  }
  [[nodiscard]] std::vector<SettingDifference> sorted() && {
    std::ranges::sort(all_, {}, [](const SettingDifference& one) {
      return std::tuple(one.part == "option", one.part, one.key);
    });
    return std::move(all_);
  }

 private:
  std::set<std::pair<std::string, std::string>> seen_;
  std::vector<SettingDifference> all_;
};

void add_place(const FlatSettings& reference, const FlatSettings& variant, Differences& all) {
  if (reference == variant) return;  // most places of a large sweep
  auto differing = differing_settings("option", reference, variant);
  const bool other_model = std::ranges::contains(differing, kModel, &SettingDifference::key);
  for (SettingDifference& one : differing) {
    const bool fact = one.key.starts_with(kOfTheModel);
    const bool one_sided = !one.baseline || !one.candidate;
    if (other_model && (fact || one_sided)) continue;
    if (fact || one.key == kModel) one.part = "model";
    all.add(std::move(one));
  }
}

}  // namespace

std::vector<PlanVariant> plan_variants(results::Store& store, const results::StoredPlan& plan) {
  const Chains chains(store);
  std::vector<PlanVariant> variants;
  std::map<std::string, std::size_t> places;
  std::set<std::pair<std::size_t, std::string>> done, open;  // variant and place
  for (const results::PlannedCell& planned : plan.cells) {
    const auto [at, is_new] = places.try_emplace(planned.cell.model, variants.size());
    if (is_new) variants.push_back({.name = planned.cell.model});
    const std::pair place(at->second, place_of(planned.cell));
    if (done.contains(place)) continue;  // of another seed
    if (add_cell(planned.cell, chains, variants[at->second]))
      done.insert(place);
    else if (planned.applicable())
      open.insert(place);
  }
  for (const auto& place : open) {
    if (!done.contains(place)) variants[place.first].known = false;
  }
  return variants;
}

std::vector<SettingDifference> switch_between(const PlanVariant& reference,
                                              const PlanVariant& variant) {
  Differences all;
  for (const auto& [place, settings] : reference.places) {
    const auto at = variant.places.find(place);
    if (at != variant.places.end()) add_place(settings, at->second, all);
  }
  for (const auto& [place, stages] : reference.stages) {
    const auto at = variant.stages.find(place);
    if (at == variant.stages.end() || at->second == stages) continue;
    all.add({.part = "stages", .key = "stages", .baseline = stages, .candidate = at->second});
  }
  return std::move(all).sorted();
}

ChosenReference choose_reference(const std::vector<PlanVariant>& variants,
                                 const std::string& name) {
  if (variants.size() < 2) {
    throw Error(Code::kUsage, "the plan has fewer than two variants: nothing can be switched",
                "--plan names another one; 'cupel plan' shows what a manifest stands for");
  }
  std::vector<std::string> names;
  for (const PlanVariant& one : variants) names.push_back(one.name);
  if (!name.empty()) {
    const auto at = std::ranges::find(names, name);
    if (at == names.end()) {
      throw Error(Code::kUsage, fmt::format("the plan has no variant '{}'", name),
                  suggest(name, names));
    }
    return {.place = static_cast<std::size_t>(at - names.begin()), .why = "it was named"};
  }
  std::vector<std::size_t> singles(variants.size(), 0);
  for (std::size_t i = 0; i < variants.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const bool known = variants[i].known && variants[j].known;
      if (!known || switch_between(variants[i], variants[j]).size() != 1) continue;
      ++singles[i];
      ++singles[j];
    }
  }
  const auto most = std::ranges::max_element(singles);
  const std::string others = fmt::format("{} of {} others", *most, variants.size() - 1);
  std::string why = fmt::format("it differs from {} in exactly one setting", others);
  if (std::ranges::count(singles, *most) > 1) why += ", as others do; of these it is the first";
  return {.place = static_cast<std::size_t>(most - singles.begin()), .why = std::move(why)};
}

}  // namespace cupel
