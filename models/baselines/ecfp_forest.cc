#include "models/baselines/ecfp_forest.h"

namespace cupel::models {

void EcfpForest::train(std::span<const LabelRows> questions, std::size_t labels, std::uint64_t seed,
                       const Work& work, Share share) {
  forests_.clear();
  forests_.resize(labels);
  // Label after label, the trees of each at once: so one label's columns are in memory, and sets
  // of one label use all threads.
  const double part = (share.end - share.begin) / static_cast<double>(questions.size());
  for (std::size_t question = 0; question < questions.size(); ++question) {
    const LabelRows& rows = questions[question];
    const BitColumns columns(rows.molecules, bits());
    std::vector<BitTree>& trees = forests_[rows.label];
    trees.resize(trees_);
    const double begin = share.begin + part * static_cast<double>(question);
    run_steps(trees_, work, {.begin = begin, .end = begin + part}, [&](std::size_t tree) {
      trees[tree] =
          BitTree(columns, rows.positive, tree_options_, tree_seed(seed, rows.label, tree));
    });
  }
}

double EcfpForest::probability(std::size_t label, const chem::BitFingerprint& molecule) const {
  double sum = 0.0;
  for (const BitTree& tree : forests_[label]) sum += tree.probability(molecule);
  return sum / static_cast<double>(trees_);
}

}  // namespace cupel::models
