#include "harness/plugin/options_json.h"

namespace cupel {

void write_options(JsonWriter& json, const models::Options& options) {
  json.begin_object();
  for (const auto& [name, value] : options) {
    json.key(name);
    std::visit([&](const auto& kind) { json.value(kind); }, value);
  }
  json.end_object();
}

std::string one_line(const JsonWriter& json) {
  // Inside texts line breaks are escaped: each one here, and the white space after it, is layout.
  const std::string document = json.str();
  std::string line;
  line.reserve(document.size());
  bool layout = false;
  for (const char c : document) {
    layout = c == '\n' || (layout && c == ' ');
    if (!layout) line += c;
  }
  return line;
}

}  // namespace cupel
