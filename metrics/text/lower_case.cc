#include "metrics/text/lower_case.h"

#include <algorithm>
#include <new>

#include <unicode/bytestream.h>
#include <unicode/casemap.h>

#include "harness/core/utf8.h"

namespace cupel::metrics {

bool may_change_case(std::string_view text) {
  return std::ranges::any_of(
      text, [](char c) { return static_cast<unsigned char>(c) >= 0x80 || (c >= 'A' && c <= 'Z'); });
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  if (is_ascii(text)) {
    std::ranges::transform(lower, lower.begin(), ascii_lower);
    return lower;
  }
  lower.clear();
  icu::StringByteSink<std::string> sink(&lower);
  UErrorCode status = U_ZERO_ERROR;
  icu::CaseMap::utf8ToLower("", 0, icu::StringPiece(text), sink, nullptr, status);
  if (U_FAILURE(status)) throw std::bad_alloc();  // the only way in which well-formed text can fail
  return lower;
}

}  // namespace cupel::metrics
