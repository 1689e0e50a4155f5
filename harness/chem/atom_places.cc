#include "harness/chem/atom_places.h"

namespace cupel::chem {
namespace {

/// Of the atoms that need no brackets. "Cl" and "Br" have one of these letters.
constexpr std::string_view kStarts = "BCNOPSFIbcnops*";

bool is_letter(char byte) {
  return (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') || byte == '*';
}

}  // namespace

std::vector<std::size_t> atom_places(std::string_view smiles) {
  std::vector<std::size_t> places;
  for (std::size_t at = 0; at < smiles.size(); ++at) {
    if (smiles[at] != '[') {
      if (kStarts.contains(smiles[at])) places.push_back(at);
      continue;
    }
    while (at < smiles.size() && !is_letter(smiles[at])) ++at;  // an isotope's number
    places.push_back(at);
    while (at < smiles.size() && smiles[at] != ']') ++at;
  }
  return places;
}

}  // namespace cupel::chem
