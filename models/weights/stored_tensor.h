/// Tensors as weight files hold them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::models {

enum class ElementType : std::uint8_t {
  kFloat64,
  kFloat32,
  kFloat16,
  kBFloat16,
  kInt64,
  kInt32,
  kInt16,
  kInt8,
  kUInt8,
  kBool,
};

struct ElementTypeFacts {
  ElementType type{};
  std::size_t size = 0;          ///< bytes
  std::string_view name;         ///< as torch.dtype prints it, for people
  std::string_view safetensors;  ///< in a safetensors header
  std::string_view storage;      ///< class of torch's typed storages, in module torch
};

/// In the order of the enumeration.
inline constexpr std::array<ElementTypeFacts, 10> kElementTypes = {{
    {ElementType::kFloat64, 8, "float64", "F64", "DoubleStorage"},
    {ElementType::kFloat32, 4, "float32", "F32", "FloatStorage"},
    {ElementType::kFloat16, 2, "float16", "F16", "HalfStorage"},
    {ElementType::kBFloat16, 2, "bfloat16", "BF16", "BFloat16Storage"},
    {ElementType::kInt64, 8, "int64", "I64", "LongStorage"},
    {ElementType::kInt32, 4, "int32", "I32", "IntStorage"},
    {ElementType::kInt16, 2, "int16", "I16", "ShortStorage"},
    {ElementType::kInt8, 1, "int8", "I8", "CharStorage"},
    {ElementType::kUInt8, 1, "uint8", "U8", "ByteStorage"},
    {ElementType::kBool, 1, "bool", "BOOL", "BoolStorage"},
}};

[[nodiscard]] constexpr const ElementTypeFacts& facts_of(ElementType type) {
  return kElementTypes[static_cast<std::size_t>(type)];
}

struct StoredTensor {
  std::string name;  ///< UTF-8
  ElementType type{};
  std::vector<std::int64_t> shape;  ///< none of them negative; empty: a scalar
  std::span<const std::byte>
      bytes;  ///< row-major, little-endian, aligned to an element; of the file
};

/// What a reader finds in a file's bytes, into which it points.
struct TensorContents {
  std::vector<StoredTensor> tensors;  ///< in the order of the file; no name occurs twice
  std::map<std::string, std::string> metadata;
  std::vector<std::unique_ptr<std::byte[]>> copies;  ///< of what could not be used where it lies
};

/// NumPy has as many, and no model needs them; a message can show them all.
inline constexpr std::size_t kMaxDimensions = 64;

/// Bytes of a tensor of this shape, or nothing when it has a negative size, more dimensions than
/// kMaxDimensions, or 2^63 bytes and more.
[[nodiscard]] std::optional<std::size_t> byte_count(ElementType type,
                                                    std::span<const std::int64_t> shape);

/// "[2, 3]"
[[nodiscard]] std::string shape_text(std::span<const std::int64_t> shape);

/// Throws Error{kIntegrity}: the file `origin` is not as its format says.
[[noreturn]] void fail_damaged(const std::string& origin, const std::string& what);

}  // namespace cupel::models
