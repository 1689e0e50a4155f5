#include "harness/run/examined_inputs.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/run/artifact.h"
#include "harness/run/cell_examples.h"
#include "harness/run/replay_cell.h"
#include "harness/run/setting_difference.h"
#include "harness/version.h"
#include "metrics/signature.h"
#include "results/content_digest.h"
#include "tasks/dataset_files.h"
#include "tasks/task.h"

namespace cupel {
namespace {

using Found = InputState::Found;

/// What was found, and why that is not the same.
struct Answer {
  Found found = Found::kSame;
  std::string what = {};
};

Answer changed(std::string what) { return {Found::kChanged, std::move(what)}; }
Answer unchecked(std::string what) { return {Found::kUnchecked, std::move(what)}; }

Answer compared(const std::string& expected, const std::string& found) {
  if (expected == found) return {};
  return changed(fmt::format("expected {}, found {}", expected, found));
}

Answer compared_file(const std::string& expected, const std::filesystem::path& path) {
  try {
    return compared(expected, "sha256:" + digest_of_file(path, Code::kUsage).sha256);
  } catch (const Error& error) {
    return unchecked(error.what());
  }
}

class Examiner {
 public:
  Examiner(const Certificate& certificate, const CertifiedRun& certified,
           const CertificateFiles& files)
      : certificate_(certificate), certified_(certified), files_(files) {}

  Answer examine(const CertifiedInput& input) {
    const auto at = std::ranges::find(kExaminers, input.kind, &Entry::kind);
    if (at == kExaminers.end())
      return unchecked("this program knows no inputs of the kind '" + input.kind + "'");
    try {
      return (this->*(at->examine))(input);
    } catch (const Error& error) {
      if (error.code() == Code::kIntegrity) return changed(error.what());
      if (error.code() == Code::kStore) throw;
      return unchecked(error.what());
    }
  }

 private:
  struct Entry {
    std::string_view kind;
    Answer (Examiner::*examine)(const CertifiedInput&);
  };

  Answer configuration(const CertifiedInput& input) {
    const results::Cell& was = certificate_.cell;
    const results::Cell& is = certified_.run.cell;
    if (certified_.run.digest != was.digest())
      return changed(fmt::format("the store has this cell under another digest, {}",
                                 to_hex(certified_.run.digest)));
    for (const auto& [name, then, now] :
         {std::tuple{"model", &was.model, &is.model}, std::tuple{"task", &was.task, &is.task},
          std::tuple{"data set", &was.dataset, &is.dataset},
          std::tuple{"split", &was.split, &is.split}}) {
      if (*then != *now) return changed(fmt::format("its {} was {}, is {}", name, *then, *now));
    }
    if (was.seed != is.seed) return changed("its seed is another");
    return compared(input.digest, "sha256:" + sha256_hex(is.config));
  }

  Answer stage(const CertifiedInput& input) {
    for (const results::StoredStage& one : certified_.store.stages_of(certified_.run)) {
      if (stage_name(one) == input.name)
        return compared(input.digest, "sha256:" + sha256_hex(one.config));
    }
    return changed("the store has no such stage of this run");
  }

  Answer artifact(const CertifiedInput& input) {
    for (const results::StoredStage& one : certified_.store.stages_of(certified_.run)) {
      if (stage_name(one) != input.name) continue;
      const Artifact there(files_.artifacts, one.digest());
      if (!there.finished())
        return unchecked(there.path().string() + ": is not there; --artifacts names its folder");
      return compared(input.digest, "sha256:" + to_hex(there.verify(one.config).artifact));
    }
    return unchecked("the store has no such stage of this run");
  }

  Answer data_set(const CertifiedInput& input) {
    const tasks::DatasetDescriptor* set = tasks::dataset_registry().find(input.name);
    if (set == nullptr) return unchecked("this program does not know the data set");
    if (input.digest == "sha256:" + to_hex(tasks::dataset_digest(*set))) return {};
    return unchecked("this program describes the data set otherwise");
  }

  Answer data_file(const CertifiedInput& input) {
    for (const tasks::DatasetDescriptor& set : tasks::dataset_registry().entries()) {
      for (const tasks::DataFile& file : tasks::files_of(set)) {
        if (data_file_name(set, file) == input.name) return data_file(input, set, file);
      }
    }
    return unchecked("this program's data sets have no such file");
  }

  Answer data_file(const CertifiedInput& input, const tasks::DatasetDescriptor& set,
                   const tasks::DataFile& file) const {
    const tasks::FileState state = tasks::examine_file(set, file, files_.data);
    if (state.found == tasks::FileState::Found::kMissing)
      return unchecked(state.path.empty() ? "the folder of data sets is not known: pass --data"
                                          : state.path.string() + ": is not there");
    if (state.found == tasks::FileState::Found::kDiffers)
      return changed(fmt::format("{}: expected {}, found {}", state.path.string(), state.expected,
                                 state.actual));
    std::string found = state.actual;
    std::ranges::replace(found, ' ', ':');
    return compared(input.digest, found);
  }

  Answer named_file(const CertifiedInput& input) {
    const auto at = files_.named.find(input.name);
    if (at == files_.named.end())
      return unchecked(fmt::format("name it with --file '{}=PATH'", input.name));
    return compared_file(input.digest, at->second);
  }

  /// The store's record of the file, then the file.
  Answer imported_file(const CertifiedInput& input) {
    const FlatSettings source =
        flat_settings(certified_.run.source, certified_.store.path().string());
    const auto recorded = source.find("sha256");
    if (recorded == source.end() || "sha256:" + recorded->second != input.digest)
      return changed("the store says that the run was imported from another file");
    return named_file(input);
  }

  Answer split(const CertifiedInput& input) {
    const Answer recorded = compared(input.digest, "merkle:" + to_hex(certified_.run.examples));
    if (recorded.found != Found::kSame) return recorded;
    const Answer stored =
        rows(input.digest, "example",
             "SELECT position, digest, input, reference FROM example WHERE set_id = ? ORDER BY 1",
             certified_.run.set_key, [](const results::Statement& row) {
               return results::example_digest(row.text(2), row.text(3));
             });
    return stored.found == Found::kSame ? split_of_data(input) : stored;
  }

  /// The examples made again, where the data are there.
  Answer split_of_data(const CertifiedInput& input) const {
    const results::Run& run = certified_.run;
    const tasks::DatasetDescriptor* set = tasks::dataset_registry().find(run.cell.dataset);
    const tasks::Task* task = tasks::task_registry().find(run.cell.task);
    const FlatSettings config = flat_settings(run.cell.config, "run " + run.id());
    const auto digest = config.find("dataset.digest");
    if (set == nullptr || task == nullptr || digest == config.end() ||
        digest->second != to_hex(tasks::dataset_digest(*set)) || !tasks::at_hand(*set, files_.data))
      return {};  // an input of its own says so
    const tasks::Dataset data =
        tasks::load_dataset(*set, files_.data, {.train = false, .validation = false});
    const CellExamples made(*task, data, limit_of(run));
    const Answer answer = compared(input.digest, "merkle:" + to_hex(made.root()));
    return answer.found == Found::kSame ? answer : changed("made from the data: " + answer.what);
  }

  Answer predictions(const CertifiedInput& input) {
    if (!certified_.run.predictions) return changed("the run is not complete");
    const Answer recorded = compared(input.digest, "merkle:" + to_hex(*certified_.run.predictions));
    if (recorded.found != Found::kSame) return recorded;
    return rows(input.digest, "prediction",
                "SELECT position, digest, text FROM prediction WHERE run_id = ? ORDER BY 1",
                certified_.run.key, [](const results::Statement& row) {
                  return results::prediction_digest(row.text(2));
                });
  }

  /// The rows of one list of the run: numbered without gaps, each with the digest of its texts, all
  /// of them with the expected root.
  template <typename DigestOf>
  Answer rows(const std::string& expected, const char* what, std::string_view query,
              std::int64_t key, const DigestOf& digest_of) const {
    results::MerkleTree tree;
    results::Statement row = certified_.store.database().prepare(query);
    for (bool more = row.start(key); more; more = row.step()) {
      const Digest digest = digest_of(row);
      if (row.integer(0) != static_cast<std::int64_t>(tree.size()))
        return changed(fmt::format("{} {} is not there", what, tree.size()));
      if (row.digest(1) != digest)
        return changed(fmt::format("{} {} was changed", what, tree.size()));
      tree.add(digest);
    }
    if (tree.size() != certificate_.examples || certified_.run.size != certificate_.examples)
      return changed(
          fmt::format("{} of {} {}s are there", tree.size(), certificate_.examples, what));
    return compared(expected, "merkle:" + to_hex(tree.root()));
  }

  Answer protocol(const CertifiedInput& input) {
    return compared(input.digest, "sha256:" + sha256_hex(certified_.protocol.body));
  }

  /// Their digest is also over those of the cell and the protocol.
  Answer statistics(const CertifiedInput& input) {
    if (certified_.run.digest != certificate_.cell.digest() ||
        certified_.protocol.body != certificate_.protocol_body)
      return unchecked("the store has them under another cell or protocol");
    const auto at =
        std::ranges::find(certified_.measurements, input.name, &results::Measurement::metric);
    const auto score = std::ranges::find(certificate_.scores, input.name, &CertifiedScore::metric);
    if (at == certified_.measurements.end() || score == certificate_.scores.end() || !at->score)
      return changed("the store has no such score");
    if (metrics::Signature::parse(at->signature_long).short_form() != at->signature)
      return changed("its short signature was changed");
    if (score->interval && !std::ranges::contains(at->intervals, *score->interval))
      return changed("the store has not the certified interval");
    const StatisticTable table = certified_.store.statistics(certified_.run, *at);
    const Digest digest =
        results::score_digest(certified_.run, certified_.protocol, *at, table, *at->score);
    if (at->digest != digest) return changed("the score or its statistics were changed");
    return compared(input.digest, "merkle:" + to_hex(digest));
  }

  Answer vocabulary(const CertifiedInput& input) {
    return compared(input.digest, vocabulary_digest(input.name, files_.scoring));
  }

  Answer environment(const CertifiedInput& input) {
    const bool of_run = input.name == "run";
    if (!of_run && certified_.measurements.empty()) return changed("the store has no such score");
    const std::string& stored =
        of_run ? certified_.run.environment : certified_.measurements.back().environment;
    return compared(input.digest, "sha256:" + sha256_hex(stored));
  }

  Answer program(const CertifiedInput& input) {
    const Answer answer = compared_file(input.digest, files_.program);
    if (answer.found != Found::kChanged) return answer;
    return {Found::kOther, fmt::format("this one is cupel {}", kVersion)};
  }

  Answer module(const CertifiedInput& input) {
    const std::filesystem::path name = input.name;
    if (name.has_parent_path()) return unchecked("a module has no folder in its name");
    const Answer answer = compared_file(input.digest, files_.modules / name);
    return answer.found == Found::kChanged ? Answer{Found::kOther, "this one is another"} : answer;
  }

  static constexpr std::array<Entry, 16> kExaminers = {{
      {"configuration", &Examiner::configuration},
      {"stage", &Examiner::stage},
      {"artifact", &Examiner::artifact},
      {"data set", &Examiner::data_set},
      {"data file", &Examiner::data_file},
      {"weights", &Examiner::named_file},
      {"model file", &Examiner::named_file},
      {"imported file", &Examiner::imported_file},
      {"split", &Examiner::split},
      {"predictions", &Examiner::predictions},
      {"protocol", &Examiner::protocol},
      {"statistics", &Examiner::statistics},
      {"vocabulary", &Examiner::vocabulary},
      {"environment", &Examiner::environment},
      {"program", &Examiner::program},
      {"module", &Examiner::module},
  }};

  const Certificate& certificate_;
  const CertifiedRun& certified_;
  const CertificateFiles& files_;
};

/// What the store's run has and the certificate does not name.
std::vector<CertifiedInput> unnamed_inputs(const Certificate& certificate,
                                           const CertifiedRun& certified,
                                           const CertificateFiles& files) {
  std::vector<CertifiedInput> inputs;
  try {
    inputs = stored_inputs(certified, files.artifacts);
  } catch (const Error& error) {
    if (error.code() == Code::kStore) throw;
    return {};  // its cell or a stage was changed, which is said of these
  }
  std::erase_if(inputs, [&](const CertifiedInput& stored) {
    return std::ranges::any_of(certificate.inputs, [&](const CertifiedInput& named) {
      return named.kind == stored.kind && named.name == stored.name;
    });
  });
  return inputs;
}

}  // namespace

std::vector<InputState> examine_inputs(const Certificate& certificate,
                                       const CertifiedRun& certified,
                                       const CertificateFiles& files) {
  Examiner examiner(certificate, certified, files);
  std::vector<InputState> states;
  for (const CertifiedInput& input : certificate.inputs) {
    const Answer answer = examiner.examine(input);
    states.push_back({.input = input, .found = answer.found, .what = answer.what});
  }
  for (const CertifiedInput& input : unnamed_inputs(certificate, certified, files))
    states.push_back({.input = input,
                      .found = Found::kChanged,
                      .what = "the store's run has it, and the certificate does not name it"});
  return states;
}

}  // namespace cupel
