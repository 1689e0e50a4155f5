// Any bytes either are a signature, which then survives both printed forms, or are refused with an
// Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/error.h"
#include "metrics/signature.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using cupel::metrics::Signature;
  try {
    const auto signature = Signature::parse({reinterpret_cast<const char*>(data), size});
    if (Signature::parse(signature.short_form()) != signature) std::abort();
    if (Signature::parse(signature.long_form()) != signature) std::abort();
  } catch (const cupel::Error& error) {
    if (error.code() != cupel::Code::kUsage) std::abort();
  }
  return 0;
}
