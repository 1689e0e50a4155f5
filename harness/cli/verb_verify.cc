#include <cstddef>
#include <memory>
#include <string>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/certificate_flags.h"
#include "harness/cli/progress.h"
#include "harness/cli/verbs.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "harness/run/certificate.h"
#include "harness/run/certify.h"
#include "results/store.h"

namespace cupel::cli {
namespace {

constexpr std::size_t kLargest = std::size_t{16} << 20U;

struct VerifyFlags {
  std::string certificate;
  std::string store;
  unsigned jobs = 0;
  CertificateFlags files;
  std::string format;
};

using Found = InputState::Found;

const char* word_of(Found found) {
  switch (found) {
    case Found::kSame:
      return "same";
    case Found::kChanged:
      return "changed";
    case Found::kOther:
      return "other";
    case Found::kUnchecked:
      return "cannot check";
  }
  return "";
}

std::string line_of(const VerifiedScore& score) {
  std::string line = fmt::format("{:<13} {}", verdict_name(score.verdict), printable(score.metric));
  if (score.value) line += fmt::format(" {:.17g}", *score.value);
  if (score.verdict == ScoreVerdict::kReproduced) line += ", bit for bit";
  if (score.verdict == ScoreVerdict::kWithinRounding)
    line += fmt::format(", equal to four digits behind the point; {} significant ones agree",
                        score.digits);
  if (!score.what.empty()) line += ": " + printable(score.what);
  if (!score.signature.empty())
    line += fmt::format("\n{:<13} now measured as {}", "", printable(score.signature));
  return line + "\n";
}

std::string as_text(const Certificate& certificate, const Verification& found) {
  std::size_t unchecked = 0;
  std::string out;
  for (const InputState& state : found.inputs) {
    out += fmt::format("{:<13} {} '{}'{}{}\n", word_of(state.found), printable(state.input.kind),
                       printable(state.input.name), state.what.empty() ? "" : ": ",
                       printable(state.what));
    unchecked += state.found == Found::kUnchecked ? 1 : 0;
  }
  for (const VerifiedScore& score : found.scores) out += line_of(score);
  out += fmt::format("{}: {} scores of {}, {} on {}; {} inputs", verdict_name(found.verdict),
                     found.scores.size(), printable(certificate.cell.model),
                     printable(certificate.cell.task), printable(certificate.cell.dataset),
                     found.inputs.size());
  return out + (unchecked == 0 ? "\n" : fmt::format(", {} of them cannot be checked\n", unchecked));
}

std::string as_json(const Verification& found) {
  JsonWriter json;
  json.begin_object().key("verdict").value(verdict_name(found.verdict));
  json.key("inputs").begin_array();
  for (const InputState& state : found.inputs) {
    json.begin_object().key("kind").value(state.input.kind).key("name").value(state.input.name);
    json.key("state").value(word_of(state.found)).key("what").value(state.what).end_object();
  }
  json.end_array().key("scores").begin_array();
  for (const VerifiedScore& score : found.scores) {
    json.begin_object().key("metric").value(score.metric);
    json.key("verdict").value(verdict_name(score.verdict)).key("value");
    score.value ? json.value(*score.value) : json.null();
    json.key("digits").value(score.digits).key("what").value(score.what).key("signature");
    score.signature.empty() ? json.null() : json.value(score.signature);
    json.end_object();
  }
  return json.end_array().end_object().str();
}

int verify(const VerifyFlags& flags) {
  chem::silence_rdkit();
  const Certificate certificate =
      parse_certificate(read_file(flags.certificate, kLargest), flags.certificate);
  const CertificateFiles files = resolve(flags.files, flags.store);
  check_named(files, certificate.inputs);
  results::Store store(flags.store);
  Progress progress("measured", certificate.examples);
  const Verification found =
      verify_certificate(certificate, store, files, flags.jobs, progress.callback());
  print(flags.format == "json" ? as_json(found) : as_text(certificate, found));
  return found.status();
}

}  // namespace

void add_verify(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<VerifyFlags>();
  CLI::App* command = app.add_subcommand(
      "verify", "compute a certificate's scores again, and name each input that changed");
  command->add_option("CERTIFICATE", flags->certificate, "what cupel certify wrote")->required();
  add_store_flag(*command, flags->store)->required();
  with_variable(command->add_option("--jobs", flags->jobs, "threads (default: all processors)")
                    ->check(CLI::Range(0, 1024))
                    ->option_text("N"));
  add_certificate_flags(*command, flags->files);
  add_format(*command, flags->format, {"text", "json"});
  command->footer(
      "Example:\n"
      "  cupel verify cert.json --store runs.db\n"
      "Reads the inputs where they lie and measures the store's predictions again; asks no model.\n"
      "Another program or module is said, and is no fault by itself.\n"
      "Exit status: 0 reproduced, or within rounding (four digits behind the point); 1 a score\n"
      "differs; 2 no certificate, or another store; 5 an input changed; 6 a score cannot be\n"
      "computed here; 7 the store cannot be read.");
  command->callback([flags, &chosen] { chosen.action = [flags] { return verify(*flags); }; });
}

}  // namespace cupel::cli
