#include "harness/run/cell_examples.h"

#include <algorithm>

#include "harness/core/parallel.h"
#include "metrics/alignment/truth.h"
#include "metrics/classification/label_text.h"
#include "results/content_digest.h"
#include "results/store.h"

namespace cupel {
namespace {

std::string reference_of(const tasks::Task& task, const Sample& sample) {
  if (task.capability == Capability::kProperty) return metrics::write_labels(sample.labels);
  if (task.capability == Capability::kAlignment) return metrics::write_truth(sample);
  return std::string(task.target(sample));
}

}  // namespace

CellExamples::CellExamples(const tasks::Task& task, const tasks::Dataset& dataset,
                           std::size_t limit)
    : labels_(dataset.labels.size()) {
  const std::size_t all = dataset.test.size();
  const std::size_t size = limit == 0 ? all : std::min(limit, all);
  for (std::size_t i = 0; i < size; ++i) {
    texts_.push_back(task.input(dataset.test[i]));
    references_.push_back(reference_of(task, dataset.test[i]));
  }
  inputs_.assign(texts_.begin(), texts_.end());
  digests_.resize(size);
  parallel_for(size, 0, [&](std::size_t i) {
    digests_[i] = results::example_digest(inputs_[i], references_[i]);
  });
  results::MerkleTree tree;
  for (const Digest& digest : digests_) tree.add(digest);
  root_ = tree.root();
  const bool ranked = task.capability == Capability::kMoleculeRetrieval ||
                      task.capability == Capability::kTextRetrieval;
  if (!ranked) return;
  for (const Sample& sample : dataset.test) gallery_.push_back(task.target(sample));
}

}  // namespace cupel
