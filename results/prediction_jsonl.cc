#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "harness/core/flat_json.h"
#include "results/prediction_readers.h"

namespace cupel::results {
namespace {

using Members = std::span<const FlatMember>;

bool same_keys(Members members, std::span<const std::string> keys) {
  return std::ranges::equal(members, keys, {}, &FlatMember::key);
}

std::string_view text_at(Members members, std::size_t place, const std::string& name,
                         std::size_t line) {
  const FlatMember& member = members[place];
  if (member.kind == JsonValue::Kind::kText) return member.text;
  const bool array = member.kind == JsonValue::Kind::kArray;
  const bool null = member.kind == JsonValue::Kind::kNull;
  fail(name, line,
       fmt::format("'{}' must be a string, not {}", member.key,
                   array  ? "an array"
                   : null ? "null"
                          : "a number, truth value or object"),
       array  ? "several references or outputs for one input: choose one and write it as a string"
       : null ? "the model gave no answer? write the empty string \"\""
              : "write it in double quotes");
}

}  // namespace

void read_jsonl(std::span<char> text, const ReadOptions& options, PredictionFile& file) {
  ReadOptions named = options;
  named.format = "jsonl";
  const KnownColumns columns = free_columns(named);
  FlatJsonReader objects(file.path);
  LineReader reader({text.data(), text.size()});
  // Nearly always every object has the keys of the one before it.
  std::vector<std::string> keys;
  Places places;
  while (const auto line = reader.next()) {
    if (line->find_first_not_of(" \t") == std::string_view::npos) continue;
    const auto offset = static_cast<std::size_t>(line->data() - text.data());
    const Members members = objects.read(text.subspan(offset, line->size()), reader.line());
    if (keys.empty() || !same_keys(members, keys)) {
      std::vector<std::string_view> header;
      for (const FlatMember& member : members) header.push_back(member.key);
      places = find_places(header, columns, file.path, reader.line(), options);
      keys.assign(header.begin(), header.end());
    }
    std::array<std::string_view, kColumns> cells;
    for (std::size_t column = 0; column < kColumns; ++column)
      cells[column] = text_at(members, places.at[column], file.path, reader.line());
    file.rows.push_back({.line = reader.line(),
                         .input = cells[kInput],
                         .reference = cells[kReference],
                         .prediction = cells[kPrediction]});
    file.section.last_line = reader.line();
  }
  if (file.rows.empty()) fail(file.path, 0, "no data rows", "the file holds blank lines only");
}

}  // namespace cupel::results
