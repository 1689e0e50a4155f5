/// What the files of the field are known to do to strings, so that it can be done again.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "metrics/molecule/molecule_cache.h"

namespace cupel {

struct TextPair {
  std::string prediction;
  std::string reference;
  bool operator==(const TextPair&) const = default;
};

/// One choice about strings, with what it can be beside leaving them as they stand.
struct TextChoice {
  std::string_view key;
  std::vector<std::string_view> values;
};

/// Of molecules (SMILES), in the order in which they are applied:
///   special-tokens         removed: <pad> <s> </s> <unk> [CLS] [SEP] [PAD] of predictions
///   white-space            stripped from both ends, or removed everywhere, of predictions
///   reference-backslashes  doubled (as in ChEBI-20's files), halved, or removed (as T5 writes)
///   prediction-backslashes doubled, halved, or unknown-mark: the ones that T5 could not write
///   stand
///                          as " ⁇ ", as SentencePiece decodes its unknown piece. Where a
///                          prediction is the reference without backslashes, they are the
///                          reference's; else one is put where a double bond has a mark at its
///                          first atom alone (X and Y of /X=Y, if anything follows Y). A
///                          reconstruction, not a proof.
///   name                   cut: all from the first white space on, which RDKit reads as a name
///   rewritten              canonical, or canonical-no-stereo: both sides, where RDKit reads them
/// Of texts:
///   special-tokens and white-space as above (and collapsed: runs become one space), of predictions
///   case                   lower: both sides (ASCII)
///   stems                  porter: both sides become the stems of rouge_score's words (words of
///                          more than three characters), which is its use_stemmer=True
/// Sources: the prediction files and scripts of MolT5, Atomas, BioT5+; rouge_score 0.1.2.
[[nodiscard]] const std::vector<TextChoice>& molecule_choices();
[[nodiscard]] const std::vector<TextChoice>& text_choices();

/// The values that are set, by key.
using TextChanges = std::map<std::string_view, std::string_view>;

/// Applies choices one after the other. `molecules` remembers what RDKit made of each string.
void change(TextPair& pair, const TextChanges& chosen, metrics::MoleculeCache& molecules);

}  // namespace cupel
