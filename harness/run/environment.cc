#include "harness/run/environment.h"

#include <fstream>
#include <map>
#include <set>

#include <sys/utsname.h>

#include <fmt/format.h>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/core/error.h"
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

void write_common(JsonWriter& json) {
  json.key("cupel").value(kVersion);
  json.key("compiler").value(__VERSION__);
  json.key("rdkit").value(chem::rdkit_version());
  json.key("inchi").value(chem::inchi_version());
  json.key("sqlite").value(results::sqlite_version());
  json.key("system").value(system_name());
  json.key("processor").value(processor());
  json.key("threads").value(std::size_t{default_jobs()});
}

std::map<std::string, std::string> facts_of(const models::ModelEntry& entry) {
  try {
    return entry.runs_on ? entry.runs_on() : std::map<std::string, std::string>();
  } catch (const Error&) {
    return {};  // its cells will fail, and say why
  }
}

}  // namespace

std::string environment_facts() {
  JsonWriter json;
  json.begin_object();
  write_common(json);
  return json.end_object().str();
}

std::string environment_facts(const Plan& plan, std::span<const std::size_t> cells, unsigned jobs) {
  std::set<const models::ModelEntry*> entries;
  for (const std::size_t place : cells) entries.insert(plan.cells()[place].model->entry.get());
  std::map<std::string, std::string> facts;
  for (const models::ModelEntry* entry : entries) facts.merge(facts_of(*entry));
  std::erase_if(facts, [](const auto& fact) { return fact.first.ends_with("gflops"); });
  JsonWriter json;
  json.begin_object();
  write_common(json);
  json.key("jobs").value(std::size_t{jobs == 0 ? default_jobs() : jobs});
  for (const auto& [key, value] : facts) json.key(key).value(value);
  return json.end_object().str();
}

}  // namespace cupel
