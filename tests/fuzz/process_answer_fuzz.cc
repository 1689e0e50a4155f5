// Any line of a process either is an answer of the shape that was asked for, or is refused with an
// Error. The first byte says what was asked for.
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "harness/core/utf8.h"
#include "harness/plugin/process_answer.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const cupel::ExpectedAnswer expected{
      .what = static_cast<cupel::ExpectedAnswer::What>(data[0] % 4),
      .rows = data[0] / 4U % 3,
      .columns = data[0] / 12U % 3};
  try {
    const cupel::Answer answer =
        cupel::parse_answer({reinterpret_cast<const char*>(data) + 1, size - 1}, expected);
    if (const auto* outputs = std::get_if<cupel::Outputs>(&answer)) {
      if (outputs->size() != expected.rows) std::abort();
    } else if (const auto* scores = std::get_if<cupel::Scores>(&answer)) {
      if (scores->size() != expected.rows * expected.columns) std::abort();
      for (const float score : *scores) {
        if (!std::isfinite(score)) std::abort();
      }
    }
  } catch (const cupel::Error& error) {
    if (cupel::first_invalid_utf8(error.what())) std::abort();  // it is printed
  }
  return 0;
}
