// Whatever parses can be examined, and every finding says what and what to do.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/run/import_doctor.h"
#include "results/prediction_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  cupel::chem::silence_rdkit();
  for (const std::string task : {"captioning", "generation"}) {
    try {
      const auto file = cupel::results::parse_prediction_file(
          std::string(reinterpret_cast<const char*>(data), size), "fuzz",
          cupel::results::ReadOptions{.task = task});
      for (const auto& finding : cupel::examine_import(file, task).findings) {
        if (finding.cause.empty() || finding.what.empty() || finding.remedy.empty()) std::abort();
      }
    } catch (const cupel::Error& error) {
      if (error.code() != cupel::Code::kUsage) std::abort();
    }
  }
  return 0;
}
