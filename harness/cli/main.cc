#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <filesystem>
#include <limits>
#include <new>
#include <string>
#include <vector>

#include <fcntl.h>
#include <malloc.h>
#include <unistd.h>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "harness/cli/verbs.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/version.h"

namespace {

int report(int status, const std::string& what, const std::string& hint) {
  cupel::cli::complain(what, hint);
  return status;
}

/// A file that is opened takes the lowest free number: with a standard stream closed that would be
/// the store or its lock, and tables or messages would be written into it. What nobody can read
/// still fails to be written, except messages.
void fill_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (::fcntl(stream, F_GETFD) >= 0) continue;
    static_cast<void>(::open("/dev/null", stream == STDERR_FILENO ? O_WRONLY : O_RDONLY));
  }
}

/// glibc gives every large block back to the kernel at once, so that LibTorch's tensors come from
/// fresh pages at every step. (mimalloc 3.0 loses its heap when LibTorch is opened beside it.)
void keep_memory() {
  constexpr int kLargestMapped = 1 << 30;
  constexpr int kPad = 64 << 20;
  ::mallopt(M_MMAP_THRESHOLD, kLargestMapped);
  ::mallopt(M_TRIM_THRESHOLD, std::numeric_limits<int>::max());
  ::mallopt(M_TOP_PAD, kPad);
}

const CLI::App* deepest_command(const CLI::App& app) {
  const CLI::App* command = &app;
  while (!command->get_subcommands().empty()) command = command->get_subcommands().front();
  return command;
}

/// "cupel data synth".
std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

/// CLI11 leaves a variable aside whose value a check refuses: a mistyped CUPEL_LIMIT would run
/// everything.
void require_good_variables(const CLI::App& command) {
  for (const CLI::Option* option : command.get_options()) {
    if (option->get_envname().empty() || option->count() > 0) continue;
    const char* value = std::getenv(option->get_envname().c_str());
    if (value == nullptr || *value == '\0') continue;
    throw cupel::Error(cupel::Code::kUsage,
                       fmt::format("{} is '{}', which {} does not take", option->get_envname(),
                                   value, option->get_name()),
                       fmt::format("unset or correct it; see: {} --help", full_name(command)));
  }
}

/// The nearest sub-command or flag to what nobody understood.
std::string hint_for(const CLI::App& app, const CLI::ParseError& error) {
  const CLI::App* command = deepest_command(app);
  std::string help = "see: " + full_name(*command) + " --help";
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
  const CLI::App* command = deepest_command(app);
  std::string all = "one of:";
  for (const CLI::App* sub : command->get_subcommands([](const CLI::App*) { return true; }))
    all.append(" ").append(sub->get_name());
  return all + "; see: " + full_name(*command) + " --help";
}

int run(int argc, char** argv) {
  CLI::App app("Cupel re-runs, re-scores, compares and gates the results of molecule-text models.",
               "cupel");
  app.set_version_flag("--version", std::string("cupel ") + cupel::kVersion);
  app.footer(
      "Exit status: 0 done, 1 a check failed, 2 usage, 3 inconclusive, 4 incomplete, 5 integrity,\n"
      "6 something is missing in this build or machine, 7 the store; 75 and 130: 'cupel run' was\n"
      "interrupted, the state is saved, and the same command goes on.\n"
      "Every flag has an environment variable: --t5-pieces is CUPEL_T5_PIECES.");
  cupel::cli::Chosen chosen;
  cupel::cli::add_run(app, chosen);
  cupel::cli::add_plan(app, chosen);
  cupel::cli::add_replay(app, chosen);
  cupel::cli::add_score(app, chosen);
  cupel::cli::add_import(app, chosen);
  cupel::cli::add_merge(app, chosen);
  cupel::cli::add_report(app, chosen);
  cupel::cli::add_ledger(app, chosen);
  cupel::cli::add_explain(app, chosen);
  cupel::cli::add_leakage(app, chosen);
  cupel::cli::add_certify(app, chosen);
  cupel::cli::add_verify(app, chosen);
  cupel::cli::add_compare(app, chosen);
  cupel::cli::add_ablation(app, chosen);
  cupel::cli::add_gate(app, chosen);
  cupel::cli::add_annotate(app, chosen);
  cupel::cli::add_audit(app, chosen);
  cupel::cli::add_bench(app, chosen);
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
  require_good_variables(*deepest_command(app));
  return chosen.action();
}

}  // namespace

int main(int argc, char** argv) {
  // A limit on the size of files is an error like a full disk, no reason to die without a word.
  static_cast<void>(std::signal(SIGXFSZ, SIG_IGN));
  keep_memory();
  fill_standard_streams();
  try {
    return run(argc, argv);
  } catch (const cupel::Error& error) {
    return report(static_cast<int>(error.code()), error.what(), error.hint());
  } catch (const std::bad_alloc&) {
    return report(static_cast<int>(cupel::Code::kCapability), "out of memory",
                  "score a smaller file, or free some memory");
  } catch (const std::filesystem::filesystem_error& error) {
    return report(static_cast<int>(cupel::Code::kUsage),
                  fmt::format("{}: {}", error.path1().string(), error.code().message()),
                  "check the path and its permissions");
  } catch (const std::exception& error) {
    return report(70, std::string("internal error: ") + error.what(),
                  "this is a defect of Cupel; please report it with the command");
  }
}
