/// UTF-8 checked once at the border, decoded without checks inside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cupel {

/// Offset of the first byte that is not well-formed UTF-8 (Unicode 15, table 3-7: no surrogates, no
/// overlong forms, nothing above U+10FFFF), or nothing when the whole text is well-formed.
[[nodiscard]] std::optional<std::size_t> first_invalid_utf8(std::string_view text);

/// No byte is above 0x7F.
[[nodiscard]] bool is_ascii(std::string_view text);

/// Of an ASCII capital letter; other bytes stay.
[[nodiscard]] constexpr char ascii_lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

/// Bytes of the well-formed character that starts with `lead`: 1 to 4.
[[nodiscard]] constexpr std::size_t utf8_length(char lead) {
  const auto byte = static_cast<unsigned char>(lead);
  return byte < 0x80 ? 1 : byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
}

/// Code points of a well-formed text.
[[nodiscard]] std::u32string decode_utf8(std::string_view text);

/// Appends one code point (at most U+10FFFF, no surrogate).
void append_utf8(std::string& text, char32_t code_point);

/// Number of code points of a well-formed text.
[[nodiscard]] std::size_t count_code_points(std::string_view text);

/// A well-formed text for a terminal or a page: on one line, and without characters that would move
/// the cursor, change the direction of writing or be invisible; those stand as \n, \t or \u{202e}.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace cupel
