#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/chem/atom_places.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "tasks/readers/lines.h"
#include "tasks/readers/readers.h"

namespace cupel::tasks {
namespace {

constexpr const char* kHint = "the file does not belong to the rows; make both anew";

bool inside_character(const std::string& text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xC0U) == 0x80U;
}

void read_range(JsonObject& object, const Sample& sample, Phrase& phrase) {
  const std::int64_t begin = object.integer("begin");
  const std::int64_t end = object.integer("end");
  if (begin < 0 || begin >= end || end > static_cast<std::int64_t>(sample.text.size()))
    object.fail(
        object.member("begin"),
        fmt::format("[{}, {}) is no part of a text of {} bytes", begin, end, sample.text.size()),
        kHint);
  phrase.begin = static_cast<std::size_t>(begin);
  phrase.end = static_cast<std::size_t>(end);
  if (inside_character(sample.text, phrase.begin) || inside_character(sample.text, phrase.end))
    object.fail(object.member("begin"), fmt::format("[{}, {}) cuts a character", begin, end),
                kHint);
}

void read_atoms(JsonObject& object, std::size_t atoms, Phrase& phrase) {
  const JsonValue& value = object.member("atoms");
  for (const JsonValue& item : value.items) {
    if (item.kind != JsonValue::Kind::kInteger || item.integer < 0 ||
        static_cast<std::size_t>(item.integer) >= atoms)
      object.fail(item, fmt::format("no atom of a molecule with {}", atoms), kHint);
    phrase.atoms.push_back(static_cast<std::uint32_t>(item.integer));
  }
  if (phrase.atoms.empty() || !std::ranges::is_sorted(phrase.atoms, std::ranges::less_equal{}))
    object.fail(value, "'atoms' must be rising whole numbers, one at least");
}

std::vector<Phrase> read_phrases(JsonObject& row, const std::string& origin, const Sample& sample) {
  const JsonValue& value = row.member("phrases");
  if (value.kind != JsonValue::Kind::kArray) row.fail(value, "'phrases' must be an array");
  const std::size_t atoms = chem::atom_places(sample.smiles).size();
  std::vector<Phrase> phrases;
  for (const JsonValue& item : value.items) {
    JsonObject object(item, origin);
    Phrase phrase;
    read_range(object, sample, phrase);
    const std::string& level = object.text("level");
    phrase.fragment = level == "fragment";
    if (!phrase.fragment && level != "atom")
      object.fail(object.member("level"), fmt::format("'{}' is neither atom nor fragment", level));
    read_atoms(object, atoms, phrase);
    object.finish();
    phrases.push_back(std::move(phrase));
  }
  return phrases;
}

}  // namespace

void read_alignment(const FileText& file, std::vector<Sample>& samples) {
  std::unordered_map<std::string_view, Sample*> waiting;
  std::unordered_map<std::string_view, std::size_t> line_of;
  for (Sample& sample : samples) waiting.emplace(sample.id, &sample);
  LineReader lines(file.bytes);
  for (std::string_view line; lines.next(line);) {
    const std::string origin = fmt::format("{}:{}", file.name, lines.line());
    const JsonValue root = parse_json(line, origin);
    JsonObject row(root, origin);
    const auto found = waiting.find(row.text("id"));
    if (found == waiting.end()) continue;
    const auto [first, fresh] = line_of.emplace(found->first, lines.line());
    if (!fresh)
      fail_at(file.name, lines.line(),
              fmt::format("row '{}' stands in line {} already", found->first, first->second),
              kHint);
    found->second->phrases = read_phrases(row, origin, *found->second);
    row.finish();
  }
  for (const Sample& sample : samples) {
    if (!line_of.contains(sample.id))
      fail_at(file.name, lines.line(), fmt::format("no line is of row '{}'", sample.id), kHint);
  }
}

}  // namespace cupel::tasks
