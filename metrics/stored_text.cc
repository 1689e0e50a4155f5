#include "metrics/stored_text.h"

#include <array>
#include <charconv>
#include <cmath>
#include <system_error>

#include <fmt/format.h>

namespace cupel::metrics {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Digits from `at` on; how many.
std::size_t digits(std::string_view text, std::size_t at) {
  std::size_t end = at;
  while (end < text.size() && is_digit(text[end])) ++end;
  return end - at;
}

/// Bytes of the number that JSON allows from `at` on; 0: there is none.
std::size_t number_size(std::string_view text, std::size_t at) {
  std::size_t end = at;
  if (end < text.size() && text[end] == '-') ++end;
  const std::size_t whole = digits(text, end);
  if (whole == 0 || (whole > 1 && text[end] == '0')) return 0;
  end += whole;
  if (end < text.size() && text[end] == '.') {
    const std::size_t part = digits(text, end + 1);
    if (part == 0) return 0;
    end += 1 + part;
  }
  if (end < text.size() && (text[end] == 'e' || text[end] == 'E')) {
    ++end;
    if (end < text.size() && (text[end] == '-' || text[end] == '+')) ++end;
    const std::size_t exponent = digits(text, end);
    if (exponent == 0) return 0;
    end += exponent;
  }
  return end - at;
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

bool StoredText::take_number() {
  const std::size_t size = number_size(text_, at_);
  at_ += size;
  return size > 0;
}

std::optional<float> StoredText::real() {
  const std::size_t size = number_size(text_, at_);
  float number = 0.0F;
  const char* const begin = text_.data() + at_;
  if (size == 0 || std::from_chars(begin, begin + size, number).ec != std::errc())
    return std::nullopt;
  at_ += size;
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
