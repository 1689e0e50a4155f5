#include "harness/cli/certificate_flags.h"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <system_error>

#include <CLI/CLI.hpp>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/run/artifact.h"

namespace cupel::cli {

void add_certificate_flags(CLI::App& command, CertificateFlags& flags) {
  add_file_flags(command, flags.files);
  add_suite_flag(command, flags.suite);
  with_variable(command
                    .add_option("--artifacts", flags.artifacts,
                                "the folder of what stages of training ended with (default: "
                                "STORE.artifacts)")
                    ->option_text("DIR"));
  with_variable(command
                    .add_option("--file", flags.named,
                                "where an input without a place of its own is: weights, a file of "
                                "a preset, an imported prediction file; repeatable")
                    ->allow_extra_args(false)
                    ->option_text("NAME=PATH"));
}

CertificateFiles resolve(const CertificateFlags& flags, const std::string& store) {
  std::error_code ignored;
  CertificateFiles files{.data = roots_of({.data = flags.files.data, .suite = flags.suite}),
                         .scoring = resolve(flags.files),
                         .artifacts = flags.artifacts.empty()
                                          ? default_artifacts(store)
                                          : std::filesystem::path(flags.artifacts),
                         .program = std::filesystem::read_symlink("/proc/self/exe", ignored),
                         .modules = modules_folder(),
                         .named = {}};
  for (const std::string& one : flags.named) {
    const std::size_t at = one.find('=');
    if (at == std::string::npos || at == 0)
      throw Error(Code::kUsage, "--file: '" + one + "' is no NAME=PATH",
                  "NAME is that of the input, as the certificate has it");
    const std::filesystem::path path = one.substr(at + 1);
    if (!std::filesystem::exists(path))
      throw Error(Code::kUsage, "--file: " + path.string() + ": no such file",
                  "check the path; relative paths start at the working folder");
    files.named[one.substr(0, at)] = path;
  }
  return files;
}

void check_named(const CertificateFiles& files, const std::vector<CertifiedInput>& inputs) {
  std::vector<std::string> names;
  for (const CertifiedInput& input : inputs) names.push_back(input.name);
  for (const auto& [name, path] : files.named) {
    if (!std::ranges::contains(names, name))
      throw Error(Code::kUsage, "--file: the certificate has no input '" + name + "'",
                  suggest(name, names));
  }
}

}  // namespace cupel::cli
