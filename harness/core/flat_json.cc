#include "harness/core/flat_json.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <boost/json/basic_parser_impl.hpp>

#include "harness/core/error.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;

/// Collects the members of the outermost object. What has been read is moved to the front of the
/// bytes: it is never longer than what it was read from, so nothing unread is overwritten.
struct Collector {
  // Limits that boost::json::basic_parser reads from its handler, under names of its choice.
  // NOLINTBEGIN(readability-identifier-naming)
  static constexpr std::size_t max_object_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_array_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_key_size = std::numeric_limits<std::size_t>::max();
  static constexpr std::size_t max_string_size = std::numeric_limits<std::size_t>::max();
  // NOLINTEND(readability-identifier-naming)

  using error_code = boost::system::error_code;
  using string_view = boost::json::string_view;

  std::vector<FlatMember> members;
  char* free = nullptr;   // where the next text goes
  char* begin = nullptr;  // of the text under way
  std::size_t depth = 0;
  bool object = false;
  std::string repeated;  // the first key that occurs twice

  void start(char* bytes) {
    members.clear();
    free = begin = bytes;
    depth = 0;
    object = false;
    repeated.clear();
  }
  void append(string_view part) {
    if (depth != 1) return;
    if (!part.empty()) std::memmove(free, part.data(), part.size());
    free += part.size();
  }
  std::string_view finished() {
    const char* const text = std::exchange(begin, free);
    return {text, static_cast<std::size_t>(free - text)};
  }
  bool value(Kind kind) {
    if (depth == 1 && object) members.back().kind = kind;
    return true;
  }
  bool open(Kind kind) {
    value(kind);
    if (depth == 0) object = kind == Kind::kObject;
    ++depth;
    return true;
  }
  bool close() {
    --depth;
    return true;
  }

  bool on_document_begin(error_code&) { return true; }
  bool on_document_end(error_code&) { return true; }
  bool on_object_begin(error_code&) { return open(Kind::kObject); }
  bool on_object_end(std::size_t, error_code&) { return close(); }
  bool on_array_begin(error_code&) { return open(Kind::kArray); }
  bool on_array_end(std::size_t, error_code&) { return close(); }
  bool on_key_part(string_view part, std::size_t, error_code&) {
    append(part);
    return true;
  }
  bool on_key(string_view part, std::size_t, error_code&) {
    append(part);
    if (depth != 1) return true;
    const std::string_view key = finished();
    if (repeated.empty() && std::ranges::contains(members, key, &FlatMember::key)) repeated = key;
    members.push_back({.key = key, .kind = Kind::kNull, .text = {}});
    return true;
  }
  bool on_string_part(string_view part, std::size_t, error_code&) {
    append(part);
    return true;
  }
  bool on_string(string_view part, std::size_t, error_code&) {
    append(part);
    value(Kind::kText);
    if (depth == 1 && object) members.back().text = finished();
    return true;
  }
  bool on_number_part(string_view, error_code&) { return true; }
  bool on_int64(std::int64_t, string_view, error_code&) { return value(Kind::kInteger); }
  bool on_uint64(std::uint64_t, string_view, error_code&) { return value(Kind::kReal); }
  bool on_double(double, string_view, error_code&) { return value(Kind::kReal); }
  bool on_bool(bool, error_code&) { return value(Kind::kBool); }
  bool on_null(error_code&) { return value(Kind::kNull); }
  bool on_comment_part(string_view, error_code&) { return true; }
  bool on_comment(string_view, error_code&) { return true; }
};

}  // namespace

struct FlatJsonReader::State {
  std::string origin;
  boost::json::basic_parser<Collector> parser{boost::json::parse_options{}};
};

FlatJsonReader::FlatJsonReader(std::string origin) : state_(std::make_unique<State>()) {
  state_->origin = std::move(origin);
}
FlatJsonReader::~FlatJsonReader() = default;

std::span<const FlatMember> FlatJsonReader::read(std::span<char> bytes, std::size_t line) {
  auto& parser = state_->parser;
  Collector& found = parser.handler();
  parser.reset();
  found.start(bytes.data());
  boost::system::error_code error;
  const std::size_t taken = parser.write_some(false, bytes.data(), bytes.size(), error);
  if (!error && taken < bytes.size())
    error = boost::json::make_error_code(boost::json::error::extra_data);
  const auto fail = [&](std::size_t column, const std::string& what, const std::string& hint) {
    throw Error(Code::kUsage, fmt::format("{}:{}:{}: {}", state_->origin, line, column, what),
                hint);
  };
  if (error)
    fail(taken + 1, error.message(),
         "each line must hold one whole JSON object: no line breaks inside it, nothing after it");
  if (!found.object)
    fail(1, "the line holds JSON, but no object", "write one object a line: {\"input\": …}");
  if (!found.repeated.empty())
    fail(1, "key '" + found.repeated + "' occurs twice in one object", "keep one of the two");
  return found.members;
}

}  // namespace cupel
