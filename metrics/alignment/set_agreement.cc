#include "metrics/alignment/set_agreement.h"

#include "harness/core/digest.h"
#include "harness/core/split_mix.h"
#include "metrics/alignment/adjusted_rand.h"
#include "metrics/alignment/controls.h"
#include "metrics/alignment/found_sets.h"
#include "metrics/alignment/truth.h"

namespace cupel::metrics {
namespace {

using Numbers = std::vector<std::int32_t>;
using Values = std::array<double, kAlignedKinds>;

/// Each in no set is a set of its own: below all numbers, and another one each time.
class Alone {
 public:
  std::int32_t operator()(std::int32_t set) { return set == kNoSet ? next_-- : set; }

 private:
  std::int32_t next_ = kNoSet - 1;
};

/// The found set of each element of the truth.
Numbers elements(const Truth::Side& truth, const FoundSets::Side& found, std::size_t level) {
  Numbers sets;
  sets.reserve(truth.places.size());
  for (const std::size_t place : truth.places) {
    const std::int32_t token = found.tokens[place];
    sets.push_back(token == kNoSet ? kNoSet : found.sets[level][static_cast<std::size_t>(token)]);
  }
  return sets;
}

Values values_of(const Truth& truth, const FoundSets& found, std::size_t level) {
  Alone alone;
  Numbers molecule = elements(truth.molecule, found.molecule, level);
  Numbers text = elements(truth.text, found.text, level);
  Numbers matched = text;
  for (std::int32_t& set : molecule) set = alone(set);
  for (std::int32_t& set : text) set = alone(set);
  for (std::int32_t& set : matched)
    set = alone(set == kNoSet ? kNoSet : found.match[level][static_cast<std::size_t>(set)]);
  return {adjusted_rand(truth.molecule.sets, molecule), adjusted_rand(truth.text.sets, text),
          adjusted_rand_across({.truth = truth.molecule.sets, .found = molecule},
                               {.truth = truth.text.sets, .found = matched})};
}

SplitMix64 stream_of(std::string_view reference) {
  const Digest digest = sha256(reference);
  std::uint64_t seed = 0;
  for (std::size_t i = 0; i < sizeof(seed); ++i) seed = seed << 8U | digest[i];
  return SplitMix64(seed);
}

}  // namespace

SetAgreement set_agreement(std::string_view prediction, std::string_view reference) {
  SetAgreement result;
  const auto truth = read_truth(reference);
  result.counts = truth && truth->counts();
  if (!result.counts) return result;
  const auto found = read_found_sets(prediction, truth->molecule.size, truth->text.size);
  result.readable = found.has_value();
  if (!result.readable) return result;
  SplitMix64 random = stream_of(reference);
  const FoundSets shuffled = changed(*found, Control::kShuffled, random);
  const FoundSets rotated = changed(*found, Control::kRotated, random);
  const FoundSets rematched = changed(*found, Control::kRematched, random);
  for (std::size_t level = 0; level < found->levels(); ++level) {
    const Values real = values_of(*truth, *found, level);
    const Values mixed = values_of(*truth, shuffled, level);
    const Values moved = values_of(*truth, rotated, level);
    const Values other = values_of(*truth, rematched, level);
    auto& kinds = result.levels.emplace_back();
    for (std::size_t kind = 0; kind < kAlignedKinds; ++kind)
      kinds[kind] = {real[kind], mixed[kind], moved[kind], other[kind]};
  }
  return result;
}

}  // namespace cupel::metrics
