/// Tensors that do not lie in a file as they are wanted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

namespace cupel::models {

/// Copies what is not contiguous or not aligned. All copies of a file together are at most as large
/// as the file: tensors that do not overlap never need more.
class Gatherer {
 public:
  Gatherer(std::size_t limit, const std::string& origin) : left_(limit), origin_(origin) {}

  /// `bytes` if they start at a multiple of `element` bytes, or a copy that does.
  [[nodiscard]] std::span<const std::byte> aligned(std::span<const std::byte> bytes,
                                                   std::size_t element);

  /// Elements of `element` bytes (1, 2, 4 or 8) in row-major order. `first` is the first of them in
  /// a storage that holds all that shape and strides (in elements) reach.
  [[nodiscard]] std::span<const std::byte> gathered(const std::byte* first, std::size_t element,
                                                    std::span<const std::int64_t> shape,
                                                    std::span<const std::int64_t> strides);

  [[nodiscard]] std::vector<std::unique_ptr<std::byte[]>> take() { return std::move(copies_); }

 private:
  /// Throws Error{kIntegrity} beyond the limit.
  [[nodiscard]] std::span<std::byte> room_for(std::size_t size);

  std::size_t left_;
  const std::string& origin_;
  std::vector<std::unique_ptr<std::byte[]>> copies_;
};

enum class Layout : std::uint8_t {
  kContiguous,
  kPermuted,  ///< contiguous with the dimensions in another order, as a transposed matrix
  kOther,     ///< with gaps, or elements that occur several times
};

/// Strides of dimensions of size 1 mean nothing, and no strides of an empty tensor do.
[[nodiscard]] Layout layout_of(std::span<const std::int64_t> shape,
                               std::span<const std::int64_t> strides);

}  // namespace cupel::models
