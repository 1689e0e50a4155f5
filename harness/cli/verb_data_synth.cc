#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>
#include <CLI/CLI.hpp>

#include "harness/chem/molecule.h"
#include "harness/cli/verbs.h"
#include "tasks/suite/suite.h"

namespace cupel::cli {
namespace {

struct Flags {
  std::uint64_t seed = 1;
  double scale = 1.0;
  std::string folder;
};

int synth(const Flags& flags) {
  chem::silence_rdkit();
  const bool watched = ::isatty(STDERR_FILENO) == 1;
  tasks::write_suite(flags.folder, {.seed = flags.seed, .scale = flags.scale},
                     [watched](std::string_view set, std::size_t done, std::size_t total) {
                       if (watched)
                         fmt::print(stderr, "\r{} of {}: {}\033[K", done + 1, total, set);
                     });
  if (watched) std::fputs("\r\033[K", stderr);
  print(fmt::format("{}\n", flags.folder));
  return 0;
}

}  // namespace

void add_data_synth(CLI::App& data, Chosen& chosen) {
  auto flags = std::make_shared<Flags>();
  CLI::App* command = data.add_subcommand(
      "synth", "write the bundled suite: a small stand-in for every data set, made from a seed");
  command->add_option("folder", flags->folder, "a folder that does not exist yet, or is empty")
      ->option_text("FOLDER")
      ->required();
  with_variable(
      command->add_option("--seed", flags->seed, "other molecules (default 1)")->option_text("N"));
  with_variable(command
                    ->add_option("--scale", flags->scale,
                                 "times the default numbers of rows, 0.01 to 100 (default 1)")
                    ->option_text("X"));
  command->callback([flags, &chosen] { chosen.action = [flags] { return synth(*flags); }; });
}

}  // namespace cupel::cli
