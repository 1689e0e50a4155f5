#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/parallel.h"
#include "harness/plugin/plugin_host.h"
#include "harness/run/store_check.h"
#include "harness/version.h"
#include "metrics/text/wordnet.h"
#include "models/text/sentencepiece_tokenizer.h"

namespace cupel::cli {
namespace {

struct Finding {
  std::string what;
  bool present = false;
  std::string detail;  ///< a version or digest, or what to do about it
};

/// Runs a probe whose failure is the answer.
template <typename Probe>
Finding probe(std::string what, const Probe& run) {
  try {
    return {.what = std::move(what), .present = true, .detail = run()};
  } catch (const Error& error) {
    return {
        .what = std::move(what),
        .present = false,
        .detail = std::string(error.what()) + (error.hint().empty() ? "" : "; " + error.hint())};
  }
}

std::string file_digest(const std::filesystem::path& path, const char* hint) {
  if (path.empty()) throw Error(Code::kUsage, "not found", hint);
  return path.string() + " sha256 " +
         digest_of_file(path, Code::kUsage).sha256.substr(0, kShortDigest);
}

/// What the LibTorch plug-in runs on, with a warning where its linear algebra is known to be slow.
std::string describe_torch(const std::filesystem::path& module) {
  std::string out;
  for (const auto& [key, value] : Plugin(module).describe()) {
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", key, value);
    if (key != "blas") continue;
    if (value.find("openblas") == std::string::npos && value.find("mkl") == std::string::npos &&
        value.find("blis") == std::string::npos) {
      out += "; WARNING: the reference BLAS is some 70 times slower, install libopenblas0-openmp";
    } else if (value.find("openblas-pthread") != std::string::npos) {
      out +=
          "; WARNING: OpenBLAS-pthread and LibTorch's OpenMP fight for the cores, install "
          "libopenblas0-openmp";
    }
  }
  return out;
}

std::vector<Finding> examine(const FileFlags& flags) {
  const ScoringFiles files = resolve(flags);
  return {
      {.what = "cupel", .present = true, .detail = kVersion},
      {.what = "threads", .present = true, .detail = fmt::format("{}", default_jobs())},
      {.what = "RDKit", .present = true, .detail = chem::rdkit_version()},
      {.what = "InChI",
       .present = chem::has_inchi(),
       .detail = chem::has_inchi() ? chem::inchi_version()
                                   : "this build has none; exact match by InChI is refused"},
      probe("WordNet",
            [&] {
              const metrics::WordNet wordnet(files.wordnet);
              return files.wordnet.string() + " sha256 " + wordnet.digest().substr(0, kShortDigest);
            }),
      probe("SciBERT vocabulary",
            [&] { return file_digest(files.wordpiece, "pass --wordpiece, or set CUPEL_DATA"); }),
      probe("T5 pieces",
            [&] {
              const std::string found =
                  file_digest(files.t5_pieces, "pass --t5-pieces, or set CUPEL_DATA");
              const SentencePieceTokenizer opened(files.piece_module, read_file(files.t5_pieces));
              return found;
            }),
      probe("LibTorch plug-in",
            [&] { return describe_torch(modules_folder() / "cupel_torch.so"); }),
  };
}

std::string as_json(const std::vector<Finding>& findings) {
  JsonWriter json;
  json.begin_array();
  for (const Finding& finding : findings) {
    json.begin_object()
        .key("id")
        .value(finding.what)
        .key("present")
        .value(finding.present)
        .key("summary")
        .value(finding.detail)
        .end_object();
  }
  return json.end_array().str();
}

std::string as_text(const std::vector<Finding>& findings) {
  std::string out;
  for (const Finding& finding : findings) {
    out += fmt::format("{:<7} {:<21} {}\n", finding.present ? "ok" : "missing", finding.what,
                       finding.detail);
  }
  return out;
}

int check(const std::string& path, const std::string& format) {
  results::Store store(path);
  const StoreCheck found = check_store(store);
  bool damaged = false;
  for (const StoreProblem& problem : found.problems) damaged = damaged || problem.damaged;
  if (format == "json") {
    JsonWriter json;
    json.begin_object().key("content_digest").value(to_hex(found.content));
    json.key("runs").value(found.runs).key("incomplete").value(found.incomplete);
    json.key("predictions").value(found.predictions).key("scores").value(found.scores);
    json.key("plans").value(found.plans);
    json.key("problems").begin_array();
    for (const StoreProblem& problem : found.problems) json.value(problem.what);
    print(json.end_array().end_object().str());
  } else {
    std::string out;
    for (const StoreProblem& problem : found.problems) out += "wrong  " + problem.what + "\n";
    out +=
        fmt::format("{} runs ({} incomplete), {} predictions, {} scores: {}\ncontent digest {}\n",
                    found.runs, found.incomplete, found.predictions, found.scores,
                    found.problems.empty() ? "all as they were written"
                                           : fmt::format("{} problems", found.problems.size()),
                    to_hex(found.content));
    print(out);
  }
  if (found.problems.empty()) return 0;
  return static_cast<int>(damaged ? Code::kStore : Code::kIntegrity);
}

struct Flags {
  std::string store;
  FileFlags inputs;
  std::string format;
};

}  // namespace

void add_doctor(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = app.add_subcommand(
      "doctor", "say what this build and machine can measure, and what is missing");
  add_store_flag(*command, flags->store)
      ->description("check this store instead: every digest, every score, its content digest");
  add_file_flags(*command, flags->inputs);
  add_format(*command, flags->format, {"text", "json"});
  command->callback([flags, &chosen] {
    chosen.action = [flags] {
      if (!flags->store.empty()) return check(flags->store, flags->format);
      const auto findings = examine(flags->inputs);
      print(flags->format == "json" ? as_json(findings) : as_text(findings));
      return 0;
    };
  });
}

}  // namespace cupel::cli
