// Any bytes either are a preset within its own bounds, or are refused with an Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "harness/core/error.h"
#include "models/preset.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const auto preset =
        cupel::models::parse_preset({reinterpret_cast<const char*>(data), size}, "fuzz", "/");
    if (preset.id.empty() || preset.version < 1 || preset.capabilities.empty()) std::abort();
    if (const auto* process = std::get_if<cupel::models::ProcessSource>(&preset.source)) {
      if (process->argv.empty() || process->timeout.count() < 1) std::abort();
    }
    for (const auto& option : preset.options) {
      if (!(option.least <= option.most)) std::abort();
    }
  } catch (const cupel::Error& error) {
    if (error.code() != cupel::Code::kUsage) std::abort();
  }
  return 0;
}
