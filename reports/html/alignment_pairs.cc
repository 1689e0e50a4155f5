#include "reports/html/alignment_pairs.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "harness/chem/atom_places.h"
#include "harness/chem/molecule.h"
#include "harness/core/utf8.h"
#include "metrics/alignment/found_sets.h"
#include "metrics/alignment/truth.h"
#include "reports/html/example_kind.h"

namespace cupel::reports {
namespace {

using metrics::kNoSet;
using Numbers = std::vector<std::int32_t>;

struct Input {
  std::string_view text;
  std::vector<std::size_t> atoms;  // byte of each atom in the SMILES
};

void write_numbers(JsonWriter& json, const char* key, const Numbers& numbers) {
  json.key(key).begin_array();
  for (const std::int32_t number : numbers) json.value(std::int64_t{number});
  json.end_array();
}

/// `sets`: of each byte of the text. A character belongs to the set of its first byte.
void write_text(JsonWriter& json, std::string_view text, const Numbers& sets) {
  json.key("text").begin_array();
  std::size_t length = 0;
  std::int32_t set = kNoSet;
  const auto flush = [&] {
    if (length > 0) json.value(length).value(std::int64_t{set});
    length = 0;
  };
  for (std::size_t at = 0; at < text.size(); at += utf8_length(text[at])) {
    if (sets[at] != set) flush();
    set = sets[at];
    ++length;
  }
  flush();
  json.end_array();
}

Numbers at_places(const Numbers& of_bytes, const std::vector<std::size_t>& places) {
  Numbers sets;
  for (const std::size_t place : places) sets.push_back(of_bytes[place]);
  return sets;
}

Numbers of_bytes(const metrics::Truth::Side& side) {
  Numbers sets(side.size, kNoSet);
  for (std::size_t i = 0; i < side.places.size(); ++i) sets[side.places[i]] = side.sets[i];
  return sets;
}

Numbers of_bytes(const metrics::FoundSets::Side& side, std::size_t level) {
  Numbers sets;
  for (const std::int32_t token : side.tokens)
    sets.push_back(token == kNoSet ? kNoSet : side.sets[level][static_cast<std::size_t>(token)]);
  return sets;
}

void write_sets(JsonWriter& json, const Input& input, const Numbers& molecule, const Numbers& text,
                const Numbers& match) {
  json.begin_object();
  write_numbers(json, "atoms", at_places(molecule, input.atoms));
  write_text(json, input.text, text);
  write_numbers(json, "match", match);
  json.end_object();
}

}  // namespace

void write_alignment(JsonWriter& json, std::string_view input, std::string_view reference,
                     std::string_view prediction) {
  const std::string_view smiles = molecule_of(input);
  const std::string_view text =
      smiles.size() < input.size() ? input.substr(smiles.size() + 1) : std::string_view();
  json.begin_object();
  const auto truth = metrics::read_truth(reference);
  const auto found = metrics::read_found_sets(prediction, smiles.size(), text.size());
  const bool fits =
      truth && truth->molecule.size == smiles.size() && truth->text.size == text.size();
  if (!fits || !found) {
    json.key("what").value(!truth  ? truth.error()
                           : !fits ? "the true sets are of another pair"
                                   : found.error());
    json.end_object();
    return;
  }
  Input pair{.text = text, .atoms = chem::atom_places(smiles)};
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule || molecule->atoms() != pair.atoms.size()) pair.atoms.clear();
  json.key("truth");
  write_sets(json, pair, of_bytes(truth->molecule), of_bytes(truth->text), {});
  json.key("levels").begin_array();
  for (std::size_t level = 0; level < found->levels(); ++level)
    write_sets(json, pair, of_bytes(found->molecule, level), of_bytes(found->text, level),
               found->match[level]);
  json.end_array().end_object();
}

}  // namespace cupel::reports
