#include "models/weights/stored_tensor.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"

namespace cupel::models {

std::optional<std::size_t> byte_count(ElementType type, std::span<const std::int64_t> shape) {
  if (shape.size() > kMaxDimensions) return std::nullopt;
  auto count = static_cast<std::int64_t>(facts_of(type).size);
  for (const std::int64_t size : shape) {
    if (size < 0 || __builtin_mul_overflow(count, size, &count)) return std::nullopt;
  }
  return static_cast<std::size_t>(count);
}

std::string shape_text(std::span<const std::int64_t> shape) {
  return fmt::format("[{}]", fmt::join(shape, ", "));
}

void fail_damaged(const std::string& origin, const std::string& what) {
  throw Error(Code::kIntegrity, origin + ": " + what,
              "the file is damaged or incomplete; copy or download it again");
}

}  // namespace cupel::models
