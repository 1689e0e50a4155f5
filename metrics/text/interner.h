/// Numbers the distinct texts of one pair 0, 1, 2, … in order of appearance.
#pragma once

#include <bit>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "harness/core/text_hash.h"

namespace cupel::metrics {

/// Open addressing over a table that never grows. The texts must outlive this.
class Interner {
 public:
  /// `capacity` bounds the number of calls of id_of().
  explicit Interner(std::size_t capacity)
      : slots_(std::bit_ceil(2 * capacity + 1)), mask_(slots_.size() - 1) {
    texts_.reserve(capacity);
  }

  [[nodiscard]] std::uint32_t id_of(std::string_view text) { return id_of(text, hash_text(text)); }

  /// `hash` must be hash_text(text).
  [[nodiscard]] std::uint32_t id_of(std::string_view text, std::uint64_t hash) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    for (std::size_t at = hash & mask_;; at = (at + 1) & mask_) {
      Slot& slot = slots_[at];
      if (slot.id_plus_one == 0) {
        assert(texts_.size() < texts_.capacity());
        texts_.push_back(text);
        slot = {static_cast<std::uint32_t>(texts_.size()), tag};
        return slot.id_plus_one - 1;
      }
      if (slot.tag == tag && same(texts_[slot.id_plus_one - 1], text)) return slot.id_plus_one - 1;
    }
  }

  [[nodiscard]] std::size_t size() const { return texts_.size(); }

 private:
  /// Tokens of one vocabulary are mostly the same bytes at the same place.
  static bool same(std::string_view a, std::string_view b) {
    return a.size() == b.size() && (a.data() == b.data() || a == b);
  }

  struct Slot {
    std::uint32_t id_plus_one = 0;
    std::uint32_t tag = 0;
  };
  std::vector<Slot> slots_;
  std::size_t mask_;
  std::vector<std::string_view> texts_;
};

}  // namespace cupel::metrics
