#include "metrics/alignment/controls.h"

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <span>
#include <utility>
#include <vector>

namespace cupel::metrics {
namespace {

std::vector<std::size_t> shuffled_places(std::size_t size, SplitMix64& random) {
  std::vector<std::size_t> places(size);
  std::iota(places.begin(), places.end(), std::size_t{0});
  for (std::size_t left = size; left > 1; --left)
    std::swap(places[left - 1], places[random.below(left)]);
  return places;
}

/// By 1 to size − 1 tokens; a single one stays.
std::vector<std::size_t> rotated_places(std::size_t size, SplitMix64& random) {
  std::vector<std::size_t> places(size);
  const std::size_t by = size < 2 ? 0 : 1 + random.below(size - 1);
  for (std::size_t i = 0; i < size; ++i) places[i] = (i + by) % size;
  return places;
}

void take(std::vector<std::int32_t>& sets, const std::vector<std::size_t>& places) {
  const std::vector<std::int32_t> before = sets;
  for (std::size_t i = 0; i < sets.size(); ++i) sets[i] = before[places[i]];
}

}  // namespace

FoundSets changed(FoundSets found, Control control, SplitMix64& random) {
  if (control == Control::kRematched) {
    for (auto& match : found.match) take(match, shuffled_places(match.size(), random));
    return found;
  }
  for (FoundSets::Side* side : {&found.molecule, &found.text}) {
    const std::size_t tokens = side->sets.front().size();
    const auto places = control == Control::kShuffled ? shuffled_places(tokens, random)
                                                      : rotated_places(tokens, random);
    for (auto& sets : side->sets) take(sets, places);
  }
  return found;
}

}  // namespace cupel::metrics
