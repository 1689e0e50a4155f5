/// An ordered list of named things, each with the line that `cupel list` prints.
#pragma once

#include <algorithm>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/core/error.h"
#include "harness/core/nearest.h"

namespace cupel {

/// `Entry` needs the members `std::string id` and `std::string summary`.
/// Registries are filled by explicit lists, never by static objects: a static library drops those
/// silently.
template <typename Entry>
class Registry {
 public:
  /// `kind` is the word used in messages ("metric", "protocol").
  explicit Registry(std::string kind) : kind_(std::move(kind)) {}

  /// Throws std::logic_error for an empty or repeated id: that is a mistake in our own list.
  void add(Entry entry) {
    if (entry.id.empty() || find(entry.id) != nullptr) {
      throw std::logic_error("empty or repeated " + kind_ + " '" + entry.id + "'");
    }
    entries_.push_back(std::move(entry));
  }

  [[nodiscard]] const Entry* find(std::string_view id) const {
    const auto at = std::ranges::find(entries_, id, &Entry::id);
    return at == entries_.end() ? nullptr : &*at;
  }

  /// Throws Error{kUsage} with the nearest known name.
  [[nodiscard]] const Entry& get(std::string_view id) const {
    if (const Entry* entry = find(id)) return *entry;
    throw Error(Code::kUsage, "unknown " + kind_ + " '" + std::string(id) + "'",
                suggest(id, ids()));
  }

  [[nodiscard]] std::vector<std::string> ids() const {
    std::vector<std::string> all;
    for (const Entry& entry : entries_) all.push_back(entry.id);
    return all;
  }

  [[nodiscard]] const std::vector<Entry>& entries() const { return entries_; }

 private:
  std::string kind_;
  std::vector<Entry> entries_;
};

}  // namespace cupel
