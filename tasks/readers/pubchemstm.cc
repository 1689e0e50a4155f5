#include <algorithm>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "tasks/readers/lines.h"
#include "tasks/readers/readers.h"

namespace cupel::tasks {
namespace {

using TextsByCid = std::unordered_map<std::string_view, const JsonValue*>;

[[noreturn]] void refuse(const std::string& name, const JsonValue& at, const std::string& what) {
  fail_at(name, at.line, what, "the file is one object: CID to an array of texts");
}

TextsByCid texts_by_cid(const JsonValue& root, const std::string& name) {
  if (root.kind != JsonValue::Kind::kObject) refuse(name, root, "not an object");
  TextsByCid texts;
  for (const JsonMember& member : root.members) {
    if (member.value.kind != JsonValue::Kind::kArray)
      refuse(name, member.value, fmt::format("CID {}: not an array", member.key));
    for (const JsonValue& text : member.value.items) {
      if (text.kind != JsonValue::Kind::kText || text.text.empty())
        refuse(name, text, fmt::format("CID {}: not a text", member.key));
    }
    texts.emplace(member.key, &member.value);
  }
  return texts;
}

}  // namespace

PartRows read_pubchemstm(const Part& part, FileText& smiles, const FileText& texts) {
  // pandas, which writes these tables, ends every line; a cut inside a SMILES leaves no other
  // trace.
  if (!smiles.bytes.ends_with('\n'))
    fail_at(smiles.name, static_cast<std::size_t>(std::ranges::count(smiles.bytes, '\n')) + 1,
            "the last line has no end: the file is truncated", "download it again");
  Part molecules_only = part;
  molecules_only.format = Format::kCsv;
  PartRows molecules = read_csv({}, molecules_only, smiles, 0);
  const JsonValue root = parse_json(texts.bytes, texts.name);
  TextsByCid by_cid = texts_by_cid(root, texts.name);
  PartRows rows;
  for (const Sample& molecule : molecules.samples) {
    const auto found = by_cid.find(molecule.id);
    if (found == by_cid.end()) continue;  // a molecule without a description
    std::size_t number = 0;
    for (const JsonValue& text : found->second->items)
      rows.samples.push_back({.id = fmt::format("{}.{}", molecule.id, number++),
                              .smiles = molecule.smiles,
                              .text = text.text});
    by_cid.erase(found);
  }
  for (const JsonMember& member : root.members) {
    if (by_cid.contains(member.key) && !member.value.items.empty())
      refuse(texts.name, member.value,
             fmt::format("CID {} has texts, and no SMILES in {}", member.key, smiles.name));
  }
  rows.in_files = rows.samples.size();
  return rows;
}

PartRows read_part(const DatasetDescriptor& set, const Part& part, std::vector<FileText>& files,
                   std::size_t first_row) {
  switch (part.format) {
    case Format::kTsv:
      return read_tsv(set, part, files.at(0), first_row);
    case Format::kCsv:
      return read_csv(set, part, files.at(0), first_row);
    case Format::kLines:
      return read_lines(files.at(0), &files.at(1), first_row);
    case Format::kPubChemStm:
      return read_pubchemstm(part, files.at(0), files.at(1));
    case Format::kSmiles:
      break;
  }
  return read_lines(files.at(0), nullptr, first_row);
}

}  // namespace cupel::tasks
