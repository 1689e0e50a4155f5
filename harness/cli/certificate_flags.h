/// Where the inputs of certificates are.
#pragma once

#include <string>
#include <vector>

#include "harness/cli/verbs.h"
#include "harness/run/certified_inputs.h"

namespace cupel::cli {

struct CertificateFlags {
  FileFlags files;
  std::string suite;
  std::string artifacts;           ///< empty: beside the store
  std::vector<std::string> named;  ///< NAME=PATH
};

/// --artifacts, --suite, --file and those of add_file_flags.
void add_certificate_flags(CLI::App& command, CertificateFlags& flags);

/// Throws Error{kUsage} for a --file that is no NAME=PATH, and for a path that is not there.
[[nodiscard]] CertificateFiles resolve(const CertificateFlags& flags, const std::string& store);

/// Throws Error{kUsage} for a --file whose name is that of no input.
void check_named(const CertificateFiles& files, const std::vector<CertifiedInput>& inputs);

}  // namespace cupel::cli
