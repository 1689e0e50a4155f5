// What a run costs beside its model: a million examples of one that answers at once, without
// scores.
#include <filesystem>
#include <fstream>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/plan/plan.h"
#include "harness/run/runner.h"
#include "results/store.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/task.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;

constexpr std::size_t kRows = 1'000'000;

class Constant final : public models::Model {
 public:
  void fit(const models::TrainingData& /*data*/, const models::Work& /*work*/) override {}
  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const models::Work& /*work*/) override {
    return std::vector<std::string>(inputs.size(), "CC(C)Cc1ccc(cc1)C(C)C(=O)O");
  }
};

/// A set of pairs of 140 bytes, all of which are test rows.
struct Place {
  Place() {
    std::string rows = "smiles\ttext\n";
    for (std::size_t i = 0; i < kRows; ++i)
      rows += fmt::format(
          "CC(C)Cc1ccc(cc1)C(C)C(=O)O\tThe molecule is number {} of a long list, an acid, and it "
          "has a role as an example of a text of some hundred bytes.\n",
          i);
    fs::create_directory(dir);
    std::ofstream(dir / "test.tsv", std::ios::binary) << rows;
    set.id = "made";
    set.sizes = {0, 0, kRows};
    set.parts.push_back({.format = tasks::Format::kTsv,
                         .files = {{.path = "test.tsv",
                                    .sha256 = sha256_hex(rows),
                                    .git_blob = {},
                                    .bytes = rows.size()}},
                         .columns = {.id = {}, .smiles = "smiles", .text = "text"},
                         .rows = kRows,
                         .side = tasks::Side::kTest});
  }
  ~Place() {
    std::error_code ignored;
    fs::remove_all(dir, ignored);
  }

  [[nodiscard]] Manifest manifest() const {
    models::ModelEntry entry{.id = "constant",
                             .summary = "answers at once",
                             .capabilities = {Capability::kGeneration},
                             .options = {}};
    entry.make = [](const models::Options&) { return std::make_unique<Constant>(); };
    return {.name = "bench",
            .summary = {},
            .protocols = {},
            .models = {{.name = "constant",
                        .entry = std::make_shared<const models::ModelEntry>(std::move(entry)),
                        .options = {}}},
            .tasks = {{.task = &tasks::task_registry().get("generation"),
                       .dataset = &set,
                       .seeds = {1}}},
            .text = "{}"};
  }

  fs::path dir = fs::temp_directory_path() / fmt::format("cupel-runner-bench-{}", ::getpid());
  tasks::DatasetDescriptor set;
};

/// Reading and checking the data set is in it.
void run_plan(const Place& place, const Plan& plan) {
  results::StoreWriter store(place.dir / "s.db", true, R"({"cupel":"bench"})");
  RunWatcher watcher;
  const RunResources resources{.data = {.data = place.dir, .suite = {}}, .files = {}};
  if (Runner(store, plan, resources, watcher).run(cells_to_run(plan, {})).done != 1)
    throw std::runtime_error("the cell failed");
}

void run(benchmark::State& state) {
  const Place place;
  const Plan plan(place.manifest());
  for (auto _ : state) {
    run_plan(place, plan);
    state.PauseTiming();
    state.counters["store_bytes_an_example"] =
        static_cast<double>(fs::file_size(place.dir / "s.db")) / kRows;
    fs::remove(place.dir / "s.db");
    state.ResumeTiming();
  }
  state.counters["us_an_example"] = benchmark::Counter(
      static_cast<double>(kRows) * 1e-6 * static_cast<double>(state.iterations()),
      benchmark::Counter::kIsRate | benchmark::Counter::kInvert);
}

void run_again(benchmark::State& state) {
  const Place place;
  const Plan plan(place.manifest());
  run_plan(place, plan);
  for (auto _ : state) run_plan(place, plan);
}

BENCHMARK(run)->Unit(benchmark::kMillisecond)->UseRealTime();
BENCHMARK(run_again)->Unit(benchmark::kMillisecond)->UseRealTime();

}  // namespace
