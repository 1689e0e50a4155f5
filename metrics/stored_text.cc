#include "metrics/stored_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

namespace cupel::metrics {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// What std::from_chars takes and JSON does not: "01", "1.", ".5", "inf".
bool is_json_number(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  if (text.empty() || !is_digit(text[0])) return false;
  if (text[0] == '0' && text.size() > 1 && is_digit(text[1])) return false;
  const std::size_t point = text.find('.');
  return point == std::string_view::npos || (point + 1 < text.size() && is_digit(text[point + 1]));
}

}  // namespace

std::optional<std::uint32_t> StoredText::whole() {
  std::uint32_t number = 0;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
  const bool leading_zero = end - begin > 1 && *begin == '0';
  if (error != std::errc() || leading_zero) return std::nullopt;
  at_ += static_cast<std::size_t>(end - begin);
  return number;
}

std::optional<float> StoredText::real() {
  float number = 0.0F;
  const char* const begin = text_.data() + at_;
  const auto [end, error] = std::from_chars(begin, text_.data() + text_.size(), number);
  if (error != std::errc() || !is_json_number({begin, end})) return std::nullopt;
  at_ += static_cast<std::size_t>(end - begin);
  return number;
}

std::string StoredText::missing(std::string_view wanted) const {
  return fmt::format("byte {}: {} is missing", at_ + 1, wanted);
}

void append_real(std::string& text, float number) {
  if (!std::isfinite(number)) {
    text += "null";
    return;
  }
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), number);
  text.append(digits.data(), end);
}

}  // namespace cupel::metrics
