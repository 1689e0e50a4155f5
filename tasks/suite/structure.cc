#include "tasks/suite/structure.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>
#include <utility>

namespace cupel::tasks::suite {
namespace {

constexpr auto kCations = std::to_array<Companion>({
    {"[Na+]", "sodium", 1},
    {"[K+]", "potassium", 1},
    {"[Li+]", "lithium", 1},
});
constexpr auto kAnions = std::to_array<Companion>({
    {"[Cl-]", "chloride", -1},
    {"[Br-]", "bromide", -1},
    {"[I-]", "iodide", -1},
});
constexpr Companion kWater{"O", "water", 0};

bool fits(const Fragment& fragment, std::string_view kinds) {
  return std::ranges::any_of(kinds, [&](char kind) { return fragment.is(kind); });
}

// Weights fall with depth: what stands on a substituent is mostly small.
std::size_t weight_of(const Fragment& fragment, std::size_t depth) {
  if (depth == 0 || fragment.atoms <= 4) return fragment.row.weight;
  return depth == 1 ? fragment.row.weight / 3 : 0;
}

const Fragment& draw(const std::vector<Fragment>& from, std::string_view kinds, std::size_t depth,
                     Random& random) {
  const auto weigh = [&](const Fragment& fragment) {
    if (!kinds.empty() && !fits(fragment, kinds)) return std::size_t{0};
    // A required ring has no small alternative.
    return kinds.contains('R') ? fragment.row.weight : weight_of(fragment, depth);
  };
  std::size_t total = 0;
  for (const Fragment& fragment : from) total += weigh(fragment);
  std::size_t at = random.below(total);
  for (const Fragment& fragment : from) {
    const std::size_t weight = weigh(fragment);
    if (at < weight) return fragment;
    at -= weight;
  }
  return from.front();  // not reached: the weights sum to the total
}

std::vector<std::size_t> shuffled(std::size_t n, Random& random) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  for (std::size_t i = n; i > 1; --i) std::swap(order[i - 1], order[random.below(i)]);
  return order;
}

// How many of the free places are taken: one to three on most scaffolds, few on substituents.
std::size_t draw_count(std::size_t depth, Random& random) {
  static constexpr std::array<std::size_t, 10> kRoot = {0, 1, 1, 1, 2, 2, 2, 3, 3, 4};
  static constexpr std::array<std::size_t, 10> kInner = {0, 0, 0, 0, 0, 1, 1, 1, 1, 2};
  return depth == 0 ? kRoot[random.below(10)] : depth == 1 ? kInner[random.below(10)] : 0;
}

// "2" before "2'" before "3"; letters first.
std::size_t rank_of(const std::string& locant) {
  std::size_t number = 0;
  for (const char byte : locant) {
    if (byte >= '0' && byte <= '9') number = 10 * number + static_cast<std::size_t>(byte - '0');
  }
  return 2 * number + (locant.ends_with('\'') ? 1 : 0);
}

// What decides between two numberings: the lowest set of locants, then the lowest for what comes
// first in the alphabet.
std::vector<std::size_t> ranks(const Node& node, const std::vector<std::size_t>& map) {
  std::vector<std::pair<std::string_view, std::size_t>> named;
  std::vector<std::size_t> out;
  for (const Branch& branch : node.branches) {
    if (map[branch.site] == kNoSite) return {};
    const std::size_t rank = rank_of(node.fragment->sites[map[branch.site]].locant);
    out.push_back(rank);
    named.emplace_back(branch.node.fragment->row.name, rank);
  }
  std::ranges::sort(out);
  std::ranges::sort(named);
  for (const auto& [name, rank] : named) out.push_back(rank);
  return out;
}

/// Numbers the places as chemists do. The molecule stays the same but for the configuration, which
/// is read from the SMILES later.
void lower_locants(Node& node) {
  const std::vector<std::size_t>* best = nullptr;
  std::vector<std::size_t> best_ranks;
  for (const auto& map : node.fragment->symmetries) {
    auto these = ranks(node, map);
    if (these.empty() || (best != nullptr && best_ranks <= these)) continue;
    best = &map;
    best_ranks = std::move(these);
  }
  if (best == nullptr) return;
  for (Branch& branch : node.branches) branch.site = (*best)[branch.site];
  std::ranges::sort(node.branches, {}, &Branch::site);
}

Node grow_node(const Fragment& fragment, std::size_t depth, Random& random) {
  Node node{.fragment = &fragment, .stereo = random.chance(70), .signs = random.next()};
  std::size_t wanted = draw_count(depth, random);
  const Fragment* repeated = nullptr;  // "dichloro" is commoner than two different groups
  for (const std::size_t index : shuffled(fragment.sites.size(), random)) {
    const Site& site = fragment.sites[index];
    if (!site.required && wanted == 0) continue;
    if (!site.required) --wanted;
    const bool again = repeated != nullptr && fits(*repeated, site.accepts) && random.chance(35);
    const Fragment& child =
        again ? *repeated
              : draw(substituents(), site.accepts, site.required && depth > 0 ? 1 : depth, random);
    node.branches.push_back({.site = index, .node = grow_node(child, depth + 1, random)});
    repeated = child.sites.empty() ? &child : nullptr;
  }
  lower_locants(node);
  return node;
}

void choose_companion(Structure& structure, Random& random) {
  const int net = charge(structure.root);
  if (net == 0) {
    if (!random.chance(2)) return;
    structure.companion = &kWater;
    structure.companions = 1;
  } else {
    if (random.chance(35)) return;  // the ion alone
    structure.companion =
        net < 0 ? &kCations[random.below(kCations.size())] : &kAnions[random.below(kAnions.size())];
    structure.companions = static_cast<std::size_t>(net < 0 ? -net : net);
  }
  structure.companion_first = random.chance(30);
}

}  // namespace

Structure grow(Random& random) {
  Structure out;
  out.root = grow_node(draw(scaffolds(), "", 0, random), 0, random);
  choose_companion(out, random);
  out.first_in_front = random.chance(60);
  return out;
}

Structure rearranged(const Structure& structure, Random& random) {
  Structure out = structure;
  const auto& sites = out.root.fragment->sites;
  std::vector<bool> taken(sites.size());
  for (std::size_t index = 0; index < sites.size(); ++index) taken[index] = sites[index].required;
  for (Branch& branch : out.root.branches) {
    if (sites[branch.site].required) continue;
    for (const std::size_t index : shuffled(sites.size(), random)) {
      if (taken[index] || sites[index].accepts != sites[branch.site].accepts) continue;
      branch.site = index;
      taken[index] = true;
      break;
    }
  }
  lower_locants(out.root);
  return out;
}

void forget_stereo(Node& node) {
  node.stereo = false;
  for (Branch& branch : node.branches) forget_stereo(branch.node);
}

int charge(const Node& node) {
  int sum = node.fragment->charge;
  for (const Branch& branch : node.branches) sum += charge(branch.node);
  return sum;
}

}  // namespace cupel::tasks::suite
