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
  /// Molecule and text in, with a tab between them; out what belongs together, as JSON
  /// (metrics/alignment/found_sets.h).
  kAlignment,
};

/// The names used in presets, manifests and by processes.
inline constexpr std::array<std::pair<Capability, std::string_view>, 6> kCapabilityNames = {{
    {Capability::kCaptioning, "captioning"},
    {Capability::kGeneration, "generation"},
    {Capability::kMoleculeRetrieval, "molecule-retrieval"},
    {Capability::kTextRetrieval, "text-retrieval"},
    {Capability::kProperty, "property"},
    {Capability::kAlignment, "alignment"},
}};

[[nodiscard]] constexpr std::string_view capability_name(Capability capability) {
  return kCapabilityNames[static_cast<std::size_t>(capability)].second;
}

/// What one stage of a training aims at.
enum class Objective : std::uint8_t {
  kPretraining,
  kRetrieval,  ///< in both directions
  kCaptioning,
  kGeneration,
  kProperty,
};

/// The names used in presets and manifests, and by plug-ins and processes.
inline constexpr std::array<std::pair<Objective, std::string_view>, 5> kObjectiveNames = {{
    {Objective::kPretraining, "pretraining"},
    {Objective::kRetrieval, "retrieval"},
    {Objective::kCaptioning, "captioning"},
    {Objective::kGeneration, "generation"},
    {Objective::kProperty, "property"},
}};

[[nodiscard]] constexpr std::string_view objective_name(Objective objective) {
  return kObjectiveNames[static_cast<std::size_t>(objective)].second;
}

/// What a model is trained for so that it can be asked this.
[[nodiscard]] constexpr Objective objective_of(Capability capability) {
  switch (capability) {
    case Capability::kCaptioning:
      return Objective::kCaptioning;
    case Capability::kGeneration:
      return Objective::kGeneration;
    case Capability::kMoleculeRetrieval:
    case Capability::kTextRetrieval:
    case Capability::kAlignment:
      return Objective::kRetrieval;
    case Capability::kProperty:
      break;
  }
  return Objective::kProperty;
}

}  // namespace cupel
