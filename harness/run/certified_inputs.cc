#include "harness/run/certified_inputs.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/run/artifact.h"
#include "harness/run/setting_difference.h"
#include "harness/version.h"
#include "metrics/builtin.h"
#include "metrics/text/wordnet.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/dataset_files.h"

namespace cupel {
namespace {

using tasks::DatasetDescriptor;

std::string sha(const Digest& digest) { return "sha256:" + to_hex(digest); }
std::string sha_of(std::string_view text) { return "sha256:" + sha256_hex(text); }
std::string merkle(const Digest& root) { return "merkle:" + to_hex(root); }

std::string sha_of_file(const std::filesystem::path& path) {
  return "sha256:" + digest_of_file(path, Code::kUsage).sha256;
}

std::string digest_of(const tasks::DataFile& file) {
  return file.sha256.empty() ? "git-blob:" + file.git_blob : "sha256:" + file.sha256;
}

}  // namespace

std::string stage_name(const results::StoredStage& stage) {
  return fmt::format("{} on {} ({:.12})", stage.objective, stage.dataset, to_hex(stage.digest()));
}

std::string data_file_name(const DatasetDescriptor& set, const tasks::DataFile& file) {
  return fmt::format("{} ({})", file.path, set.id);
}

std::string vocabulary_digest(const std::string& name, const ScoringFiles& files) {
  if (name == "wordnet") return "sha256:" + metrics::WordNet(files.wordnet).digest();
  const bool scibert = name == "scibert";
  const std::filesystem::path& path = scibert ? files.wordpiece : files.t5_pieces;
  if (!path.empty()) return sha_of_file(path);
  throw Error(Code::kUsage, fmt::format("the vocabulary '{}' was not given", name),
              scibert ? "pass --wordpiece FILE, or set CUPEL_DATA"
                      : "pass --t5-pieces FILE, or set CUPEL_DATA");
}

namespace {

FlatSettings settings_of(const std::string& config, const CertifiedRun& certified) {
  return flat_settings(config, certified.store.path().string());
}

/// Vocabularies that the certified metrics read.
std::set<std::string> vocabularies(const CertifiedRun& certified) {
  std::set<std::string> names;
  const auto protocol = metrics::parse_protocol(certified.protocol.body, certified.protocol.name);
  const auto& task = protocol.task(scoring_section(certified.run.cell.task));
  for (const results::Measurement& one : certified.measurements) {
    const auto& keys = metrics::metric_registry().get(one.metric).choices;
    if (std::ranges::contains(keys, "morphy")) names.insert("wordnet");
    if (!std::ranges::contains(keys, "tokens")) continue;
    const std::string& tokens = task.choices.text("tokens");
    if (tokens == "scibert" || tokens == "t5") names.insert(tokens);
  }
  return names;
}

/// The modules beside the program, by name.
std::vector<std::filesystem::path> modules_in(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> all;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator(folder, none)) {
    if (entry.path().extension() == ".so") all.push_back(entry.path());
  }
  std::ranges::sort(all);
  return all;
}

class Recorder {
 public:
  Recorder(const CertifiedRun& certified, const std::filesystem::path& artifacts)
      : certified_(certified), artifacts_(artifacts) {}

  std::vector<CertifiedInput> stored() {
    const results::Run& run = certified_.run;
    add("configuration", "cell " + run.id(), sha_of(run.cell.config));
    add_config(run.cell.config);
    for (const results::StoredStage& stage : certified_.store.stages_of(run)) add_stage(stage);
    add_imported_file();
    add("split", fmt::format("{}, {}", run.cell.dataset, run.cell.split), merkle(run.examples));
    if (run.predictions) add("predictions", "predictions", merkle(*run.predictions));
    add("protocol", certified_.protocol.name, sha_of(certified_.protocol.body));
    for (const results::Measurement& one : certified_.measurements) {
      if (one.digest) add("statistics", one.metric, merkle(*one.digest));
    }
    add("environment", "run", sha_of(run.environment));
    if (!certified_.measurements.empty())
      add("environment", "scores", sha_of(certified_.measurements.back().environment));
    return std::move(inputs_);
  }

  std::vector<CertifiedInput> machine(const CertificateFiles& files) {
    for (const std::string& name : vocabularies(certified_))
      add("vocabulary", name, vocabulary_digest(name, files.scoring));
    add("program", fmt::format("cupel {}", kVersion), sha_of_file(files.program));
    for (const auto& module : modules_in(files.modules))
      add("module", module.filename().string(), sha_of_file(module));
    return std::move(inputs_);
  }

 private:
  void add(std::string kind, std::string name, std::string digest) {
    CertifiedInput input{
        .kind = std::move(kind), .name = std::move(name), .digest = std::move(digest)};
    if (!std::ranges::contains(inputs_, input)) inputs_.push_back(std::move(input));
  }

  /// Of a cell or a stage: its data, and the files that its model names.
  void add_config(const std::string& config) {
    constexpr std::string_view kOption = "model.options.";
    constexpr std::string_view kFile = "model.identity.file ";
    const FlatSettings settings = settings_of(config, certified_);
    for (const auto& [key, value] : settings) {
      if (key.starts_with(kOption) && value.starts_with("sha256:"))
        add("weights", key.substr(kOption.size()), value);
      if (key.starts_with(kFile)) add("model file", key.substr(kFile.size()), "sha256:" + value);
    }
    const auto id = settings.find("dataset.id");
    const auto digest = settings.find("dataset.digest");
    if (id == settings.end() || digest == settings.end()) return;  // imported
    add("data set", id->second, "sha256:" + digest->second);
    const DatasetDescriptor* set = tasks::dataset_registry().find(id->second);
    if (set == nullptr || to_hex(tasks::dataset_digest(*set)) != digest->second) return;
    for (const tasks::DataFile& file : tasks::files_of(*set))
      add("data file", data_file_name(*set, file), digest_of(file));
  }

  void add_stage(const results::StoredStage& stage) {
    add("stage", stage_name(stage), sha_of(stage.config));
    add_config(stage.config);
    if (!stage.ends.empty()) add("artifact", stage_name(stage), sha(end_of(stage)));
  }

  /// The last one, unless the one that is there is an earlier one.
  [[nodiscard]] Digest end_of(const results::StoredStage& stage) const {
    const Digest last = stage.ends.back().artifact;
    if (stage.ends.size() == 1) return last;
    const Artifact artifact(artifacts_, stage.digest());
    if (!artifact.finished()) return last;
    const Digest there = artifact.verify(stage.config).artifact;
    return std::ranges::contains(stage.ends, there, &results::StageEnd::artifact) ? there : last;
  }

  void add_imported_file() {
    const FlatSettings source = settings_of(certified_.run.source, certified_);
    const auto file = source.find("file");
    const auto sha256 = source.find("sha256");
    if (file != source.end() && sha256 != source.end())
      add("imported file", file->second, "sha256:" + sha256->second);
  }

  const CertifiedRun& certified_;
  const std::filesystem::path& artifacts_;
  std::vector<CertifiedInput> inputs_;
};

}  // namespace

std::vector<CertifiedInput> stored_inputs(const CertifiedRun& certified,
                                          const std::filesystem::path& artifacts) {
  return Recorder(certified, artifacts).stored();
}

std::vector<CertifiedInput> certified_inputs(const CertifiedRun& certified,
                                             const CertificateFiles& files) {
  std::vector<CertifiedInput> all = stored_inputs(certified, files.artifacts);
  std::ranges::move(Recorder(certified, files.artifacts).machine(files), std::back_inserter(all));
  return all;
}

}  // namespace cupel
