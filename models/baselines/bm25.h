/// `bm25`: text search over the training set.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "models/baselines/bm25_index.h"
#include "models/baselines/morgan_index.h"
#include "models/model.h"

namespace cupel::models {

/// Generation: the molecule of the training text that scores best for the input; "" when none has a
/// word in common with it.
///
/// Molecule retrieval: that same training molecule's Morgan similarity to each molecule of the
/// gallery. Text retrieval: the other way round, the text of the Morgan-nearest training molecule
/// as a query over the gallery's texts (their statistics, not the training set's). A query without
/// any neighbour, or whose neighbour RDKit cannot read, scores 0 everywhere.
/// Similarities are those of morgan_index.h; ties go to the first in training order.
class Bm25 final : public Model {
 public:
  explicit Bm25(const Bm25Options& options) : options_(options) {}

  void fit(const TrainingData& data, const Work& work) override;
  [[nodiscard]] std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                                  const Work& work) override;
  void set_gallery(std::span<const std::string_view> candidates, const Work& work) override;
  [[nodiscard]] std::vector<float> rank(std::span<const std::string_view> queries,
                                        const Work& work) override;

 private:
  [[nodiscard]] std::vector<double> rank_one(std::string_view query) const;

  Bm25Options options_;
  Capability capability_{};
  std::span<const Sample> train_;
  Bm25Index texts_;        // of the training set, or of the gallery of texts
  MorganIndex molecules_;  // of the training set, or of the gallery of molecules
  std::size_t gallery_size_ = 0;
};

}  // namespace cupel::models
