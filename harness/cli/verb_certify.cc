#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/certificate_flags.h"
#include "harness/cli/progress.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "harness/run/certificate.h"
#include "harness/run/certify.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

struct CertifyFlags {
  std::string run;
  std::string store;
  std::string task;
  std::string protocol;
  std::vector<std::string> metrics;
  std::string out;
  unsigned jobs = 0;
  CertificateFlags files;
};

/// A certificate of what cannot be verified at once is worth nothing.
void check(const Certificate& certificate, results::Store& store, const CertificateFiles& files,
           unsigned jobs) {
  Progress progress("verified", certificate.examples);
  const Verification found =
      verify_certificate(certificate, store, files, jobs, progress.callback());
  for (const InputState& state : found.inputs) {
    if (state.found == InputState::Found::kChanged)
      throw Error(Code::kIntegrity,
                  fmt::format("no certificate: {} '{}': {}", state.input.kind, state.input.name,
                              state.what),
                  "put it back as it was, or run and score the cell again");
  }
  for (const VerifiedScore& score : found.scores) {
    const bool good =
        score.verdict <= ScoreVerdict::kWithinRounding;  // it may have been drawn alone
    if (good && score.signature.empty()) continue;
    const std::string why =
        score.what.empty() ? "it is now measured as " + score.signature : score.what;
    throw Error(
        score.verdict == ScoreVerdict::kUnchecked ? Code::kCapability : Code::kCheckFailed,
        fmt::format("no certificate: {} {}: {}", score.metric, verdict_name(score.verdict), why),
        "score the run again with this program: cupel score --store S --protocol P");
  }
}

int certify(const CertifyFlags& flags) {
  chem::silence_rdkit();
  results::Store store(flags.store);
  const CertificateFiles files = resolve(flags.files, flags.store);
  const results::Run run = store.find_run(flags.run, flags.task);
  const Certificate certificate =
      make_certificate(store, run, flags.protocol, flags.metrics, files);
  check_named(files, certificate.inputs);
  check(certificate, store, files, flags.jobs);
  const std::string text = write_certificate(certificate);
  if (flags.out.empty()) {
    print(text);
    return 0;
  }
  write_file(flags.out, text);
  std::fprintf(stderr, "%s: %zu scores of run %s (%s, %s), %zu inputs\n", flags.out.c_str(),
               certificate.scores.size(), run.id().c_str(), printable(run.cell.model).c_str(),
               run.cell.task.c_str(), certificate.inputs.size());
  return 0;
}

}  // namespace

void add_certify(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<CertifyFlags>();
  CLI::App* command = app.add_subcommand(
      "certify", "write a run's scores with the digest of everything that they depend on");
  command->add_option("RUN", flags->run, "the run's id, or its model")->required();
  add_store_flag(*command, flags->store)->required();
  add_run_task_flag(*command, flags->task);
  with_variable(command->add_option("--protocol", flags->protocol, "under which it was scored")
                    ->required()
                    ->option_text("P"));
  add_metric_flag(*command, flags->metrics, "only this metric, repeatable (default: all)");
  with_variable(command->add_option("--out", flags->out, "the certificate (default: to stdout)")
                    ->option_text("FILE"));
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_certificate_flags(*command, flags->files);
  command->footer(
      "Example:\n"
      "  cupel certify 13df8e9e2d41 --store runs.db --protocol cupel --out cert.json\n"
      "The scores are measured again and every input that is at hand is read first: what cannot "
      "be\n"
      "verified is not certified. Check it with: cupel verify cert.json --store runs.db");
  command->callback([flags, &chosen] { chosen.action = [flags] { return certify(*flags); }; });
}

}  // namespace cupel::cli
