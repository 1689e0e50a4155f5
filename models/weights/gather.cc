#include "models/weights/gather.h"

#include <algorithm>
#include <cstring>
#include <functional>
#include <utility>

#include "models/weights/stored_tensor.h"

namespace cupel::models {
namespace {

struct Dimension {
  std::int64_t size = 0;
  std::int64_t from = 0;  ///< stride in the storage, in elements
  std::int64_t to = 0;    ///< stride in the copy
};

/// Those of size 2 and more.
std::vector<Dimension> dimensions(std::span<const std::int64_t> shape,
                                  std::span<const std::int64_t> strides) {
  std::vector<Dimension> all;
  std::int64_t to = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    if (shape[i] != 1) all.push_back({shape[i], strides[i], to});
    to *= shape[i];
  }
  std::ranges::reverse(all);
  return all;
}

constexpr std::int64_t kTile = 32;

/// The two dimensions in tiles: reading runs along one, writing along the other, and a plain loop
/// would miss the cache at every element of one of them.
template <std::size_t kSize>
void copy_plane(const std::byte* from, std::byte* to, const Dimension& outer,
                const Dimension& inner) {
  for (std::int64_t i0 = 0; i0 < outer.size; i0 += kTile) {
    for (std::int64_t j0 = 0; j0 < inner.size; j0 += kTile) {
      for (std::int64_t i = i0; i < std::min(i0 + kTile, outer.size); ++i) {
        for (std::int64_t j = j0; j < std::min(j0 + kTile, inner.size); ++j) {
          constexpr auto kStep = static_cast<std::int64_t>(kSize);
          std::memcpy(to + (i * outer.to + j * inner.to) * kStep,
                      from + (i * outer.from + j * inner.from) * kStep, kSize);
        }
      }
    }
  }
}

template <std::size_t kSize>
void copy_all(const std::byte* from, std::byte* to, std::span<const Dimension> outer,
              const Dimension& row, const Dimension& column) {
  if (outer.empty()) return copy_plane<kSize>(from, to, row, column);
  for (std::int64_t i = 0; i < outer[0].size; ++i) {
    constexpr auto kStep = static_cast<std::int64_t>(kSize);
    copy_all<kSize>(from + i * outer[0].from * kStep, to + i * outer[0].to * kStep,
                    outer.subspan(1), row, column);
  }
}

void copy_elements(std::size_t element, const std::byte* from, std::byte* to,
                   std::vector<Dimension> dims) {
  const auto take = [&](auto place) {
    if (place == dims.end()) return Dimension{.size = 1};
    const Dimension taken = *place;
    dims.erase(place);
    return taken;
  };
  const Dimension column = take(std::ranges::min_element(dims, {}, &Dimension::to));
  const Dimension row = take(std::ranges::min_element(dims, {}, &Dimension::from));
  switch (element) {
    case 1:
      return copy_all<1>(from, to, dims, row, column);
    case 2:
      return copy_all<2>(from, to, dims, row, column);
    case 4:
      return copy_all<4>(from, to, dims, row, column);
    default:
      return copy_all<8>(from, to, dims, row, column);
  }
}

}  // namespace

std::span<std::byte> Gatherer::room_for(std::size_t size) {
  if (size > left_)
    fail_damaged(origin_, "its tensors overlap so that copies would exceed the file");
  left_ -= size;
  copies_.push_back(std::make_unique_for_overwrite<std::byte[]>(size));
  return {copies_.back().get(), size};
}

std::span<const std::byte> Gatherer::aligned(std::span<const std::byte> bytes,
                                             std::size_t element) {
  if (reinterpret_cast<std::uintptr_t>(bytes.data()) % element == 0) return bytes;
  const std::span<std::byte> room = room_for(bytes.size());
  std::ranges::copy(bytes, room.begin());
  return room;
}

std::span<const std::byte> Gatherer::gathered(const std::byte* first, std::size_t element,
                                              std::span<const std::int64_t> shape,
                                              std::span<const std::int64_t> strides) {
  std::size_t count = element;
  for (const std::int64_t size : shape) count *= static_cast<std::size_t>(size);
  const std::span<std::byte> room = room_for(count);
  if (count != 0) copy_elements(element, first, room.data(), dimensions(shape, strides));
  return room;
}

Layout layout_of(std::span<const std::int64_t> shape, std::span<const std::int64_t> strides) {
  if (std::ranges::contains(shape, 0)) return Layout::kContiguous;
  std::vector<Dimension> dims = dimensions(shape, strides);
  if (std::ranges::all_of(dims, [](const Dimension& d) { return d.from == d.to; }))
    return Layout::kContiguous;
  std::ranges::sort(dims, {}, &Dimension::from);
  std::int64_t expected = 1;
  for (const Dimension& dim : dims) {
    if (dim.from != expected) return Layout::kOther;
    expected *= dim.size;
  }
  return Layout::kPermuted;
}

}  // namespace cupel::models
