/// What "the same result" means: SHA-256 over canonical rows, and Merkle roots over those.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/digest.h"

namespace cupel::results {

/// One row in a form without ambiguity: a kind, then fields in a fixed order. Each field is a tag
/// ('T' text, 'I' integer, 'R' real, 'N' nothing) and its bytes: a text its length (8 bytes) and
/// itself, an integer 8 bytes (two's complement), a real the 8 bytes of its IEEE 754 double; big
/// endian all.
class CanonicalRow {
 public:
  explicit CanonicalRow(std::string_view kind) { start(kind); }

  /// Begins another row in the same memory.
  void start(std::string_view kind);
  CanonicalRow& text(std::string_view bytes);
  CanonicalRow& digest(const Digest& bytes);  ///< as a text of its 32 bytes
  CanonicalRow& integer(std::int64_t number);
  CanonicalRow& real(double number);
  CanonicalRow& nothing();
  /// The row as a leaf of a Merkle tree: SHA-256 of 0x00 and the row (RFC 6962, section 2.1).
  [[nodiscard]] Digest leaf() const;

 private:
  void number(char tag, std::uint64_t bits);
  std::string bytes_;
};

/// The Merkle tree hash of RFC 6962, section 2.1, over leaves that are already hashed; fed one by
/// one, with memory for the logarithm of their number.
class MerkleTree {
 public:
  void add(const Digest& leaf);
  /// SHA-256 of nothing when there is no leaf.
  [[nodiscard]] Digest root() const;
  [[nodiscard]] std::size_t size() const { return size_; }

 private:
  std::vector<Digest> peaks_;  // roots of full subtrees, the largest first
  std::size_t size_ = 0;
};

/// The root over a set of leaves, whatever their order: they are sorted first.
[[nodiscard]] Digest merkle_root_of_set(std::vector<Digest> leaves);

}  // namespace cupel::results
