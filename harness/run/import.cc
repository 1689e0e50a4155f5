#include "harness/run/import.h"

#include <algorithm>
#include <thread>
#include <vector>

#include "harness/core/digest.h"
#include "harness/core/json.h"
#include "harness/core/parallel.h"
#include "results/content_digest.h"

namespace cupel {
namespace {

constexpr std::size_t kRowsAtOnce = 16'384;

struct Leaves {
  std::vector<Digest> examples;
  std::vector<Digest> predictions;
  Digest example_root{};
  Digest prediction_root{};
};

Digest root_of(const std::vector<Digest>& leaves) {
  results::MerkleTree tree;
  for (const Digest& leaf : leaves) tree.add(leaf);
  return tree.root();
}

Leaves hash_rows(const results::PredictionFile& file) {
  Leaves leaves{.examples = std::vector<Digest>(file.rows.size()),
                .predictions = std::vector<Digest>(file.rows.size())};
  parallel_for(file.rows.size(), 0, [&](std::size_t i) {
    leaves.examples[i] = results::example_digest(file.rows[i].input, file.rows[i].reference);
    leaves.predictions[i] = results::prediction_digest(file.rows[i].prediction);
  });
  {
    const std::jthread beside([&] { leaves.example_root = root_of(leaves.examples); });
    leaves.prediction_root = root_of(leaves.predictions);
  }
  return leaves;
}

results::Cell cell_of(const ImportLabels& labels, const Digest& examples,
                      const Digest& predictions) {
  JsonWriter json;  // keys in alphabetical order: the digest is over these bytes
  json.begin_object();
  json.key("dataset").value(labels.dataset);
  json.key("examples").value(to_hex(examples));
  json.key("kind").value("import");
  json.key("model").value(labels.model);
  json.key("predictions").value(to_hex(predictions));
  if (labels.seed) json.key("seed").value(*labels.seed);
  json.key("split").value(labels.split);
  json.key("task").value(labels.task);
  return {.config = json.end_object().str(),
          .model = labels.model,
          .task = labels.task,
          .dataset = labels.dataset,
          .split = labels.split,
          .seed = labels.seed};
}

}  // namespace

Imported import_predictions(results::StoreWriter& store, const results::PredictionFile& file,
                            const ImportLabels& labels, const std::string& source,
                            const std::function<void(std::size_t)>& progress) {
  const Leaves leaves = hash_rows(file);
  const std::size_t size = file.rows.size();

  results::Transaction beginning(store.database());
  results::Run run = store.begin_run(cell_of(labels, leaves.example_root, leaves.prediction_root),
                                     leaves.example_root, size, source);
  beginning.commit();
  const Imported imported{.run = run, .before = run.stored};
  if (run.complete()) return imported;

  std::size_t known = store.examples_stored(run);
  for (std::size_t first = run.stored; first < size || known < size;) {
    // Another import of the same examples may have been interrupted elsewhere than this one.
    const std::size_t start = std::min(first, known);
    const std::size_t end = std::min(start + kRowsAtOnce, size);
    results::Transaction rows(store.database());
    for (; known < end; ++known)
      store.add_example(run, known, leaves.examples[known], file.rows[known].input,
                        file.rows[known].reference);
    for (; first < end; ++first)
      store.add_prediction(run, first, leaves.predictions[first], file.rows[first].prediction);
    rows.commit();
    if (progress) progress(first);
  }
  results::Transaction ending(store.database());
  store.end_run(run, leaves.prediction_root);
  ending.commit();
  run.stored = size;
  run.predictions = leaves.prediction_root;
  return {.run = run, .before = imported.before};
}

}  // namespace cupel
