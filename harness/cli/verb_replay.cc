#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/plan_flags.h"
#include "harness/cli/screen.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "harness/run/artifact.h"
#include "harness/run/environment.h"
#include "harness/run/replay.h"
#include "harness/run/replay_cell.h"

namespace cupel::cli {
namespace {

namespace fs = std::filesystem;

struct ReplayFlags {
  std::string run;
  std::string store;
  std::string task;
  std::string manifest;
  std::string artifacts;
  std::string keep;
  bool force = false;
  unsigned jobs = 0;
  FileFlags files;
  std::string suite;
  std::string format;
};

/// Where the replay is made: a folder that goes with this, or the user's own.
class Workplace {
 public:
  explicit Workplace(const std::string& keep) : kept_(!keep.empty()) {
    if (kept_) {
      use(keep);
      return;
    }
    std::string pattern = (fs::temp_directory_path() / "cupel-replay-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr)
      throw Error(Code::kUsage, pattern + ": cannot be made",
                  "TMPDIR names another folder for what is temporary, or --keep one that stays");
    folder_ = pattern;
  }
  ~Workplace() {
    std::error_code ignored;
    if (!kept_) fs::remove_all(folder_, ignored);
  }
  Workplace(const Workplace&) = delete;
  Workplace& operator=(const Workplace&) = delete;

  [[nodiscard]] const fs::path& folder() const { return folder_; }

 private:
  void use(const std::string& keep) {
    folder_ = keep;
    std::error_code error;
    fs::create_directories(folder_, error);
    if (error || !fs::is_directory(folder_))
      throw Error(Code::kUsage, "--keep: " + keep + ": cannot be made", "name another folder");
    if (!fs::is_empty(folder_))
      throw Error(Code::kUsage, "--keep: " + keep + ": is not empty",
                  "a replay begins from the start: name a new folder");
  }

  bool kept_;
  fs::path folder_;
};

std::unique_ptr<Plan> plan_of(const ReplayFlags& flags, results::Store& store,
                              const results::Run& run) {
  if (!flags.manifest.empty())
    return make_plan(
        {.manifest = flags.manifest, .store = {}, .limit = limit_of(run), .artifacts = {}});
  const std::string text = manifest_of(store, run);
  try {
    return make_plan(text, flags.store + " (manifest)", limit_of(run));
  } catch (const Error& error) {
    if (error.code() != Code::kUsage) throw;
    // What it names by a relative path is looked for beside the store.
    throw Error(error.code(), error.what(),
                "the store keeps the manifest's text alone; name its file with --manifest");
  }
}

std::string compared(const ReplayCounts& same) {
  return fmt::format(
      "{} stages, {} steps with {} facts, {} files, {} predictions, {} statistics, {} scores",
      same.stages, same.steps, same.facts, same.files, same.predictions, same.statistics,
      same.scores);
}

std::string as_text(const results::Run& run, const Replayed& result,
                    const std::vector<SettingDifference>& settings) {
  std::string out = fmt::format("run {} ({}, {} on {}): ", run.id(), printable(run.cell.model),
                                run.cell.task, run.cell.dataset);
  out += result.difference ? "differs\n" + result.difference->what + "\n" : "the same\n";
  out += fmt::format("compared and the same: {}\n", compared(result.same));
  for (const std::string& what : result.left_out) out += "not compared: " + what + "\n";
  for (const SettingDifference& one : settings) {
    out += fmt::format("other setting: {} of {} was {}, is {}\n", printable(one.key), one.part,
                       printable(one.baseline.value_or("not set")),
                       printable(one.candidate.value_or("not set")));
  }
  if (!result.difference) return out;
  for (const SettingDifference& one : result.difference->environment) {
    out += fmt::format("other environment: {} was {}, is {}\n", printable(one.key),
                       printable(one.baseline.value_or("not recorded")),
                       printable(one.candidate.value_or("nothing")));
  }
  if (result.difference->environment.empty()) out += "the environment is the recorded one\n";
  return out;
}

void write_settings(JsonWriter& json, const std::vector<SettingDifference>& settings) {
  json.begin_array();
  for (const SettingDifference& one : settings) {
    json.begin_object().key("part").value(one.part).key("key").value(one.key);
    json.key("recorded");
    one.baseline ? json.value(*one.baseline) : json.null();
    json.key("now");
    one.candidate ? json.value(*one.candidate) : json.null();
    json.end_object();
  }
  json.end_array();
}

std::string as_json(const results::Run& run, const Replayed& result,
                    const std::vector<SettingDifference>& settings) {
  JsonWriter json;
  json.begin_object().key("run").value(to_hex(run.digest));
  json.key("same").value(!result.difference);
  json.key("difference");
  result.difference ? json.value(result.difference->what) : json.null();
  json.key("compared").begin_object();
  json.key("stages").value(result.same.stages).key("steps").value(result.same.steps);
  json.key("facts").value(result.same.facts).key("files").value(result.same.files);
  json.key("predictions").value(result.same.predictions);
  json.key("statistics").value(result.same.statistics).key("scores").value(result.same.scores);
  json.end_object().key("not_compared").begin_array();
  for (const std::string& what : result.left_out) json.value(what);
  json.end_array().key("settings");
  write_settings(json, settings);
  json.key("environment");
  write_settings(
      json, result.difference ? result.difference->environment : std::vector<SettingDifference>());
  return json.end_object().str();
}

int replay_run(const ReplayFlags& flags) {
  chem::silence_rdkit();
  results::Store store(flags.store);
  const results::Run run = store.find_run(flags.run, flags.task);
  check_can_be_replayed(store, run);
  const auto plan = plan_of(flags, store, run);
  const ReplayCell cell = find_replay_cell(store, run, *plan);
  if (!cell.settings.empty() && !flags.force) throw other_settings(run, cell.settings);
  const RunResources resources{.data = roots_of({.data = flags.files.data, .suite = flags.suite}),
                               .files = resolve(flags.files),
                               .jobs = flags.jobs};
  const std::vector<std::size_t> cells = {cell.place};
  ensure_suite(*plan, cells, resources.data);
  const Workplace place(flags.keep);
  Screen screen;
  await_signals();
  const ReplayRequest request{.plan = *plan,
                              .place = cell.place,
                              .folder = place.folder(),
                              .artifacts = flags.artifacts.empty() ? default_artifacts(flags.store)
                                                                   : fs::path(flags.artifacts),
                              .environment = environment_facts(*plan, cells, flags.jobs)};
  const Replayed result = replay(store, run, request, resources, screen);
  if (result.interrupted) {
    std::fprintf(stderr, "cupel: interrupted; a replay begins from the start\n");
    return interrupted_status();
  }
  if (!result.difference && result.failure) return static_cast<int>(*result.failure);
  print(flags.format == "json" ? as_json(run, result, cell.settings)
                               : as_text(run, result, cell.settings));
  return result.difference ? static_cast<int>(Code::kCheckFailed) : 0;
}

void add_what(CLI::App& command, ReplayFlags& flags) {
  command.add_option("RUN", flags.run, "the run's id, or its model")->required();
  add_store_flag(command, flags.store)->required();
  add_run_task_flag(command, flags.task);
  with_variable(command
                    .add_option("--manifest", flags.manifest,
                                "the manifest that it is from (default: as the store keeps it; "
                                "presets and weights that it names are looked for beside the "
                                "store)")
                    ->option_text("FILE"));
  with_variable(command
                    .add_option("--artifacts", flags.artifacts,
                                "the folder of what its stages ended with, to name the file that "
                                "differs (default: STORE.artifacts; need not be there)")
                    ->option_text("DIR"));
  with_variable(command.add_flag("--force", flags.force,
                                 "also when settings, weights or versions are others now: says "
                                 "which, and where they first show"));
}

}  // namespace

void add_replay(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<ReplayFlags>();
  CLI::App* command = app.add_subcommand(
      "replay",
      "run a stored run again and name the first step, file, answer or score that differs");
  add_what(*command, *flags);
  with_variable(command
                    ->add_option("--keep", flags->keep,
                                 "an empty folder for the replay's own store and artefacts "
                                 "(default: they are temporary)")
                    ->option_text("DIR"));
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_file_flags(*command, flags->files);
  add_suite_flag(*command, flags->suite);
  add_format(*command, flags->format, {"text", "json"});
  command->footer(
      "Examples:\n"
      "  cupel replay 13df8e9e2d41 --store runs.db\n"
      "  cupel replay atomas --task captioning --store runs.db --format json\n"
      "Trains every stage, answers and scores again, all elsewhere: the store and its artefacts\n"
      "are only read. Compared are, in this order: the examples; of each stage all that it told\n"
      "of its steps, then its files; each answer; each statistic of each example; each score.\n"
      "'state-checksum' at step N is over all bits of the weights that step N begins with: one\n"
      "changed bit shows there first. Speeds are not compared.\n"
      "Exit status: 0 the same; 1 something differs; 2 an imported run, or a manifest that means\n"
      "another cell now; 5 other data, weights, or a damaged artefact; 6 another version of the\n"
      "model; 75 and 130 interrupted: nothing was changed, and a replay begins from the start.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return replay_run(*flags); }; });
}

}  // namespace cupel::cli
