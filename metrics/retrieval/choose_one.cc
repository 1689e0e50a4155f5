#include "metrics/retrieval/choose_one.h"

#include <algorithm>
#include <stdexcept>

namespace cupel::metrics {
namespace {

enum Column : std::uint8_t { kCorrect, kWeight, kBetter, kEqual, kFinite, kWeighted };

}  // namespace

ChooseOne::ChooseOne(TieRule rule) : rule_(rule) {
  if (rule == TieRule::kAtomas)
    throw std::invalid_argument("the tie rule of Atomas has no meaning for T-choose-one");
}

std::vector<std::string> ChooseOne::statistics() const {
  return {"", "n", "better", "equal", "finite", "weighted"};
}

void ChooseOne::measure(const TieRank& rank, std::span<double> out) const {
  out[kCorrect] = hits(rank, rule_, 1);
  out[kWeight] = 1.0;
  out[kBetter] = rank.better;
  out[kEqual] = rank.equal;
  out[kFinite] = rank.finite ? 1.0 : 0.0;
  out[kWeighted] = out[kCorrect];
}

Value ChooseOne::finish(std::span<const double> sum) const {
  if (sum[kWeight] == 0.0) return std::unexpected("no query counts");
  return sum[kWeighted] / sum[kWeight];
}

void weigh_by_batch(StatisticTable& rows, std::size_t batch_size, TablePart part) {
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const auto row = rows.row(i);
    row[kWeight] = 1.0;
    if (batch_size > 0) {
      const std::size_t first = (part.first + i) / batch_size * batch_size;
      row[kWeight] /= static_cast<double>(std::min(batch_size, part.all - first));
    }
    row[kWeighted] = row[kWeight] * row[kCorrect];
  }
}

std::vector<TieRank> choose_one_ranks(const Embeddings& queries, const Embeddings& candidates,
                                      std::span<const std::uint32_t> negatives,
                                      std::size_t negatives_per_row, std::size_t choices) {
  if (choices == 0 || choices - 1 > negatives_per_row)
    throw std::invalid_argument("more choices than a partner and its negatives");
  if (negatives.size() != queries.rows * negatives_per_row || candidates.rows < queries.rows)
    throw std::invalid_argument("negatives or candidates do not match the queries");
  if (queries.rows > 0 && queries.dimension != candidates.dimension)
    throw std::invalid_argument("queries and candidates differ in dimension");
  if (std::ranges::any_of(negatives, [&](auto index) { return index >= candidates.rows; }))
    throw std::invalid_argument("a negative is no candidate");
  std::vector<TieRank> ranks;
  std::vector<float> scores(choices);
  for (std::size_t i = 0; i < queries.rows; ++i) {
    scores[0] = dot(queries.row(i), candidates.row(i));
    const auto others = negatives.subspan(i * negatives_per_row, choices - 1);
    for (std::size_t j = 0; j < others.size(); ++j)
      scores[j + 1] = dot(queries.row(i), candidates.row(others[j]));
    ranks.push_back(rank_of(scores, 0));
  }
  return ranks;
}

}  // namespace cupel::metrics
