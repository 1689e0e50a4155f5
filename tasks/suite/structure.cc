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

class Writer {
 public:
  std::string run(Structure& structure) {
    if (structure.companion_first) companions(structure, "", ".");
    Node& root = structure.root;
    Branch* front = structure.first_in_front ? front_of(root) : nullptr;
    if (front != nullptr) {
      const Fragment reversed = compile({.smiles = front->node.fragment->row.reverse});
      front->node.atoms.clear();
      for (const Token& token : reversed.tokens) plain(token, front->node);
    }
    node(root, front);
    if (!structure.companion_first) companions(structure, ".", "");
    return std::move(out_);
  }

 private:
  static Branch* front_of(Node& root) {
    const Token& first = root.fragment->tokens.front();
    if (first.kind != Token::Kind::kAtom || root.branches.empty()) return nullptr;
    Branch& branch = root.branches.front();
    const Fragment& child = *branch.node.fragment;
    const bool on_first = root.fragment->sites[branch.site].atom == 0;
    return on_first && !child.row.reverse.empty() && branch.node.branches.empty() ? &branch
                                                                                  : nullptr;
  }

  void companions(Structure& structure, const char* before, const char* after) {
    if (structure.companion == nullptr) return;
    structure.companion_atoms.clear();
    for (std::size_t i = 0; i < structure.companions; ++i) {
      out_.append(before).append(structure.companion->smiles).append(after);
      structure.companion_atoms.push_back(next_atom_++);
    }
  }

  // A ring of a template gets the lowest number that is free where it opens.
  void ring(char digit, std::array<int, 10>& open) {
    int& number = open[static_cast<std::size_t>(digit - '0')];
    if (number == 0) {
      const auto free = std::ranges::find(used_, false);
      *free = true;
      number = static_cast<int>(free - used_.begin()) + 1;
      put_ring(number);
    } else {
      used_[static_cast<std::size_t>(number - 1)] = false;
      put_ring(number);
      number = 0;
    }
  }

  void put_ring(int number) {
    if (number > 9) out_ += '%';
    out_ += std::to_string(number);
  }

  void plain(const Token& token, Node& node) {
    if (token.kind == Token::Kind::kAtom) node.atoms.push_back(next_atom_++);
    if (token.kind == Token::Kind::kRing) {
      ring(token.text.front(), reversed_rings_);
    } else {
      out_ += token.text;
    }
  }

  static const Branch* at_atom(const Node& node, std::size_t atom) {
    for (const Branch& branch : node.branches) {
      if (node.fragment->sites[branch.site].atom == atom) return &branch;
    }
    return nullptr;
  }

  void centre(const Token& token, Node& node) {
    const StereoCentre& centre = node.fragment->centres[token.index];
    const bool whole = !centre.needs_site || at_atom(node, centre.atom) != nullptr;
    node.atoms.push_back(next_atom_++);
    if (node.stereo && whole)
      out_ += (node.signs >> token.index) % 2 == 0 ? "[C@" + token.text + "]"
                                                   : "[C@@" + token.text + "]";
    else
      out_ += 'C';
  }

  void atom(const Token& token, Node& node) {
    const bool taken = at_atom(node, token.index) != nullptr;
    node.atoms.push_back(next_atom_++);
    out_ += token.text == "[nH]" && taken ? "n" : token.text;
  }

  // Turning one slash makes the other isomer, turning all of them another spelling.
  void slash(const Token& token, const Node& node, bool last) {
    if (!node.stereo) return;
    const bool turned = (last && node.signs >> 63U == 1) != ((node.signs >> 62U) % 2 == 1);
    out_ += turned ? "\\" : token.text;
  }

  void site(std::size_t index, Node& of, const Branch* front) {
    for (Branch& branch : of.branches) {
      if (branch.site != index || &branch == front) continue;
      const bool last = of.fragment->sites[index].last;
      if (!last) out_ += '(';
      node(branch.node, nullptr);
      if (!last) out_ += ')';
    }
  }

  void node(Node& node, const Branch* front) {
    const auto& tokens = node.fragment->tokens;
    const auto last_slash = std::ranges::find_last(tokens, Token::Kind::kSlash, &Token::kind);
    node.atoms.clear();
    std::array<int, 10> rings{};
    for (const Token& token : tokens) {
      switch (token.kind) {
        case Token::Kind::kAtom:
          atom(token, node);
          break;
        case Token::Kind::kCentre:
          centre(token, node);
          break;
        case Token::Kind::kRing:
          ring(token.text.front(), rings);
          break;
        case Token::Kind::kSlash:
          slash(token, node, &token == &*last_slash.begin());
          break;
        case Token::Kind::kSite:
          site(token.index, node, front);
          break;
        case Token::Kind::kOther:
          out_ += token.text;
          break;
      }
    }
  }

  std::string out_;
  int next_atom_ = 0;
  std::array<bool, 99> used_{};
  std::array<int, 10> reversed_rings_{};
};

void collect_atoms(const Node& node, std::vector<int>& into) {
  into.insert(into.end(), node.atoms.begin(), node.atoms.end());
  for (const Branch& branch : node.branches) collect_atoms(branch.node, into);
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

std::string write(Structure& structure) { return Writer().run(structure); }

std::vector<int> all_atoms(const Node& node) {
  std::vector<int> out;
  collect_atoms(node, out);
  std::ranges::sort(out);
  return out;
}

}  // namespace cupel::tasks::suite
