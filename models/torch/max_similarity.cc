#include "models/torch/max_similarity.h"

#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/max.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>
#include <torch/csrc/autograd/custom_function.h>

namespace cupel::nn {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

/// The maxima of one strip [rows, right tokens] and where they are: columns count in the strip.
struct StripMaxima {
  at::Tensor row;           ///< [rows, right examples]
  at::Tensor row_place;     ///< int32, a column
  at::Tensor column;        ///< [right tokens]
  at::Tensor column_place;  ///< int32, a row
};

StripMaxima maxima(const at::Tensor& strip, const std::vector<std::int64_t>& lengths) {
  std::vector<at::Tensor> values;
  std::vector<at::Tensor> places;
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    auto [value, place] = at::max(strip.narrow(1, begin, length), 1);
    values.push_back(std::move(value));
    places.push_back(place.add_(begin));
    begin += length;
  }
  auto [column, column_place] = at::max(strip, 0);
  return {at::stack(values, 1), at::stack(places, 1).to(at::kInt), std::move(column),
          column_place.to(at::kInt)};
}

struct MaxSimilarityFunction : torch::autograd::Function<MaxSimilarityFunction> {
  static variable_list forward(AutogradContext* context, const at::Tensor& left,
                               const at::Tensor& right, std::vector<std::int64_t> left_lengths,
                               const std::vector<std::int64_t>& right_lengths) {
    std::vector<at::Tensor> rows;
    std::vector<at::Tensor> row_places;
    std::vector<at::Tensor> columns;
    std::vector<at::Tensor> column_places;
    const at::Tensor transposed = right.t();
    std::int64_t begin = 0;
    for (const std::int64_t length : left_lengths) {
      StripMaxima found = maxima(at::mm(left.narrow(0, begin, length), transposed), right_lengths);
      rows.push_back(std::move(found.row));
      row_places.push_back(std::move(found.row_place));
      columns.push_back(std::move(found.column));
      column_places.push_back(std::move(found.column_place));
      begin += length;
    }
    context->save_for_backward({left, right, at::cat(row_places), at::stack(column_places)});
    context->saved_data["lengths"] = std::move(left_lengths);
    return {at::cat(rows), at::stack(columns)};
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const at::Tensor& left = saved[0];
    const at::Tensor& right = saved[1];
    at::Tensor left_gradient = at::empty_like(left);
    at::Tensor right_gradient = at::zeros_like(right);
    std::int64_t begin = 0;
    std::int64_t example = 0;
    for (const std::int64_t length : context->saved_data["lengths"].toIntVector()) {
      at::Tensor strip = at::zeros({length, right.size(0)}, left.options());
      strip.scatter_(1, saved[2].narrow(0, begin, length).to(at::kLong),
                     gradients[0].narrow(0, begin, length));
      strip.scatter_add_(0, saved[3].narrow(0, example, 1).to(at::kLong),
                         gradients[1].narrow(0, example, 1));
      left_gradient.narrow(0, begin, length).copy_(at::mm(strip, right));
      right_gradient.addmm_(strip.t(), left.narrow(0, begin, length));
      begin += length;
      ++example;
    }
    return {left_gradient, right_gradient, {}, {}};
  }
};

}  // namespace

MaxSimilarity max_similarity(const Packed& left, const Packed& right) {
  const variable_list found =
      MaxSimilarityFunction::apply(left.rows, right.rows, left.lengths, right.lengths);
  return {found[0], found[1]};
}

}  // namespace cupel::nn
