/// Reads the one-line JSON in which ranks and labels are stored, from left to right: exactly what
/// Cupel writes, without white space, at a speed that a million rows need.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace cupel::metrics {

class StoredText {
 public:
  explicit StoredText(std::string_view text) : text_(text) {}

  /// Takes `wanted` if it comes next.
  bool take(std::string_view wanted) {
    if (text_.compare(at_, wanted.size(), wanted) != 0) return false;
    at_ += wanted.size();
    return true;
  }
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }

  /// Takes a number as JSON writes it, whatever it is.
  bool take_number();
  /// A whole number below 2³² without sign and leading zeros; or nothing, and nothing is taken.
  [[nodiscard]] std::optional<std::uint32_t> whole();
  /// A number as JSON writes it, as the nearest float; or nothing, and nothing is taken. Numbers
  /// beyond the floats are none.
  [[nodiscard]] std::optional<float> real();

  /// "byte 17: `wanted` is missing", bytes from 1.
  [[nodiscard]] std::string missing(std::string_view wanted) const;

 private:
  std::string_view text_;
  std::size_t at_ = 0;
};

/// Appends the shortest decimal that reads back to the same float, or null where it is not finite.
void append_real(std::string& text, float number);

}  // namespace cupel::metrics
