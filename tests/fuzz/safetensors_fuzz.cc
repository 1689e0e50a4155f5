// Any bytes are a safetensors file whose tensors all lie inside it, or are refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "harness/core/error.h"
#include "models/weights/safetensors.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto contents =
        cupel::models::read_safetensors({reinterpret_cast<const char*>(data), size}, "fuzz");
    std::size_t total = 0;
    unsigned sum = 0;
    for (const auto& tensor : contents.tensors) {
      total += tensor.bytes.size();
      if (cupel::models::byte_count(tensor.type, tensor.shape) != tensor.bytes.size()) std::abort();
      for (const std::byte byte : tensor.bytes) sum += std::to_integer<unsigned>(byte);
    }
    if (total > size || sum > 255 * total) std::abort();
  } catch (const cupel::Error& error) {
    if (error.code() != cupel::Code::kUsage && error.code() != cupel::Code::kIntegrity)
      std::abort();
  }
  return 0;
}
