// In every format, any bytes either parse or are refused with an Error; rows point into the file's
// own bytes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/utf8.h"
#include "results/prediction_file.h"

namespace {

void check(const cupel::results::PredictionFile& file) {
  const char* begin = file.bytes->data();
  const char* end = begin + file.bytes->size();
  std::size_t last_line = 0;
  for (const auto& row : file.rows) {
    if (row.line <= last_line || row.line > file.section.last_line) std::abort();
    last_line = row.line;
    for (const std::string_view cell : {row.input, row.reference, row.prediction}) {
      if (cell.data() < begin || cell.data() + cell.size() > end) std::abort();
      if (cupel::first_invalid_utf8(cell)) std::abort();
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  for (const std::string& format : cupel::results::prediction_formats().ids()) {
    for (const char* task : {"captioning", "generation"}) {
      try {
        check(cupel::results::parse_prediction_file(
            std::string(reinterpret_cast<const char*>(data), size), "fuzz",
            cupel::results::ReadOptions{.task = task, .format = format}));
      } catch (const cupel::Error& error) {
        if (error.code() != cupel::Code::kUsage) std::abort();
      }
    }
  }
  return 0;
}
