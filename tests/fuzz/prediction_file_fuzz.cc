// Any bytes either parse or are refused with an Error; rows point into the file's own bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "harness/core/error.h"
#include "results/prediction_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const char* task : {"captioning", "generation"}) {
    try {
      const auto file = cupel::results::parse_prediction_file(
          std::string(reinterpret_cast<const char*>(data), size), "fuzz", task);
      std::size_t last_line = 0;
      for (const auto& row : file.rows) {
        if (row.line <= last_line) std::abort();
        last_line = row.line;
        const char* begin = file.bytes->data();
        if (row.prediction.data() < begin ||
            row.prediction.data() + row.prediction.size() > begin + file.bytes->size())
          std::abort();
      }
    } catch (const cupel::Error& error) {
      if (error.code() != cupel::Code::kUsage) std::abort();
    }
  }
  return 0;
}
