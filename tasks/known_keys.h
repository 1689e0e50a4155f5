/// The rows of published test sets, recognised by digests (tasks/keys).
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace cupel::tasks {

/// Two texts with one key are the same text.
using Key = std::uint64_t;

/// Of a SMILES as a string: outer white space trimmed, two backslashes in a row taken for one.
[[nodiscard]] Key smiles_key(std::string_view smiles);

/// Of a description: outer white space trimmed.
[[nodiscard]] Key description_key(std::string_view description);

struct KnownSet {
  std::string id;     ///< "chebi-20"
  std::string split;  ///< "test"
  std::vector<Key> smiles;
  std::vector<Key> descriptions;  ///< of the same rows
};

/// Where a text stands. A text may stand in several rows and sets.
struct KnownPlace {
  std::size_t set = 0;  ///< in KnownKeys::sets()
  std::size_t row = 0;
};

class KnownKeys {
 public:
  explicit KnownKeys(std::vector<KnownSet> sets);

  /// The sets that the program knows; read once.
  [[nodiscard]] static const KnownKeys& builtin();

  [[nodiscard]] const std::vector<KnownSet>& sets() const { return sets_; }
  // Empty when no set has the text.
  [[nodiscard]] std::span<const KnownPlace> find_smiles(Key key) const;
  [[nodiscard]] std::span<const KnownPlace> find_description(Key key) const;

 private:
  using Index = std::unordered_map<Key, std::vector<KnownPlace>>;

  std::vector<KnownSet> sets_;
  Index smiles_;
  Index descriptions_;
};

}  // namespace cupel::tasks
