#include "results/content_digest.h"

#include <algorithm>
#include <bit>

namespace cupel::results {
namespace {

std::string_view bytes_of(const Digest& digest) {
  return {reinterpret_cast<const char*>(digest.data()), digest.size()};
}

Digest node(const Digest& left, const Digest& right) {
  Sha256 sha;
  sha.update("\x01");
  sha.update(bytes_of(left));
  sha.update(bytes_of(right));
  return sha.digest();
}

}  // namespace

void CanonicalRow::start(std::string_view kind) {
  bytes_.assign(1, '\0');
  text(kind);
}

void CanonicalRow::number(char tag, std::uint64_t bits) {
  bytes_ += tag;
  for (unsigned shift = 64; shift > 0; shift -= 8)
    bytes_ += static_cast<char>((bits >> (shift - 8)) & 0xFFU);
}

CanonicalRow& CanonicalRow::text(std::string_view bytes) {
  number('T', bytes.size());
  bytes_ += bytes;
  return *this;
}

CanonicalRow& CanonicalRow::digest(const Digest& bytes) { return text(bytes_of(bytes)); }

CanonicalRow& CanonicalRow::integer(std::int64_t value) {
  number('I', static_cast<std::uint64_t>(value));
  return *this;
}

CanonicalRow& CanonicalRow::real(double value) {
  number('R', std::bit_cast<std::uint64_t>(value));
  return *this;
}

CanonicalRow& CanonicalRow::nothing() {
  bytes_ += 'N';
  return *this;
}

Digest CanonicalRow::leaf() const { return sha256(bytes_); }

void MerkleTree::add(const Digest& leaf) {
  peaks_.push_back(leaf);
  ++size_;
  // As many full subtrees of equal size meet as the new count has trailing zeros.
  for (int merges = std::countr_zero(size_); merges > 0; --merges) {
    const Digest right = peaks_.back();
    peaks_.pop_back();
    peaks_.back() = node(peaks_.back(), right);
  }
}

Digest MerkleTree::root() const {
  if (peaks_.empty()) return Sha256().digest();
  Digest root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i > 0; --i) root = node(peaks_[i - 1], root);
  return root;
}

Digest merkle_root_of_set(std::vector<Digest> leaves) {
  std::ranges::sort(leaves);
  MerkleTree tree;
  for (const Digest& leaf : leaves) tree.add(leaf);
  return tree.root();
}

}  // namespace cupel::results
