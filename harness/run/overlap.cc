#include "harness/run/overlap.h"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

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

std::vector<Keys> keys_of(std::span<const Sample> samples, unsigned jobs,
                          const std::function<void(double)>& progress) {
  std::vector<Keys> keys(samples.size());
  std::atomic<std::size_t> done = 0;
  parallel_for(samples.size(), jobs, [&](std::size_t i) {
    keys[i] = keys_of(samples[i].smiles);
    const std::size_t count = ++done;
    if (progress && count % kToldEvery == 0)
      progress(static_cast<double>(count) / static_cast<double>(samples.size()));
  });
  return keys;
}

}  // namespace

TrainingKeys training_keys(std::span<const Sample> train, unsigned jobs,
                           const std::function<void(double)>& progress) {
  TrainingKeys known;
  const std::vector<Keys> all = keys_of(train, jobs, progress);
  for (std::size_t kind = 0; kind < known.size(); ++kind) {
    for (const Keys& keys : all) known[kind].insert(keys[kind]);
    known[kind].erase(0);
  }
  return known;
}

Overlaps find_overlaps(const TrainingKeys& training, std::span<const Sample> evaluation,
                       unsigned jobs, const std::function<void(double)>& progress) {
  const std::vector<Keys> all = keys_of(evaluation, jobs, progress);
  Overlaps shared;
  for (std::size_t kind = 0; kind < shared.size(); ++kind) {
    const bool inchi = kOverlapKinds[kind].first != OverlapKind::kScaffold;
    if (inchi && !chem::has_inchi()) continue;
    for (const Keys& keys : all) shared[kind].push_back(training[kind].contains(keys[kind]));
  }
  return shared;
}

}  // namespace cupel
