#include "tasks/dataset_descriptor.h"

#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "harness/core/nearest.h"
#include "tasks/datasets/embedded.h"

namespace cupel::tasks {
namespace {

using Root = DatasetDescriptor::Root;
using Kind = JsonValue::Kind;

template <typename Enum>
using Names = std::vector<std::pair<std::string, Enum>>;

const Names<Format> kFormats = {{"tsv", Format::kTsv},
                                {"csv", Format::kCsv},
                                {"lines", Format::kLines},
                                {"pubchemstm", Format::kPubChemStm},
                                {"smiles", Format::kSmiles}};

template <typename Enum>
Enum one_of(JsonObject& object, const std::string& key, const Names<Enum>& names) {
  const std::string& name = object.text(key);
  std::vector<std::string> known;
  for (const auto& [one, value] : names) {
    if (one == name) return value;
    known.push_back(one);
  }
  object.fail(object.member(key), fmt::format("'{}' is no value of '{}'", name, key),
              suggest(name, known));
}

std::string filled(JsonObject& object, const std::string& key) {
  const std::string& text = object.text(key);
  if (text.empty()) object.fail(object.member(key), fmt::format("'{}' is empty", key));
  return text;
}

std::string optional_text(JsonObject& object, const std::string& key) {
  return object.find(key) == nullptr ? std::string() : filled(object, key);
}

std::size_t count(JsonObject& object, const std::string& key) {
  const std::int64_t number = object.integer(key);
  if (number < 0) object.fail(object.member(key), fmt::format("'{}' must not be negative", key));
  return static_cast<std::size_t>(number);
}

const std::vector<JsonValue>& items(JsonObject& object, const char* key) {
  const JsonValue& value = object.member(key);
  if (value.kind != Kind::kArray) object.fail(value, fmt::format("'{}' must be an array", key));
  return value.items;
}

std::string hexadecimal(JsonObject& object, const std::string& key, std::size_t digits) {
  if (object.find(key) == nullptr) return {};
  std::string text = object.text(key);
  if (text.size() != digits || text.find_first_not_of("0123456789abcdef") != std::string::npos)
    object.fail(object.member(key),
                fmt::format("'{}' must be {} lower-case hexadecimal digits", key, digits));
  return text;
}

/// A descriptor must not lead out of the folder that the user named.
bool stays_below(const std::string& path) {
  const std::filesystem::path relative = std::filesystem::path(path).lexically_normal();
  return !relative.empty() && relative.is_relative() && *relative.begin() != "..";
}

DataFile read_data_file(const JsonValue& value, const std::string& origin) {
  JsonObject object(value, origin);
  DataFile file{.path = filled(object, "path"),
                .sha256 = hexadecimal(object, "sha256", 64),
                .git_blob = hexadecimal(object, "git-blob", 40),
                .bytes = std::nullopt};
  if (!stays_below(file.path))
    object.fail(object.member("path"), "'path' must stay below the root");
  if (file.sha256.empty() == file.git_blob.empty())
    object.fail(value, "a file needs either 'sha256' or 'git-blob'");
  if (!file.sha256.empty()) file.bytes = count(object, "bytes");
  object.finish();
  return file;
}

Columns read_columns(JsonObject& part, Format format, const std::string& origin) {
  if (format == Format::kLines || format == Format::kSmiles) return {};
  JsonObject object(part.member("columns"), origin);
  Columns columns{
      .id = optional_text(object, "id"), .smiles = filled(object, "smiles"), .text = {}};
  if (format == Format::kTsv) columns.text = filled(object, "text");
  if (format == Format::kPubChemStm && columns.id.empty())
    object.fail(part.member("columns"), "the texts need 'id', the column of CIDs");
  object.finish();
  return columns;
}

void read_alignment(JsonObject& object, DatasetDescriptor& set, const std::string& origin) {
  const JsonValue* value = object.find("alignment");
  if (value == nullptr) return;
  set.alignment = read_data_file(*value, origin);
  for (const Part& part : set.parts)
    if (part.columns.id.empty() || part.columns.text.empty())
      object.fail(*value, "phrases need rows with columns 'id' and 'text'");
}

void read_only(JsonObject& object, Part& part, const std::string& origin) {
  const JsonValue* value = object.find("only");
  if (value == nullptr) return;
  if (part.format != Format::kTsv && part.format != Format::kCsv)
    object.fail(*value, "'only' needs a table with a header");
  JsonObject only(*value, origin);
  part.only_column = filled(only, "column");
  part.only_value = filled(only, "is");
  only.finish();
}

Part read_part(const JsonValue& value, SplitRule::Kind split, const std::string& origin) {
  JsonObject object(value, origin);
  Part part;
  part.format = one_of(object, "format", kFormats);
  for (const JsonValue& file : items(object, "files"))
    part.files.push_back(read_data_file(file, origin));
  const std::size_t files =
      part.format == Format::kLines || part.format == Format::kPubChemStm ? 2 : 1;
  if (part.files.size() != files)
    object.fail(object.member("files"), fmt::format("this format has {} file(s)", files));
  part.columns = read_columns(object, part.format, origin);
  part.rows = count(object, "rows");
  read_only(object, part, origin);
  if (split == SplitRule::Kind::kGiven) {
    Names<Side> sides;
    for (const auto& [side, name] : kSideNames) sides.emplace_back(name, side);
    part.side = one_of(object, "side", sides);
  }
  object.finish();
  return part;
}

Fractions read_fractions(JsonObject& object) {
  const std::vector<JsonValue>& values = items(object, "fractions");
  Fractions fractions{};
  bool good = values.size() == fractions.size();
  for (std::size_t i = 0; good && i < values.size(); ++i) {
    good = values[i].kind == Kind::kInteger && values[i].integer >= 0 && values[i].integer <= 1000;
    if (good) fractions[i] = static_cast<std::uint32_t>(values[i].integer);
  }
  if (!good || fractions == Fractions{})
    object.fail(object.member("fractions"),
                "'fractions' must be three whole numbers up to 1000, such as [8, 1, 1]");
  return fractions;
}

SplitRule read_split(const JsonValue& value, const std::string& origin) {
  static const Names<SplitRule::Kind> kKinds = {{"given", SplitRule::Kind::kGiven},
                                                {"random", SplitRule::Kind::kRandom},
                                                {"scaffold", SplitRule::Kind::kScaffold}};
  JsonObject object(value, origin);
  SplitRule rule;
  rule.kind = one_of(object, "rule", kKinds);
  rule.source = filled(object, "source");
  if (rule.kind != SplitRule::Kind::kGiven) rule.fractions = read_fractions(object);
  if (rule.kind == SplitRule::Kind::kRandom) rule.seed = count(object, "seed");
  if (rule.kind == SplitRule::Kind::kScaffold) {
    const JsonValue& chirality = object.member("chirality");
    if (chirality.kind != Kind::kBool) object.fail(chirality, "'chirality' must be true or false");
    rule.chirality = chirality.truth;
  }
  object.finish();
  return rule;
}

void read_labels(JsonObject& object, DatasetDescriptor& set, const std::string& origin) {
  const JsonValue* value = object.find("labels");
  if (value == nullptr) return;
  if (value->kind == Kind::kObject) {
    JsonObject others(*value, origin);
    set.other_labels = count(others, "other-columns");
    others.finish();
  } else {
    set.labels = object.texts("labels");
  }
  if (!set.has_labels()) object.fail(*value, "'labels' names none");
  for (const Part& part : set.parts)
    if (part.format != Format::kCsv) object.fail(*value, "labels are read from csv only");
}

void read_sizes(JsonObject& object, DatasetDescriptor& set, const std::string& origin) {
  // Of a set that was never released, nobody knows them.
  if (set.parts.empty()) return;
  JsonObject sizes(object.member("sizes"), origin);
  for (const auto& [side, name] : kSideNames)
    set.sizes[static_cast<std::size_t>(side)] = count(sizes, std::string(name));
  sizes.finish();
}

void read_treatment(JsonObject& object, DatasetDescriptor& set) {
  set.damage = optional_text(object, "damage");
  if (object.find("backslashes") != nullptr)
    set.unescape_backslashes = one_of(object, "backslashes", Names<bool>{{"unescape", true}});
  if (object.find("unparsable") != nullptr) set.unparsable = count(object, "unparsable");
  if (set.has_labels() && !set.unparsable)
    object.fail(object.member("labels"), "a set of labels states 'unparsable', if only as 0");
}

}  // namespace

DatasetDescriptor parse_descriptor(std::string_view bytes, const std::string& origin) {
  const JsonValue root = parse_json(bytes, origin);
  JsonObject object(root, origin);
  DatasetDescriptor set{.id = filled(object, "id"),
                        .summary = filled(object, "summary"),
                        .licence = filled(object, "licence"),
                        .origin = filled(object, "origin"),
                        .obtain = filled(object, "obtain"),
                        .note = optional_text(object, "note")};
  set.root = one_of(object, "root", Names<Root>{{"data", Root::kData}, {"suite", Root::kSuite}});
  set.split = read_split(object.member("split"), origin);
  for (const JsonValue& part : items(object, "parts"))
    set.parts.push_back(read_part(part, set.split.kind, origin));
  read_alignment(object, set, origin);
  read_labels(object, set, origin);
  read_treatment(object, set);
  read_sizes(object, set, origin);
  object.finish();
  return set;
}

const Registry<DatasetDescriptor>& dataset_registry() {
  static const Registry<DatasetDescriptor> sets = [] {
    Registry<DatasetDescriptor> all("data set");
    for (const auto& [file, bytes] : embedded_datasets())
      all.add(parse_descriptor(bytes, std::string(file)));
    return all;
  }();
  return sets;
}

}  // namespace cupel::tasks
