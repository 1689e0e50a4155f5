#include "harness/core/base64.h"

#include <cstddef>
#include <cstdint>

namespace cupel {

std::string to_base64(std::string_view bytes) {
  constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  constexpr std::size_t kGroup = 3;
  std::string out;
  out.reserve((bytes.size() + 2) / kGroup * 4);
  for (std::size_t at = 0; at < bytes.size(); at += kGroup) {
    std::uint32_t bits = 0;
    for (std::size_t i = at; i < at + kGroup; ++i)
      bits = bits << 8U | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0U);
    for (const unsigned shift : {18U, 12U, 6U, 0U}) out += kDigits[bits >> shift & 63U];
    for (std::size_t i = bytes.size(); i < at + kGroup; ++i)
      out[out.size() - (at + kGroup - i)] = '=';
  }
  return out;
}

}  // namespace cupel
