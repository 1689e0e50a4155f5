/// The lines of a text, with their numbers.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace cupel::tasks {

/// Lines end with LF or CRLF; the last one may have no end.
class LineReader {
 public:
  explicit LineReader(std::string_view text) : rest_(text) {}

  /// False at the end.
  bool next(std::string_view& line);
  /// 1-based number of the last line.
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::string_view rest_;
  std::size_t line_ = 0;
};

/// Throws Error{kUsage} "name:line: what".
[[noreturn]] void fail_at(const std::string& name, std::size_t line, const std::string& what,
                          const std::string& hint);

}  // namespace cupel::tasks
