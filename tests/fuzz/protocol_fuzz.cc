// Any bytes either are a protocol, which then survives writing and reading, or are refused with an
// Error.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "metrics/protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto written = [](const cupel::metrics::Protocol& protocol) {
    cupel::JsonWriter json;
    cupel::metrics::write_protocol(json, protocol);
    return json.str();
  };
  try {
    const auto protocol =
        cupel::metrics::parse_protocol({reinterpret_cast<const char*>(data), size}, "fuzz");
    const std::string text = written(protocol);
    if (written(cupel::metrics::parse_protocol(text, "again")) != text) std::abort();
  } catch (const cupel::Error& error) {
    if (error.code() != cupel::Code::kUsage) std::abort();
  }
  return 0;
}
