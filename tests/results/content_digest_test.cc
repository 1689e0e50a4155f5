#include "results/content_digest.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <functional>
#include <limits>
#include <random>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

namespace {

using cupel::Digest;
using cupel::to_hex;
using cupel::results::CanonicalRow;
using cupel::results::MerkleTree;

Digest sha256(const std::string& bytes) {
  cupel::Sha256 sha;
  sha.update(bytes);
  return sha.digest();
}

std::string text_of(const Digest& digest) { return {digest.begin(), digest.end()}; }

/// MTH of RFC 6962, section 2.1, as it is written there.
Digest defined_root(std::span<const Digest> leaves) {
  if (leaves.empty()) return sha256("");
  if (leaves.size() == 1) return leaves[0];
  const std::size_t left = std::bit_floor(leaves.size() - 1);
  return sha256("\x01" + text_of(defined_root(leaves.first(left))) +
                text_of(defined_root(leaves.subspan(left))));
}

}  // namespace

TEST_CASE("Merkle roots are those of the test vectors of Certificate Transparency") {
  using namespace std::string_literals;
  // Leaves and roots that the public log implementations share as test data for RFC 6962.
  const std::array<std::string, 8> data = {
      "",
      "\x00"s,
      "\x10",
      "\x20\x21",
      "\x30\x31",
      "\x40\x41\x42\x43",
      "\x50\x51\x52\x53\x54\x55\x56\x57",
      "\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"};
  const std::array<const char*, 9> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  MerkleTree tree;
  CHECK(to_hex(tree.root()) == roots[0]);
  for (std::size_t i = 0; i < data.size(); ++i) {
    tree.add(sha256("\x00"s + data[i]));
    CHECK(tree.size() == i + 1);
    CHECK(to_hex(tree.root()) == roots[i + 1]);
  }
}

TEST_CASE("Merkle roots equal the recursive definition for every size up to 70") {
  std::vector<Digest> leaves;
  MerkleTree tree;
  std::set<Digest> seen;
  for (std::size_t size = 0; size <= 70; ++size) {
    CHECK(tree.root() == defined_root(leaves));
    CHECK(seen.insert(tree.root()).second);
    leaves.push_back(sha256("leaf " + std::to_string(size)));
    tree.add(leaves.back());
  }
}

TEST_CASE("the root of a set does not depend on the order, that of a list does") {
  std::vector<Digest> leaves;
  for (int i = 0; i < 37; ++i) leaves.push_back(sha256(std::to_string(i)));
  const Digest root = cupel::results::merkle_root_of_set(leaves);
  const Digest list = defined_root(leaves);
  std::mt19937 random(1);
  for (int round = 0; round < 20; ++round) {
    std::ranges::shuffle(leaves, random);
    CHECK(cupel::results::merkle_root_of_set(leaves) == root);
    CHECK(defined_root(leaves) != list);
  }
  leaves.push_back(leaves.front());  // a leaf that is there twice counts twice
  CHECK(cupel::results::merkle_root_of_set(leaves) != root);
}

TEST_CASE("no two different rows have the same leaf") {
  using namespace std::string_literals;
  using Field = std::function<void(CanonicalRow&)>;
  const auto text = [](std::string bytes) -> Field {
    return [bytes](CanonicalRow& row) { row.text(bytes); };
  };
  const auto real = [](double number) -> Field {
    return [number](CanonicalRow& row) { row.real(number); };
  };
  const auto integer = [](std::int64_t number) -> Field {
    return [number](CanonicalRow& row) { row.integer(number); };
  };
  const std::vector<Field> fields = {
      text(""),
      text("a"),
      text("b"),
      text("ab"),
      text("N"),
      text("\0"s),
      text("\0\0"s),
      text("T\0\0\0\0\0\0\0\0"s),    // the bytes of an empty text
      text("aT\0\0\0\0\0\0\0\1b"s),  // the bytes of "a" and "b" without their ends
      text("\0\0\0\0\0\0\0\1"s),     // the bytes of the integer 1
      integer(0),
      integer(1),
      integer(-1),
      integer(std::numeric_limits<std::int64_t>::min()),
      real(0.0),
      real(-0.0),
      real(1.0),
      real(std::bit_cast<double>(std::int64_t{1})),
      real(std::bit_cast<double>(0x7FF8000000000000ULL)),
      real(std::bit_cast<double>(0x7FF8000000000001ULL)),
      [](CanonicalRow& row) { row.nothing(); }};
  std::set<Digest> leaves;
  std::size_t rows = 0;
  CanonicalRow row("");
  const std::function<void(const std::vector<const Field*>&, const std::string&)> extend =
      [&](const std::vector<const Field*>& chosen, const std::string& kind) {
        row.start(kind);
        for (const Field* field : chosen) (*field)(row);
        leaves.insert(row.leaf());
        ++rows;
        if (chosen.size() == 3) return;
        for (const Field& field : fields) {
          std::vector<const Field*> longer = chosen;
          longer.push_back(&field);
          extend(longer, kind);
        }
      };
  for (const char* kind : {"", "a", "ab"}) extend({}, kind);
  CHECK(rows == 3 * (1 + 21 + 21 * 21 + 21 * 21 * 21));
  CHECK(leaves.size() == rows);
}

TEST_CASE("a row is a leaf of RFC 6962 over kind, tags, lengths and big-endian bytes") {
  using namespace std::string_literals;
  const std::string bytes = "\0"s + "T\0\0\0\0\0\0\0\3row"s + "T\0\0\0\0\0\0\0\2hi"s +
                            "I\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFE"s + "R\x3F\xF8\0\0\0\0\0\0"s + "N";
  CHECK(CanonicalRow("row").text("hi").integer(-2).real(1.5).nothing().leaf() == sha256(bytes));
  const Digest digest = sha256("x");
  CHECK(CanonicalRow("d").digest(digest).leaf() == CanonicalRow("d").text(text_of(digest)).leaf());
}
