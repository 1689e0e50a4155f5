#include "harness/run/overlap.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <unordered_set>

#include "harness/chem/inchi.h"
#include "harness/chem/molecule.h"
#include "harness/chem/scaffold.h"
#include "harness/core/digest.h"
#include "harness/core/parallel.h"

namespace cupel {
namespace {

/// Characters of an InChIKey before its first hyphen: formula and connections.
constexpr std::size_t kSkeletonLength = 14;
constexpr std::size_t kToldEvery = 256;

/// The keys of one molecule as numbers; 0: it has none.
using Keys = std::array<std::uint64_t, kOverlapKinds.size()>;

std::uint64_t number_of(std::string_view key) { return key.empty() ? 0 : sha256_prefix(key); }

std::string key_of(const chem::Molecule& molecule) {
  const std::string inchi = chem::inchi(molecule);
  return inchi.empty() ? std::string() : chem::inchi_key(inchi);
}

Keys keys_of(const std::string& smiles) {
  const auto molecule = chem::Molecule::from_smiles(smiles);
  if (!molecule) return {};
  Keys keys{};
  keys[2] = number_of(chem::murcko_scaffold(*molecule, false));
  if (!chem::has_inchi()) return keys;
  const std::string whole = key_of(*molecule);
  const bool mixture = smiles.contains('.');
  const std::string parent = mixture ? key_of(molecule->parent()) : whole;
  keys[0] = number_of(whole);
  keys[1] = number_of(parent.substr(0, std::min(parent.size(), kSkeletonLength)));
  return keys;
}

}  // namespace

Overlaps find_overlaps(std::span<const Sample> train, std::span<const Sample> evaluation,
                       unsigned jobs, const std::function<void(double)>& progress) {
  const std::size_t all = train.size() + evaluation.size();
  std::vector<Keys> keys(all);
  std::atomic<std::size_t> done = 0;
  parallel_for(all, jobs, [&](std::size_t i) {
    keys[i] = keys_of(i < train.size() ? train[i].smiles : evaluation[i - train.size()].smiles);
    const std::size_t count = ++done;
    if (progress && count % kToldEvery == 0)
      progress(static_cast<double>(count) / static_cast<double>(all));
  });
  Overlaps shared;
  for (std::size_t kind = 0; kind < shared.size(); ++kind) {
    const bool inchi = kOverlapKinds[kind].first != OverlapKind::kScaffold;
    if (inchi && !chem::has_inchi()) continue;
    std::unordered_set<std::uint64_t> known;
    for (std::size_t i = 0; i < train.size(); ++i) known.insert(keys[i][kind]);
    known.erase(0);
    for (std::size_t i = train.size(); i < all; ++i)
      shared[kind].push_back(known.contains(keys[i][kind]));
  }
  return shared;
}

}  // namespace cupel
