/// Found and true sets of a pair, as a page colours them.
#pragma once

#include <string_view>

#include "harness/core/json.h"

namespace cupel::reports {

/// Writes {"truth": S, "levels": [S, …]}, or {"what": "…"} for an answer that cannot be read, with
/// S = {"atoms": [set of each atom], "text": [length, set, length, set, …], "match": [set of the
/// molecule for each set of the text]}. Lengths are code points of the text; −1: in no set, or
/// matched with none. No atoms are given where the SMILES writes hydrogens as atoms, which are not
/// drawn. The truth has one numbering for both sides, and no match.
/// `input` is SMILES, tab, text; `reference` and `prediction` as metrics/alignment has them.
void write_alignment(JsonWriter& json, std::string_view input, std::string_view reference,
                     std::string_view prediction);

}  // namespace cupel::reports
