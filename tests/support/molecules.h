/// Molecules and scoring choices that several tests share.
#pragma once

#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "harness/chem/fingerprint.h"
#include "harness/chem/molecule.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/choices.h"
#include "tests/support/paths.h"

namespace cupel::test {

/// The molecule of a SMILES that must parse.
inline chem::Molecule molecule(std::string_view smiles) {
  chem::silence_rdkit();
  return chem::Molecule::from_smiles(smiles).value();
}

/// FPS text: two hexadecimal digits a byte, lowest bits first; `bits` rounded up to whole bytes.
inline std::string fps(const chem::BitFingerprint& print, std::size_t bits) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (std::size_t byte = 0; byte < (bits + 7) / 8; ++byte) {
    const auto value = print.words[byte / 8] >> (byte % 8 * 8) & 0xFFU;
    text += kDigits[value >> 4U];
    text += kDigits[value & 15U];
  }
  return text;
}

/// Members of a parsed golden file, without the ceremony of JsonObject.
inline const JsonValue* find_member(const JsonValue& object, std::string_view key) {
  for (const auto& [name, value] : object.members) {
    if (name == key) return &value;
  }
  return nullptr;
}
inline const JsonValue& member(const JsonValue& object, std::string_view key) {
  if (const JsonValue* value = find_member(object, key)) return *value;
  throw Error(Code::kUsage, "the golden file has no member " + std::string(key));
}

/// The cells of each line of a file; the first line holds the names.
inline std::vector<std::vector<std::string>> table(const std::filesystem::path& path,
                                                   char separator) {
  std::istringstream lines(read_file(path));
  std::vector<std::vector<std::string>> rows;
  for (std::string line; std::getline(lines, line);) {
    std::vector<std::string> cells(1);
    for (const char byte : line) {
      if (byte == separator) {
        cells.emplace_back();
      } else if (byte != '\r') {
        cells.back() += byte;
      }
    }
    rows.push_back(std::move(cells));
  }
  return rows;
}

/// The choices of MolT5's scripts that concern molecules.
inline metrics::Choices molt5_choices() {
  metrics::Choices choices;
  choices.set("invalid", std::vector<std::string>{"syntax", "chemistry"});
  choices.set("validity-of", std::string("both"));
  choices.set("exact", std::string("inchi"));
  choices.set("empty-inchi", std::string("equal"));
  choices.set("invalid-similarity", std::string("left-out"));
  choices.set("morgan-radius", std::int64_t{2});
  choices.set("morgan-bits", std::int64_t{0});
  choices.set("morgan-chirality", false);
  return choices;
}

}  // namespace cupel::test
