/// Strict JSON for the files people write (protocols, manifests, presets): every value knows its
/// line and column; duplicate keys, unknown keys and wrong types are errors that say where and what
/// to write instead.
#pragma once

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cupel {

struct JsonMember;

struct JsonValue {
  enum class Kind : std::uint8_t { kNull, kBool, kInteger, kReal, kText, kArray, kObject };

  Kind kind = Kind::kNull;
  bool truth = false;
  std::int64_t integer = 0;
  double real = 0.0;  ///< also set for integers
  std::string text;
  std::vector<JsonValue> items;
  std::vector<JsonMember> members;  ///< in the order of the file
  std::size_t line = 1;             ///< 1-based
  std::size_t column = 1;           ///< 1-based, in bytes
};

struct JsonMember {
  std::string key;
  JsonValue value;
};

/// Parses one document. `origin` (a file name) starts every message: "origin:line:column: …".
/// Real numbers are the nearest doubles. Throws Error{kUsage}: bad syntax, duplicate key, bytes
/// after the document, integers beyond 64 signed bits, numbers beyond the doubles, text that is not
/// UTF-8, nesting deeper than 32.
[[nodiscard]] JsonValue parse_json(std::string_view bytes, const std::string& origin);

/// Reads the members of one object; what was never asked for is an unknown key.
class JsonObject {
 public:
  /// Throws Error{kUsage} if `value` is no object. `value` and `origin` must outlive this.
  JsonObject(const JsonValue& value, const std::string& origin);

  // Each accessor throws Error{kUsage} when the member is absent or has another type.
  [[nodiscard]] const std::string& text(const std::string& key);
  [[nodiscard]] std::int64_t integer(const std::string& key);
  [[nodiscard]] std::vector<std::string> texts(const std::string& key);
  [[nodiscard]] const JsonValue& member(const std::string& key);
  /// Null when absent.
  [[nodiscard]] const JsonValue* find(const std::string& key);

  /// Throws Error{kUsage} naming the first key that no accessor asked for, and the nearest one that
  /// was.
  void finish() const;

  /// Throws Error{kUsage} "origin:line:column: message".
  [[noreturn]] void fail(const JsonValue& at, const std::string& message,
                         const std::string& hint = {}) const;

 private:
  [[nodiscard]] const JsonValue& typed(const std::string& key, JsonValue::Kind kind,
                                       const char* what);

  const JsonValue& value_;
  const std::string& origin_;
  std::set<std::string> asked_;
};

/// How a document is laid out.
enum class JsonLayout : std::uint8_t {
  kReadable,  ///< one member or item a line; numbers have 17 significant digits
  kCompact,   ///< no white space; numbers are the shortest that read back as the same double
};

/// Writes one document. Keys keep the order in which they are given.
class JsonWriter {
 public:
  explicit JsonWriter(JsonLayout layout = JsonLayout::kReadable)
      : compact_(layout == JsonLayout::kCompact) {}

  JsonWriter& begin_object() { return open('{'); }
  JsonWriter& end_object() { return close('}'); }
  JsonWriter& begin_array() { return open('['); }
  JsonWriter& end_array() { return close(']'); }
  JsonWriter& key(std::string_view name);
  JsonWriter& value(std::string_view text);
  JsonWriter& value(const char* text) { return value(std::string_view(text)); }
  /// Throws std::logic_error for NaN and infinity: a missing value must be written as null with a
  /// reason.
  JsonWriter& value(double number);
  JsonWriter& value(std::size_t number);
  JsonWriter& value(std::int64_t number);
  JsonWriter& value(bool truth);
  JsonWriter& null();
  /// The document, ending with a newline.
  [[nodiscard]] std::string str() const { return out_ + "\n"; }

 private:
  JsonWriter& open(char bracket);
  JsonWriter& close(char bracket);
  JsonWriter& raw(std::string_view token);
  void separate();
  void break_line();

  std::string out_;
  bool compact_;
  std::size_t depth_ = 0;
  bool first_ = true;  // nothing written yet at this depth
  bool after_key_ = false;
};

/// `text` as a JSON string with its quotes; everything outside printable ASCII that could disturb a
/// terminal or a page (controls, U+2028, U+2029) is escaped.
[[nodiscard]] std::string json_quote(std::string_view text);

}  // namespace cupel
