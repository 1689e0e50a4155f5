/// The two ways a thing can fail: a whole command (Error, thrown) and one item of it (Failure,
/// returned).
#pragma once

#include <cstdint>
#include <exception>
#include <expected>
#include <string>
#include <utility>

namespace cupel {

/// Why a command ended. The number is the exit status of the program; scripts rely on it.
enum class Code : std::uint8_t {
  kCheckFailed = 1,
  kUsage = 2,
  kInconclusive = 3,
  kIncomplete = 4,
  kIntegrity = 5,
  kCapability = 6,
  kStore = 7,
};

/// A command cannot go on. `what()` names the file, line or key; `hint()` says what to do about it
/// (may be empty).
class Error : public std::exception {
 public:
  Error(Code code, std::string message, std::string hint = {})
      : code_(code), message_(std::move(message)), hint_(std::move(hint)) {}

  [[nodiscard]] Code code() const { return code_; }
  [[nodiscard]] const char* what() const noexcept override { return message_.c_str(); }
  [[nodiscard]] const std::string& hint() const { return hint_; }

 private:
  Code code_;
  std::string message_;
  std::string hint_;
};

/// One item failed and the rest goes on. `Kind` is the enumeration of the room that reports it.
template <typename Kind>
struct Failure {
  Kind kind{};
  std::string detail;
  bool operator==(const Failure&) const = default;
};

/// A value, or the reason why this one item has none.
template <typename T, typename Kind>
using Outcome = std::expected<T, Failure<Kind>>;

}  // namespace cupel
