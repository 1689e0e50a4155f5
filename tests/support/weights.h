/// Weight files for tests: golden ones, made ones, and what must hold for any.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "models/weights/tensor_file.h"
#include "tests/support/paths.h"

namespace cupel::test {

inline std::string golden_bytes(const std::string& name) {
  return read_file(data("weights/" + name));
}

/// name, type, shape and bytes (hexadecimal) of each tensor, in the order of the file.
using Rows = std::vector<std::string>;

inline Rows rows_of(const std::vector<models::StoredTensor>& tensors) {
  Rows rows;
  for (const models::StoredTensor& tensor : tensors) {
    std::string row = tensor.name + " " + std::string(models::facts_of(tensor.type).name) + " " +
                      models::shape_text(tensor.shape) + " ";
    for (const std::byte byte : tensor.bytes)
      row += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
    rows.push_back(std::move(row));
  }
  return rows;
}

/// What torch says is in the file (tests/oracle/weights_golden.py).
inline Rows golden_rows(const std::string& name) {
  const std::string origin = "weights_golden.json";
  const JsonValue root = parse_json(golden_bytes(origin), origin);
  JsonObject document(root, origin);
  JsonObject files(document.member("files"), origin);
  Rows rows;
  for (const JsonValue& item : files.member(name).items) {
    JsonObject row(item, origin);
    std::vector<std::int64_t> shape;
    for (const JsonValue& size : row.member("shape").items) shape.push_back(size.integer);
    rows.push_back(row.text("name") + " " + row.text("type") + " " + models::shape_text(shape) +
                   " " + row.text("bytes"));
  }
  return rows;
}

/// "code: message // hint" of what `action` throws.
template <typename Action>
std::string refusal(const Action& action) {
  try {
    action();
  } catch (const Error& error) {
    return fmt::format("{}: {} // {}", static_cast<int>(error.code()), error.what(), error.hint());
  }
  return "nothing";
}

inline std::string reading(std::string_view bytes) {
  return refusal([&] { static_cast<void>(models::TensorFile::from_bytes(bytes, "f")); });
}

/// Every byte of every tensor is looked at; a sanitizer would find one that is outside.
inline bool all_inside(const models::TensorFile& file) {
  unsigned sum = 0;
  for (const models::StoredTensor& tensor : file.tensors()) {
    if (models::byte_count(tensor.type, tensor.shape) != tensor.bytes.size()) return false;
    const auto start = reinterpret_cast<std::uintptr_t>(tensor.bytes.data());
    if (start % models::facts_of(tensor.type).size != 0) return false;
    for (const std::byte byte : tensor.bytes) sum += std::to_integer<unsigned>(byte);
  }
  volatile unsigned seen = sum;
  static_cast<void>(seen);
  return true;
}

template <typename Number>
std::string little(Number number) {
  return {reinterpret_cast<const char*>(&number), sizeof number};
}

inline std::string safetensors(std::string_view header, std::size_t data) {
  return little<std::uint64_t>(header.size()) + std::string(header) + std::string(data, 'x');
}

using Entries = std::vector<std::pair<std::string, std::string>>;

/// A zip archive of stored entries, without checksums.
inline std::string zip(const Entries& entries) {
  std::string bytes;
  std::string directory;
  for (const auto& [name, content] : entries) {
    const auto at = static_cast<std::uint32_t>(bytes.size());
    const std::string sizes = little(std::uint32_t{0}) +
                              little(static_cast<std::uint32_t>(content.size())) +
                              little(static_cast<std::uint32_t>(content.size())) +
                              little(static_cast<std::uint16_t>(name.size()));
    bytes +=
        "PK\x03\x04" + std::string(10, '\0') + sizes + little(std::uint16_t{0}) + name + content;
    directory +=
        "PK\x01\x02" + std::string(12, '\0') + sizes + std::string(12, '\0') + little(at) + name;
  }
  const auto start = static_cast<std::uint32_t>(bytes.size());
  return bytes + directory + "PK\x05\x06" + std::string(4, '\0') + std::string(4, '\0') +
         little(static_cast<std::uint32_t>(directory.size())) + little(start) +
         std::string(2, '\0');
}

}  // namespace cupel::test
