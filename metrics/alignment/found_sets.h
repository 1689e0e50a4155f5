/// The answer of a model that aligns: which parts of a molecule and of a text it puts together.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::metrics {

/// In no token (a blank, or cut off), or in no set.
inline constexpr std::int32_t kNoSet = -1;

/// One line of JSON, an object for each level, tokens first:
///     {"levels":[{"molecule":[0,1,1],"text":[0,0,-1,1],"match":[1,0]},…]}
/// `molecule` has the set of each byte of the SMILES, `text` of each byte of the text; sets are
/// numbered from 0 on each side, without gaps. `match` has, for each set of the text, the set of
/// the molecule that it is most similar to, or −1 for one without bytes. Level 1 are the tokens;
/// the sets of the others are made of whole tokens.
struct FoundSets {
  /// One side of all levels, seen from its tokens.
  struct Side {
    std::vector<std::int32_t> tokens;             ///< of each byte, or kNoSet; numbered from 0
    std::vector<std::vector<std::int32_t>> sets;  ///< by level, of each token
  };
  Side molecule;
  Side text;
  std::vector<std::vector<std::int32_t>> match;  ///< by level, of each set of the text

  [[nodiscard]] std::size_t levels() const { return match.size(); }
};

/// What is wrong with an answer about a SMILES and a text of so many bytes, or what it says.
[[nodiscard]] std::expected<FoundSets, std::string> read_found_sets(std::string_view answer,
                                                                    std::size_t smiles_size,
                                                                    std::size_t text_size);

}  // namespace cupel::metrics
