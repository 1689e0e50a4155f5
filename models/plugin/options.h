/// The options that a plug-in's model is created with: one flat JSON object, as the program writes
/// it. For plug-ins written in C++; the standard library is enough.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace cupel::plugin {

/// Throws std::invalid_argument for what is no flat object, and by each accessor for an option that
/// is absent or of another type.
class Options {
 public:
  explicit Options(std::string_view json) : rest_(json) {
    expect('{');
    while (peek() != '}') {
      if (!values_.empty()) expect(',');
      std::string name = read_text();
      expect(':');
      values_[std::move(name)] = read_value();
    }
    expect('}');
    if (peek() != '\0') broken();
  }

  [[nodiscard]] bool flag(const std::string& name) const { return get<bool>(name); }
  [[nodiscard]] std::int64_t integer(const std::string& name) const {
    return get<std::int64_t>(name);
  }
  /// An integer will do.
  [[nodiscard]] double real(const std::string& name) const {
    const auto at = values_.find(name);
    if (at != values_.end() && std::holds_alternative<std::int64_t>(at->second))
      return static_cast<double>(std::get<std::int64_t>(at->second));
    return get<double>(name);
  }
  [[nodiscard]] const std::string& text(const std::string& name) const {
    return get<std::string>(name);
  }

 private:
  using Value = std::variant<bool, std::int64_t, double, std::string>;

  template <typename T>
  [[nodiscard]] const T& get(const std::string& name) const {
    const auto at = values_.find(name);
    if (at == values_.end() || !std::holds_alternative<T>(at->second))
      throw std::invalid_argument("option '" + name + "' is absent or has another type");
    return std::get<T>(at->second);
  }

  [[noreturn]] static void broken() {
    throw std::invalid_argument("options are no flat JSON object");
  }

  /// The next byte that is not white space; zero at the end.
  char peek() {
    rest_.remove_prefix(std::min(rest_.find_first_not_of(" \n\r\t"), rest_.size()));
    return rest_.empty() ? '\0' : rest_.front();
  }
  void expect(char c) {
    if (peek() != c) broken();
    rest_.remove_prefix(1);
  }
  bool take(std::string_view word) {
    if (!rest_.starts_with(word)) return false;
    rest_.remove_prefix(word.size());
    return true;
  }

  Value read_value() {
    if (peek() == '"') return read_text();
    if (take("true")) return true;
    if (take("false")) return false;
    const std::string_view digits = rest_.substr(0, rest_.find_first_not_of("+-.0123456789eE"));
    rest_.remove_prefix(digits.size());
    if (digits.find_first_of(".eE") == std::string_view::npos) return number<std::int64_t>(digits);
    return number<double>(digits);
  }

  template <typename T>
  static T number(std::string_view digits) {
    T value{};
    const char* end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, value);
    if (error != std::errc() || at != end) broken();
    return value;
  }

  std::string read_text() {
    expect('"');
    std::string out;
    while (!rest_.empty() && rest_.front() != '"') {
      const char c = rest_.front();
      rest_.remove_prefix(1);
      if (c == '\\')
        read_escape(out);
      else
        out += c;
    }
    if (rest_.empty()) broken();
    rest_.remove_prefix(1);
    return out;
  }

  /// The program escapes quotes and backslashes by a backslash, and all else as \uXXXX.
  void read_escape(std::string& out) {
    if (rest_.empty()) broken();
    const char c = rest_.front();
    rest_.remove_prefix(1);
    if (c == '"' || c == '\\') {
      out += c;
      return;
    }
    if (c != 'u') broken();
    unsigned code = 0;
    if (rest_.size() < 4 ||
        std::from_chars(rest_.data(), rest_.data() + 4, code, 16).ptr != rest_.data() + 4)
      broken();
    rest_.remove_prefix(4);
    append(out, code);
  }

  static void append(std::string& out, unsigned code) {
    if (code < 0x80) {
      out += static_cast<char>(code);
    } else if (code < 0x800) {
      out += static_cast<char>(0xC0U | (code >> 6U));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    } else {
      out += static_cast<char>(0xE0U | (code >> 12U));
      out += static_cast<char>(0x80U | ((code >> 6U) & 0x3FU));
      out += static_cast<char>(0x80U | (code & 0x3FU));
    }
  }

  std::string_view rest_;
  std::map<std::string, Value> values_;
};

}  // namespace cupel::plugin
