#include "harness/run/environment.h"

#include <fstream>

#include <sys/utsname.h>

#include <fmt/format.h>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/core/json.h"
#include "harness/core/parallel.h"
#include "harness/version.h"
#include "results/sqlite.h"

namespace cupel {
namespace {

/// The model name that Linux gives the first processor; empty where it gives none.
std::string processor() {
  std::ifstream file("/proc/cpuinfo");
  for (std::string line; std::getline(file, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return {};
}

std::string system_name() {
  utsname names{};
  if (::uname(&names) != 0) return {};
  return fmt::format("{} {} {}", names.sysname, names.release, names.machine);
}

}  // namespace

std::string environment_facts() {
  JsonWriter json;
  json.begin_object();
  json.key("cupel").value(kVersion);
  json.key("compiler").value(__VERSION__);
  json.key("rdkit").value(chem::rdkit_version());
  json.key("inchi").value(chem::inchi_version());
  json.key("sqlite").value(results::sqlite_version());
  json.key("system").value(system_name());
  json.key("processor").value(processor());
  json.key("threads").value(std::size_t{default_jobs()});
  return json.end_object().str();
}

}  // namespace cupel
