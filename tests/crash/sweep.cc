#include "tests/crash/sweep.h"

#include <algorithm>
#include <random>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/run/merge.h"
#include "harness/run/runner.h"
#include "results/store.h"

namespace cupel::test {
namespace {

namespace fs = std::filesystem;

models::ModelEntry no_presets(const fs::path& path) {
  throw Error(Code::kUsage, path.string() + ": a sweep has no presets");
}

}  // namespace

std::string sweep_manifest() {
  return R"({
  "name": "sweep", "protocols": ["cupel"], "resamples": 5, "seeds": [1, 2],
  "models": [
    "majority", "nearest-neighbour",
    {"model": "bm25", "grid": {"k1": [0.6, 1.2, 2.4], "b": [0, 0.25, 0.5, 0.75, 1]}},
    {"model": "ecfp-logistic", "grid": {"c": [0.01, 0.1, 1, 10, 100], "bits": [64, 256], "radius": [1, 2]}},
    {"model": "ecfp-forest", "grid": {"trees": [1, 2, 4, 8], "bits": [64, 256], "min-leaf": [1, 2, 4, 8]}}
  ],
  "tasks": [
    {"task": "property-bbbp", "dataset": "mini-bbbp"},
    {"task": "text-to-molecule-choice", "dataset": "mini-pcdes"},
    {"task": "generation", "dataset": "mini-chebi-20"},
    {"task": "property-bace", "dataset": "mini-bace"}
  ]
})";
}

std::size_t check_partition(const fs::path& manifest, const fs::path& suite, const fs::path& dir,
                            const Digest& whole, std::uint64_t seed) {
  chem::silence_rdkit();
  const Plan plan(read_manifest(manifest, no_presets), kSweepLimit);
  std::mt19937_64 random(seed);
  const std::size_t shards = 2 + random() % 7;
  std::vector<std::vector<std::size_t>> dealt(shards);
  for (const std::size_t cell : cells_to_run(plan, {})) dealt[random() % shards].push_back(cell);
  fs::create_directory(dir);
  std::vector<fs::path> stores;
  for (const std::vector<std::size_t>& cells : dealt) {
    stores.push_back(dir / fmt::format("{}.db", stores.size()));
    results::StoreWriter store(stores.back(), true, R"({"cupel":"shard"})");
    RunWatcher watcher;
    const RunResources resources{.data = {.data = {}, .suite = suite}, .files = {}, .jobs = 1};
    if (Runner(store, plan, resources, watcher).run(cells).done != cells.size())
      throw std::runtime_error("a cell of a shard failed");
  }
  std::ranges::shuffle(stores, random);
  static_cast<void>(merge_stores(stores, dir / "all.db", {}));
  if (results::Store(dir / "all.db").content_digest() != whole) {
    throw std::runtime_error(
        fmt::format("partition {} into {} shards merges to another content", seed, shards));
  }
  fs::remove_all(dir);
  return shards;
}

}  // namespace cupel::test
