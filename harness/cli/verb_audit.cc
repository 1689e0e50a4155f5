#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/run/audit.h"
#include "metrics/protocol.h"

namespace cupel::cli {
namespace {

struct Flags {
  std::string protocol = "cupel";
  std::string format;
  FileFlags inputs;
};

std::string as_json(const std::vector<AuditCheck>& checks) {
  JsonWriter json;
  json.begin_array();
  for (const AuditCheck& check : checks) {
    json.begin_object()
        .key("task")
        .value(check.task)
        .key("probe")
        .value(check.probe)
        .key("metric")
        .value(check.metric);
    json.key("expected").value(check.expected).key("value");
    if (check.value)
      json.value(*check.value);
    else
      json.null();
    json.key("passed").value(check.passed).end_object();
  }
  return json.end_array().str();
}

std::string as_text(const std::vector<AuditCheck>& checks, std::size_t failed) {
  std::string out;
  for (const AuditCheck& check : checks) {
    out +=
        fmt::format("{:<6} {:<11} {:<12} {:<12} {:>10}  expected {}\n",
                    check.passed ? "ok" : "FAILED", check.task, check.probe, check.metric,
                    check.value ? fmt::format("{:.6g}", *check.value) : "no value", check.expected);
  }
  return out + fmt::format("{} checks, {} failed\n", checks.size(), failed);
}

int audit(const Flags& flags) {
  chem::silence_rdkit();
  const auto checks = audit_metrics(metrics::find_protocol(flags.protocol), resolve(flags.inputs));
  const auto failed =
      static_cast<std::size_t>(std::ranges::count(checks, false, &AuditCheck::passed));
  print(flags.format == "json" ? as_json(checks) : as_text(checks, failed));
  return failed == 0 ? 0 : static_cast<int>(Code::kCheckFailed);
}

}  // namespace

void add_audit(CLI::App& app, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command =
      app.add_subcommand("audit", "check the program against what is known beforehand");
  CLI::App* metrics =
      command->add_subcommand("metrics",
                              "score gold, empty, constant, copied, shuffled, tied and invalid "
                              "predictions; each score is known or bounded");
  with_variable(metrics->add_option("--protocol", flags->protocol, "name or file (default: cupel)")
                    ->option_text("P"));
  add_format(*metrics, flags->format, {"text", "json"});
  add_file_flags(*metrics, flags->inputs);
  metrics->callback([flags, &chosen] { chosen.action = [flags] { return audit(*flags); }; });
  add_audit_invariance(*command, chosen);
  add_audit_alignment(*command, chosen);
}

}  // namespace cupel::cli
