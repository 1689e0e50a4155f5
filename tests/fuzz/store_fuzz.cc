// A store with any bytes changed is whole, refused or told to be wrong, and nothing else happens.
// The input is a list of edits: three bytes of offset, one byte of value.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include <unistd.h>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/run/import.h"
#include "harness/run/store_check.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"
#include "reports/run_report.h"
#include "results/prediction_file.h"

namespace {

using namespace cupel;

std::filesystem::path folder() {
  static const auto path =
      std::filesystem::temp_directory_path() / ("cupel-fuzz-" + std::to_string(::getpid()));
  std::filesystem::create_directories(path);
  return path;
}

/// A small store with predictions, statistics, scores and intervals.
std::string make_store() {
  chem::silence_rdkit();
  const std::filesystem::path path = folder() / "base.db";
  const ScoringOptions options{.resamples = 10, .jobs = 1};
  {
    results::StoreWriter store(path, true, "{}");
    const auto file = results::parse_prediction_file(
        "description\tground truth\toutput\na\tCCO\tCCO\nb\tCN\tC(\n", "fuzz", "generation");
    const Imported imported = import_predictions(
        store, file, {.model = "m", .task = "generation", .dataset = "d", .split = "test"}, "{}");
    Scorer scorer(metrics::find_protocol("cupel"), "generation", {}, options);
    static_cast<void>(score_run(store, imported.run, scorer, options));
  }
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const std::string base = make_store();
  std::string bytes = base;
  for (; size >= 4; data += 4, size -= 4) {
    const std::size_t offset = data[0] * 65'536U + data[1] * 256U + data[2];
    bytes[offset % bytes.size()] = static_cast<char>(data[3]);
  }
  const std::filesystem::path path = folder() / "changed.db";
  std::ofstream(path, std::ios::binary | std::ios::trunc) << bytes;
  try {
    results::Store store(path);
    const StoreCheck check = check_store(store);
    if (check.problems.empty() && check.runs != 1) std::abort();
    static_cast<void>(reports::print_tables(reports::score_tables(store, {}, true), "text"));
    static_cast<void>(reports::print_tables(reports::score_tables(store, {}, false), "json"));
  } catch (const Error& error) {
    if (error.code() != Code::kStore && error.code() != Code::kIntegrity) std::abort();
  }
  return 0;
}
