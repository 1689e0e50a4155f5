/// What a task asks of a model, and a model says that it can do.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <utility>

namespace cupel {

enum class Capability : std::uint8_t {
  kCaptioning,         ///< molecule in, text out
  kGeneration,         ///< text in, molecule out
  kMoleculeRetrieval,  ///< text in, a score for each molecule of a gallery out
  kTextRetrieval,      ///< molecule in, a score for each text of a gallery out
  kProperty,           ///< molecule in, one number a label out: higher is more likely positive
};

/// The names used in presets, manifests and by processes.
inline constexpr std::array<std::pair<Capability, std::string_view>, 5> kCapabilityNames = {{
    {Capability::kCaptioning, "captioning"},
    {Capability::kGeneration, "generation"},
    {Capability::kMoleculeRetrieval, "molecule-retrieval"},
    {Capability::kTextRetrieval, "text-retrieval"},
    {Capability::kProperty, "property"},
}};

[[nodiscard]] constexpr std::string_view capability_name(Capability capability) {
  return kCapabilityNames[static_cast<std::size_t>(capability)].second;
}

}  // namespace cupel
