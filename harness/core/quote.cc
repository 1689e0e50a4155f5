#include "harness/core/quote.h"

#include <fmt/format.h>

#include "harness/core/utf8.h"

namespace cupel {
namespace {

/// `bytes` without a character that was cut at the end.
std::string_view whole_characters(std::string_view bytes) {
  for (std::size_t dropped = 0; dropped < 4 && dropped <= bytes.size(); ++dropped) {
    const std::string_view shorter = bytes.substr(0, bytes.size() - dropped);
    if (!first_invalid_utf8(shorter)) return shorter;
  }
  return bytes;
}

}  // namespace

std::string quote(std::string_view bytes, std::size_t limit) {
  const bool cut = bytes.size() > limit;
  if (cut) bytes = whole_characters(bytes.substr(0, limit));
  std::string text;
  if (first_invalid_utf8(bytes)) {
    for (const char c : bytes) {
      const auto byte = static_cast<unsigned char>(c);
      if (byte < 0x80)
        text += c;
      else
        text += fmt::format("\\x{:02x}", byte);
    }
  } else {
    text = bytes;
  }
  return printable(text) + (cut ? "…" : "");
}

}  // namespace cupel
