#include <algorithm>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/plan_flags.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "harness/run/environment.h"
#include "harness/run/invariance.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

constexpr std::size_t kExamples = 500;
/// Of a text that flipped, so many characters are shown, and so many of them before the first
/// difference.
constexpr std::size_t kShown = 48;
constexpr std::size_t kShownBefore = 16;
/// Flips of a condition that people are shown; JSON has all of them.
constexpr std::size_t kShownFlips = 10;

struct Flags {
  PlanFlags plan;
  CellFlags cells;
  DataFlags data;
  std::string format;
};

/// What was found of one cell.
struct AuditedCell {
  const PlanCell* cell;
  std::vector<std::string> ids;  ///< of the examples
  std::vector<ConditionResult> results;

  [[nodiscard]] bool passed() const {
    return std::ranges::all_of(results,
                               [](const ConditionResult& one) { return one.difference.passed(); });
  }
};

/// Says what goes on: trainings are slow, and conditions many.
class Teller final : public RunWatcher {
 public:
  void waiting(const PlannedStage& stage) override {
    say(fmt::format("waiting for another process, which trains {}", describe(stage)));
  }
  void trained(const PlannedStage& stage, double seconds) override {
    say(fmt::format("trained {}, {:.1f} s", describe(stage), seconds));
  }
  static void say(const std::string& what) { std::fprintf(stderr, "%s\n", what.c_str()); }
};

std::string excerpt(const std::string& text, std::size_t position) {
  const std::u32string all = decode_utf8(text);
  const std::size_t from = position > kShownBefore ? position - 1 - kShownBefore : 0;
  std::string shown = from > 0 ? "…" : "";
  const std::size_t to = std::min(all.size(), from + kShown);
  for (std::size_t i = std::min(from, to); i < to; ++i) append_utf8(shown, all[i]);
  return shown + (to < all.size() ? "…" : "");
}

void write_condition(JsonWriter& json, const ConditionResult& result, const AuditedCell& audited) {
  const AnswerDifference& found = result.difference;
  json.begin_object().key("condition").value(result.condition.name);
  json.key("passed").value(found.passed()).key("seconds").value(result.seconds);
  json.key("near_ties").value(found.near_ties()).key("largest_difference");
  if (found.largest)
    json.value(*found.largest).key("largest_at").value(audited.ids[found.largest_at]);
  else
    json.null();
  json.key("flips").begin_array();
  for (const Flip& flip : found.flips) {
    json.begin_object().key("id").value(audited.ids[flip.example]);
    json.key("position").value(flip.position).key("margin");
    if (flip.margin)
      json.value(*flip.margin);
    else
      json.null();
    json.key("near_tie").value(flip.near_tie());
    json.key("first").value(excerpt(flip.first, flip.position));
    json.key("other").value(excerpt(flip.other, flip.position)).end_object();
  }
  json.end_array().end_object();
}

std::string as_json(const std::vector<AuditedCell>& all, bool passed) {
  JsonWriter json;
  json.begin_object().key("passed").value(passed);
  json.key("tolerance").value(kInvarianceTolerance).key("cells").begin_array();
  for (const AuditedCell& audited : all) {
    const PlanCell& cell = *audited.cell;
    json.begin_object().key("model").value(cell.cell.model).key("task").value(cell.cell.task);
    json.key("dataset").value(cell.cell.dataset).key("seed");
    if (cell.seed)
      json.value(*cell.seed);
    else
      json.null();
    json.key("answers").value(audited.results.front().difference.texts ? "texts" : "scores");
    json.key("examples").value(audited.ids.size()).key("passed").value(audited.passed());
    json.key("conditions").begin_array();
    for (const ConditionResult& result : std::span(audited.results).subspan(1))
      write_condition(json, result, audited);
    json.end_array().end_object();
  }
  return json.end_array().end_object().str();
}

/// "498 identical, 2 near-ties, log probabilities within 3.1e-06".
std::string summary(const AnswerDifference& found) {
  std::string said;
  if (found.texts) {
    const std::size_t ties = found.near_ties();
    said = fmt::format("{} identical", found.examples - found.flips.size());
    if (ties > 0) said += fmt::format(", {} near-tie{}", ties, ties == 1 ? "" : "s");
    if (found.flips.size() > ties) said += fmt::format(", {} flipped", found.flips.size() - ties);
    if (found.largest) said += ", ";
  }
  if (found.largest)
    said += fmt::format("{} within {:.2g}", found.texts ? "log probabilities a token" : "scores",
                        *found.largest);
  return said;
}

std::string flip_lines(const AnswerDifference& found, const std::vector<std::string>& ids) {
  std::string out;
  for (const Flip& flip : std::span(found.flips).first(std::min(kShownFlips, found.flips.size()))) {
    const std::string margin =
        flip.margin ? fmt::format("margin {:.2g}", *flip.margin) : "no margin told";
    out += fmt::format("         {} from character {}, {}{}\n           {}\n           {}\n",
                       printable(ids[flip.example]), flip.position, margin,
                       flip.near_tie() ? " (near-tie)" : "",
                       printable(excerpt(flip.first, flip.position)),
                       printable(excerpt(flip.other, flip.position)));
  }
  if (found.flips.size() > kShownFlips)
    out += fmt::format("         {} more: --format json\n", found.flips.size() - kShownFlips);
  return out;
}

std::string line_of(const ConditionResult& result) {
  return fmt::format("{:<6} {:<18} {}\n", result.difference.passed() ? "ok" : "FAILED",
                     result.condition.name, summary(result.difference));
}

std::string as_text(const std::vector<AuditedCell>& all) {
  std::string out;
  std::size_t failed = 0;
  std::size_t conditions = 0;
  for (const AuditedCell& audited : all) {
    out += fmt::format("{}, {} examples\n", describe(*audited.cell), audited.ids.size());
    for (const ConditionResult& result : std::span(audited.results).subspan(1)) {
      out += line_of(result) + flip_lines(result.difference, audited.ids);
      ++conditions;
      failed += result.difference.passed() ? 0 : 1;
    }
  }
  return out +
         fmt::format("{} conditions on {} cells, {} failed\n", conditions, all.size(), failed);
}

AuditedCell audit_cell(const PlanCell& cell, CellModels& models, StageTraining& stages) {
  models.load(cell);
  Teller::say(describe(cell));
  AuditedCell audited{.cell = &cell, .ids = {}, .results = {}};
  for (std::size_t i = 0; i < models.examples().size(); ++i)
    audited.ids.push_back(models.dataset().test[i].id);
  const unsigned processors = std::max(1U, std::thread::hardware_concurrency());
  audited.results =
      audit_invariance(cell, models, stages, processors, [](const ConditionResult& result) {
        Teller::say(fmt::format("  {}: {}, {:.1f} s", result.condition.name,
                                result.difference.passed() ? "ok" : "FAILED", result.seconds));
      });
  return audited;
}

int audit(const Flags& flags) {
  chem::silence_rdkit();
  const auto plan = make_plan(flags.plan);
  const auto cells = chosen_cells(*plan, flags.cells);
  const tasks::DataRoots roots = roots_of(flags.data);
  ensure_suite(*plan, cells, roots);
  results::StoreWriter store(store_of(flags.plan, *plan), true, environment_facts());
  Teller teller;
  CellModels models(*plan, roots);
  StageTraining stages(store, artifacts_of(flags.plan, *plan), 0, teller,
                       [&](const tasks::DatasetDescriptor& set) -> const tasks::Dataset& {
                         return models.training_sides(set);
                       });
  std::vector<AuditedCell> all;
  for (const std::size_t place : cells)
    all.push_back(audit_cell(plan->cells()[place], models, stages));
  const bool passed = std::ranges::all_of(all, &AuditedCell::passed);
  print(flags.format == "json" ? as_json(all, passed) : as_text(all));
  return passed ? 0 : static_cast<int>(Code::kCheckFailed);
}

}  // namespace

void add_audit_invariance(CLI::App& audit_command, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  flags->plan.limit = kExamples;
  CLI::App* command = audit_command.add_subcommand(
      "invariance",
      "ask each model of a manifest the same under other batch sizes, orders, paddings and thread "
      "counts");
  add_plan_flags(*command, flags->plan);
  command->get_option("--limit")->description(
      fmt::format("examples of each cell (default: {})", kExamples));
  add_cell_flags(*command, flags->cells);
  add_data_flags(*command, flags->data);
  add_format(*command, flags->format, {"text", "json"});
  command->footer(
      "Stages of training that are not in --artifacts are trained first, as 'cupel run' does.\n"
      "The first answers, as a run asks, are held against those under each other condition: calls\n"
      "of 1, 7 and 64 inputs, two other orders (of candidates, too), 1 and 2 threads, and, if the\n"
      "model has these options, other 'prediction-rows' and 'extra-pads'.\n"
      "Texts must be identical; scores, and log probabilities by their tokens, agree to 1e-5. A\n"
      "text that is another one is excused as a near-tie, and counted, where the model told that\n"
      "its choice hung on less than 1e-5. The status is 1 when a condition failed.\n"
      "Examples:\n"
      "  cupel audit invariance tasks/manifests/mini.json --model atomas-tiny --task captioning\n"
      "  cupel audit invariance mine.json --limit 50 --format json");
  command->callback([flags, &chosen] { chosen.action = [flags] { return audit(*flags); }; });
}

}  // namespace cupel::cli
