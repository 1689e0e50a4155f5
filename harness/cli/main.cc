#include <csignal>
#include <cstdio>
#include <exception>
#include <new>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/version.h"

namespace {

int report(int status, const std::string& what, const std::string& hint) {
  std::fprintf(stderr, "cupel: %s\n", what.c_str());
  if (!hint.empty()) std::fprintf(stderr, "       %s\n", hint.c_str());
  return status;
}

/// The nearest sub-command or flag to what nobody understood.
std::string hint_for(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::string help =
      command == &app ? "see: cupel --help" : "see: cupel " + command->get_name() + " --help";
  const auto* extras = dynamic_cast<const CLI::ExtrasError*>(&error);
  if (extras == nullptr) return help;
  std::vector<std::string> known;
  for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
    known.push_back(sub->get_name());
  for (const CLI::Option* option : command->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back(fmt::format("--{}", name));
  }
  for (const std::string& word : command->remaining()) {
    const std::string near = cupel::nearest_name(word, known);
    if (!near.empty()) return fmt::format("did you mean '{}'? {}", near, help);
  }
  return help;
}

/// The sub-commands of the deepest command that was named.
std::string commands_of(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  std::string all = "one of:";
  for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
    all.append(" ").append(sub->get_name());
  return all + "; see: cupel" + (command == &app ? "" : " " + command->get_name()) + " --help";
}

int run(int argc, char** argv) {
  CLI::App app("Cupel re-runs, re-scores, compares and gates the results of molecule-text models.",
               "cupel");
  app.set_version_flag("--version", std::string("cupel ") + cupel::kVersion);
  app.footer(
      "Exit status: 0 done, 1 a check failed, 2 usage, 3 inconclusive, 4 incomplete, 5 integrity,\n"
      "6 something is missing in this build or machine, 7 the store.\n"
      "Every flag has an environment variable: --t5-pieces is CUPEL_T5_PIECES.");
  cupel::cli::Chosen chosen;
  cupel::cli::add_run(app, chosen);
  cupel::cli::add_plan(app, chosen);
  cupel::cli::add_score(app, chosen);
  cupel::cli::add_import(app, chosen);
  cupel::cli::add_merge(app, chosen);
  cupel::cli::add_report(app, chosen);
  cupel::cli::add_ledger(app, chosen);
  cupel::cli::add_leakage(app, chosen);
  cupel::cli::add_compare(app, chosen);
  cupel::cli::add_audit(app, chosen);
  cupel::cli::add_list(app, chosen);
  cupel::cli::add_show(app, chosen);
  cupel::cli::add_schema(app, chosen);
  cupel::cli::add_data(app, chosen);
  cupel::cli::add_doctor(app, chosen);
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    cupel::cli::print(app.help());
    return 0;
  } catch (const CLI::CallForVersion&) {
    cupel::cli::print(app.version() + "\n");
    return 0;
  } catch (const CLI::ParseError& error) {
    return report(static_cast<int>(cupel::Code::kUsage), error.what(), hint_for(app, error));
  }
  if (!chosen.action) {
    return report(static_cast<int>(cupel::Code::kUsage), "a sub-command is required",
                  commands_of(app));
  }
  return chosen.action();
}

}  // namespace

int main(int argc, char** argv) {
  // A limit on the size of files is an error like a full disk, no reason to die without a word.
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  try {
    return run(argc, argv);
  } catch (const cupel::Error& error) {
    return report(static_cast<int>(error.code()), error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    return report(static_cast<int>(cupel::Code::kCapability), "out of memory",
                  "score a smaller file, or free some memory");
  } catch (const std::exception& error) {
    return report(70, std::string("internal error: ") + error.what(),
                  "this is a defect of Cupel; please report it with the command");
  }
}
