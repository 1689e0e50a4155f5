#include "harness/core/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <map>
#include <stdexcept>
#include <system_error>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/core/utf8.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;

std::string place(const std::string& origin, std::size_t line, std::size_t column) {
  return fmt::format("{}:{}:{}: ", origin, line, column);
}

const char* kind_name(Kind kind) {
  switch (kind) {
    case Kind::kNull:
      return "null";
    case Kind::kBool:
      return "true or false";
    case Kind::kInteger:
      return "an integer";
    case Kind::kReal:
      return "a number";
    case Kind::kText:
      return "a string";
    case Kind::kArray:
      return "an array";
    case Kind::kObject:
      return "an object";
  }
  return "";
}

/// Builds the tree. The parser is fed byte by byte, so the place where a token began is known here.
struct Builder {
  // Limits that boost::json::basic_parser reads from its handler, under names of its choice.
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  // NOLINTEND(readability-identifier-naming)

  using error_code = boost::system::error_code;
  using string_view = boost::json::string_view;

  const std::string& origin;
  JsonValue root;
  std::vector<JsonValue*> open;  // the containers around the next value; the last one is innermost
  std::vector<std::map<std::string, std::size_t>> lines_of_keys;  // of each open object
  std::string pending_key;
  std::string pending_text;
  std::size_t line = 1;
  std::size_t column = 1;

  JsonValue& add(Kind kind) {
    JsonValue* slot = &root;
    if (!open.empty() && open.back()->kind == Kind::kObject) {
      slot = &open.back()->members.emplace_back(JsonMember{std::move(pending_key), {}}).value;
    } else if (!open.empty()) {
      slot = &open.back()->items.emplace_back();
    }
    slot->kind = kind;
    slot->line = line;
    slot->column = column;
    return *slot;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) {
    open.push_back(&add(Kind::kObject));
    lines_of_keys.emplace_back();
    return true;
  }
  bool on_object_end(std::size_t, error_code&) {
    open.pop_back();
    lines_of_keys.pop_back();
    return true;
  }
  bool on_array_begin(error_code&) {
    open.push_back(&add(Kind::kArray));
    return true;
  }
  bool on_array_end(std::size_t, error_code&) {
    open.pop_back();
    return true;
  }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    pending_text += part;
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    pending_key = std::move(pending_text) + std::string(part);
    pending_text.clear();
    const auto [at, is_new] = lines_of_keys.back().emplace(pending_key, line);
    if (!is_new) {
      throw Error(
          Code::kUsage,
          place(origin, line, column) + "key '" + pending_key + "' occurs twice in one object",
          fmt::format("it was first given at line {}; keep one of the two", at->second));
    }
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    pending_text += part;
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    add(Kind::kText).text = std::move(pending_text) + std::string(part);
    pending_text.clear();
    return true;
  }
  bool on_number_part(string_view part, error_code&) {
    pending_text += part;
    return true;
  }
  bool on_int64(std::int64_t number, string_view part, error_code&) {
    const std::string digits = std::exchange(pending_text, {}) + std::string(part);
    JsonValue& value = add(Kind::kInteger);
    value.integer = number;
    value.real = digits == "-0" ? -0.0 : static_cast<double>(number);
    return true;
  }
  bool on_uint64(std::uint64_t, string_view, error_code&) { beyond_integers(); }
  /// `rough` is off by some units in the last place, and what an integer too long becomes.
  bool on_double(double rough, string_view part, error_code&) {
    const std::string digits = std::exchange(pending_text, {}) + std::string(part);
    if (digits.find_first_of(".eE") == std::string::npos) beyond_integers();
    double number = 0.0;
    const auto end = digits.data() + digits.size();
    if (std::from_chars(digits.data(), end, number).ec == std::errc::result_out_of_range) {
      if (std::abs(rough) > 1.0)
        throw Error(Code::kUsage, place(origin, line, column) + "number too large for a double");
      number = digits.front() == '-' ? -0.0 : 0.0;
    }
    add(Kind::kReal).real = number;
    return true;
  }
  [[noreturn]] void beyond_integers() const {
    throw Error(Code::kUsage, place(origin, line, column) + "integer beyond 64 signed bits");
  }
  bool on_bool(bool truth, error_code&) {
    add(Kind::kBool).truth = truth;
    return true;
  }
  bool on_null(error_code&) {
    add(Kind::kNull);
    return true;
  }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

/// Follows lines, columns and the start of the current token.
struct Cursor {
  std::size_t line = 1;
  std::size_t column = 0;
  bool in_text = false;
  bool escaped = false;
  bool token_ended = true;  // the next byte that is not white space starts a token

  /// True when `byte` starts a token.
  bool advance(char byte) {
    ++column;
    bool starts = false;
    if (in_text) {
      if (byte == '"' && !escaped) in_text = false;
      escaped = byte == '\\' && !escaped;
    } else if (byte == ',' || byte == ':') {
      token_ended = true;
    } else if (byte != ' ' && byte != '\t' && byte != '\r' && byte != '\n') {
      starts = token_ended;
      token_ended = byte == '{' || byte == '[';
      in_text = byte == '"';
    }
    if (byte == '\n') {
      ++line;
      column = 0;
    }
    return starts;
  }
};

}  // namespace

JsonValue parse_json(std::string_view bytes, const std::string& origin) {
  if (const auto bad = first_invalid_utf8(bytes)) {
    throw Error(Code::kUsage, fmt::format("{}: byte {} is not UTF-8", origin, *bad),
                "save the file as UTF-8");
  }
  if (bytes.starts_with("\xEF\xBB\xBF"))
    throw Error(Code::kUsage, origin + ":1:1: a byte order mark",
                "save the file as UTF-8 without it");
  const boost::json::parse_options options;
  boost::json::basic_parser<Builder> parser(options, Builder{.origin = origin,
                                                             .root = {},
                                                             .open = {},
                                                             .lines_of_keys = {},
                                                             .pending_key = {},
                                                             .pending_text = {}});
  Cursor cursor;
  boost::system::error_code error;
  const auto fail = [&] {
    throw Error(
        Code::kUsage,
        place(origin, cursor.line, std::max<std::size_t>(cursor.column, 1)) + error.message(),
        "the file must be one JSON document");
  };
  for (const char& byte : bytes) {
    if (cursor.advance(byte)) {
      parser.handler().line = cursor.line;
      parser.handler().column = cursor.column;
    }
    const std::size_t taken = parser.write_some(true, &byte, 1, error);
    if (!error && taken == 0) error = boost::json::make_error_code(boost::json::error::extra_data);
    if (error) fail();
  }
  parser.write_some(false, nullptr, 0, error);
  if (error) fail();
  return std::move(parser.handler().root);
}

JsonObject::JsonObject(const JsonValue& value, const std::string& origin)
    : value_(value), origin_(origin) {
  if (value.kind != Kind::kObject)
    fail(value, fmt::format("expected an object, found {}", kind_name(value.kind)));
}

void JsonObject::fail(const JsonValue& at, const std::string& message,
                      const std::string& hint) const {
  throw Error(Code::kUsage, place(origin_, at.line, at.column) + message, hint);
}

const JsonValue* JsonObject::find(const std::string& key) {
  asked_.insert(key);
  const auto at = std::ranges::find(value_.members, key, &JsonMember::key);
  return at == value_.members.end() ? nullptr : &at->value;
}

const JsonValue& JsonObject::member(const std::string& key) {
  const JsonValue* found = find(key);
  if (found == nullptr) {
    // A misspelt key is the usual reason for a missing one.
    std::vector<std::string> unread;
    for (const auto& [name, ignored] : value_.members) {
      if (!asked_.contains(name)) unread.push_back(name);
    }
    const std::string near = nearest_name(key, unread);
    fail(value_, fmt::format("key '{}' is missing", key),
         near.empty() ? std::string() : fmt::format("is '{}' meant to be '{}'?", near, key));
  }
  return *found;
}

const JsonValue& JsonObject::typed(const std::string& key, Kind kind, const char* what) {
  const JsonValue& found = member(key);
  if (found.kind != kind) {
    fail(found, fmt::format("'{}' must be {}, not {}", key, what, kind_name(found.kind)));
  }
  return found;
}

const std::string& JsonObject::text(const std::string& key) {
  return typed(key, Kind::kText, "a string").text;
}

std::int64_t JsonObject::integer(const std::string& key) {
  return typed(key, Kind::kInteger, "an integer").integer;
}

std::vector<std::string> JsonObject::texts(const std::string& key) {
  std::vector<std::string> all;
  for (const JsonValue& item : typed(key, Kind::kArray, "an array of strings").items) {
    if (item.kind != Kind::kText) fail(item, fmt::format("'{}' must hold strings only", key));
    all.push_back(item.text);
  }
  return all;
}

void JsonObject::finish() const {
  for (const auto& [key, value] : value_.members) {
    if (asked_.contains(key)) continue;
    const std::vector<std::string> known(asked_.begin(), asked_.end());
    fail(value, fmt::format("unknown key '{}'", key), suggest(key, known));
  }
}

std::string json_quote(std::string_view text) {
  std::string out = "\"";
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(c));
    } else if (c == '\xC2' && i + 1 < text.size() &&
               static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      out += fmt::format("\\u{:04x}", static_cast<unsigned char>(text[++i]));  // U+0080 to U+009F
    } else if (text.substr(i, 3) == "\u2028" || text.substr(i, 3) == "\u2029") {
      out += text.substr(i, 3) == "\u2028" ? "\\u2028" : "\\u2029";
      i += 2;
    } else {
      out += c;
    }
  }
  return out + '"';
}

void JsonWriter::separate() {
  if (after_key_) {
    after_key_ = false;
    return;
  }
  if (depth_ > 0) {
    if (!first_) out_ += ',';
    break_line();
  }
  first_ = false;
}

void JsonWriter::break_line() {
  if (compact_) return;
  out_ += '\n';
  out_.append(2 * depth_, ' ');
}

JsonWriter& JsonWriter::open(char bracket) {
  separate();
  out_ += bracket;
  ++depth_;
  first_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char bracket) {
  --depth_;
  if (!first_) break_line();
  out_ += bracket;
  first_ = false;
  return *this;
}

JsonWriter& JsonWriter::raw(std::string_view token) {
  separate();
  out_ += token;
  return *this;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  raw(json_quote(name));
  out_ += compact_ ? ":" : ": ";
  after_key_ = true;
  return *this;
}

JsonWriter& JsonWriter::value(std::string_view text) { return raw(json_quote(text)); }
JsonWriter& JsonWriter::value(double number) {
  if (!std::isfinite(number)) throw std::logic_error("a number that is not finite in JSON");
  return raw(compact_ ? fmt::format("{}", number) : fmt::format("{:.17g}", number));
}
JsonWriter& JsonWriter::value(std::size_t number) { return raw(fmt::format("{}", number)); }
JsonWriter& JsonWriter::value(std::int64_t number) { return raw(fmt::format("{}", number)); }
JsonWriter& JsonWriter::value(bool truth) { return raw(truth ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

}  // namespace cupel
