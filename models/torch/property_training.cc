#include "models/torch/property_training.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <ATen/TensorOperators.h>
#include <ATen/ops/binary_cross_entropy_with_logits.h>
#include <ATen/ops/from_blob.h>
#include <c10/core/InferenceMode.h>

namespace cupel::nn {
namespace {

constexpr std::size_t kRowsAtOnce = 64;

/// Of one column; NaN without both classes.
double roc_auc(std::span<const float> scores, std::span<const std::int8_t> labels,
               std::size_t column, std::size_t columns) {
  std::vector<std::pair<float, bool>> known;
  for (std::size_t at = column; at < labels.size(); at += columns) {
    if (labels[at] != 0) known.emplace_back(scores[at], labels[at] > 0);
  }
  std::ranges::sort(known);
  double below = 0.0;  // negatives with a lower score
  double pairs = 0.0;  // of a positive and a negative below it
  double positives = 0.0;
  for (std::size_t first = 0; first < known.size();) {
    std::size_t last = first;
    double up = 0.0;
    while (last < known.size() && known[last].first == known[first].first)
      up += known[last++].second ? 1.0 : 0.0;
    const double down = static_cast<double>(last - first) - up;
    pairs += up * (below + down / 2.0);
    below += down;
    positives += up;
    first = last;
  }
  if (positives == 0.0 || below == 0.0) return std::numeric_limits<double>::quiet_NaN();
  return pairs / (positives * below);
}

}  // namespace

Linear make_property_head(AtomasNetwork& network, std::uint64_t seed, std::int64_t columns) {
  return default_linear(network.parameters(), Initializer(seed), kPropertyHead,
                        network.options().t5.d_model, columns);
}

at::Tensor property_logits(const AtomasNetwork& network, const Linear& head, const at::Tensor& ids,
                           bool learned_pool, bool train) {
  const Tokens tokens = network.encode(Modality::kSmiles, ids, Weights::kOnline, train);
  if (learned_pool) return head(network.pooled(Modality::kSmiles, tokens));
  const at::Tensor valid = tokens.valid.unsqueeze(2);
  return head(tokens.states.masked_fill(valid.logical_not(), 0).sum(1) / valid.sum(1));
}

double mean_roc_auc(std::span<const float> scores, std::span<const std::int8_t> labels,
                    std::size_t columns) {
  double sum = 0.0;
  double defined = 0.0;
  for (std::size_t column = 0; column < columns; ++column) {
    const double area = roc_auc(scores, labels, column, columns);
    if (std::isnan(area)) continue;
    sum += area;
    defined += 1.0;
  }
  return sum / defined;
}

PropertyTrainee::PropertyTrainee(AtomasNetwork& network, const Linear& head,
                                 const LabelledMolecules& train,
                                 const LabelledMolecules& validation, bool learned_pool)
    : network_(network),
      head_(head),
      train_(train),
      validation_(validation),
      learned_pool_(learned_pool) {}

Trainee::Parts PropertyTrainee::losses(std::span<const std::size_t> examples,
                                       std::int64_t /*step*/) {
  const std::int64_t length = learned_pool_ ? network_.pooled_length() : 0;
  const at::Tensor ids = pad_rows(train_.smiles, examples, length);
  const at::Tensor logits = property_logits(network_, head_, ids, learned_pool_, true);
  const auto columns = static_cast<std::size_t>(logits.size(1));
  at::Tensor labels = at::empty(logits.sizes(), at::kFloat);
  auto* at = labels.mutable_data_ptr<float>();
  for (const std::size_t example : examples) {
    for (std::size_t column = 0; column < columns; ++column)
      *at++ = train_.labels[example * columns + column];
  }
  labels = labels.to(logits.device());
  const at::Tensor known = labels.ne(0).to(at::kFloat);
  const at::Tensor losses = at::binary_cross_entropy_with_logits(
      logits, labels.gt(0).to(at::kFloat), known, {}, at::Reduction::Sum);
  return {{"loss", losses / known.sum().clamp_min(1)}};
}

std::pair<std::string, double> PropertyTrainee::validate() {
  const c10::InferenceMode guard;
  const auto columns = static_cast<std::size_t>(head_.weight.size(0));
  std::vector<float> scores(validation_.labels.size());
  const auto groups =
      groups_by_length(validation_.smiles, kRowsAtOnce, std::numeric_limits<std::size_t>::max());
  for (const auto& group : groups) {
    const std::int64_t length = learned_pool_ ? network_.pooled_length() : 0;
    const at::Tensor ids = pad_rows(validation_.smiles, group, length);
    const at::Tensor logits =
        property_logits(network_, head_, ids, learned_pool_, false).cpu().contiguous();
    const std::span all(logits.const_data_ptr<float>(), static_cast<std::size_t>(logits.numel()));
    for (std::size_t i = 0; i < group.size(); ++i)
      std::ranges::copy(all.subspan(i * columns, columns),
                        scores.begin() + static_cast<std::ptrdiff_t>(group[i] * columns));
  }
  const double area = mean_roc_auc(scores, validation_.labels, columns);
  return {"validation-auc-loss", std::isnan(area) ? 1.0 : 1.0 - area};
}

std::size_t PropertyTrainee::tokens(std::size_t example) const {
  return train_.smiles[example].size();
}

}  // namespace cupel::nn
