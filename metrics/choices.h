/// The scoring choices that a protocol makes, as typed values with names.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace cupel::metrics {

/// One thing that two evaluation scripts can do differently.
struct ChoiceSpec {
  enum class Kind : std::uint8_t { kOneOf, kSetOf, kInteger, kFlag, kText };
  std::string_view key;        ///< in protocol files and long signatures
  std::string_view short_key;  ///< in short signatures
  Kind kind;
  std::vector<std::string_view> allowed;  ///< for kOneOf and kSetOf
  std::string_view meaning;
};

/// All choices there are, in the order in which signatures print them.
[[nodiscard]] std::span<const ChoiceSpec> choice_specs();
/// Null when there is none of this key.
[[nodiscard]] const ChoiceSpec* find_choice(std::string_view key);

/// Values by key. A key that was never set is a mistake in our own code (std::logic_error).
class Choices {
 public:
  using Value = std::variant<bool, std::int64_t, std::string, std::vector<std::string>>;

  void set(const std::string& key, Value value) { values_[key] = std::move(value); }
  [[nodiscard]] bool has(const std::string& key) const { return values_.contains(key); }
  [[nodiscard]] bool flag(const std::string& key) const;
  [[nodiscard]] std::int64_t integer(const std::string& key) const;
  [[nodiscard]] const std::string& text(const std::string& key) const;
  /// Whether the set `key` holds `member`.
  [[nodiscard]] bool contains(const std::string& key, std::string_view member) const;
  /// The value as signatures print it: "512", "yes", "scibert", "syntax+chemistry".
  [[nodiscard]] std::string printed(const std::string& key) const;

 private:
  [[nodiscard]] const Value& at(const std::string& key) const;
  std::map<std::string, Value> values_;
};

}  // namespace cupel::metrics
