#include "models/torch/max_similarity.h"

#include <algorithm>
#include <utility>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
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

/// A row's largest number in each segment, and the first place of it.
void row_maxima(const float* row, const std::vector<std::int64_t>& lengths, float* values,
                std::int32_t* places) {
  std::int64_t begin = 0;
  for (const std::int64_t length : lengths) {
    const float* segment = row + begin;
    float best = segment[0];
#pragma omp simd reduction(max : best)
    for (std::int64_t i = 0; i < length; ++i) best = segment[i] > best ? segment[i] : best;
    const float* at = std::find(segment, segment + length, best);
    *values++ = best;
    *places++ = static_cast<std::int32_t>(at == segment + length ? begin : at - row);
    begin += length;
  }
}

/// The largest number of each column in [first, last), and the first row of it.
void column_maxima(const at::Tensor& strip, std::int64_t first, std::int64_t last, float* values,
                   std::int32_t* places) {
  const std::int64_t width = strip.size(1);
  const float* row = strip.const_data_ptr<float>();
  std::copy(row + first, row + last, values + first);
  std::fill(places + first, places + last, 0);
  for (std::int32_t i = 1; i < strip.size(0); ++i) {
    row += width;
#pragma omp simd
    for (std::int64_t j = first; j < last; ++j) {
      const bool better = row[j] > values[j];
      values[j] = better ? row[j] : values[j];
      places[j] = better ? i : places[j];
    }
  }
}

/// One pass each over rows and columns, without an operator for every pair of examples.
StripMaxima maxima_on_cpu(const at::Tensor& strip, const std::vector<std::int64_t>& lengths) {
  constexpr std::int64_t kRows = 16;      // of one task
  constexpr std::int64_t kColumns = 256;  // the same
  const auto segments = static_cast<std::int64_t>(lengths.size());
  const auto integers = strip.options().dtype(at::kInt);
  StripMaxima found{.row = at::empty({strip.size(0), segments}, strip.options()),
                    .row_place = at::empty({strip.size(0), segments}, integers),
                    .column = at::empty({strip.size(1)}, strip.options()),
                    .column_place = at::empty({strip.size(1)}, integers)};
  auto* row_values = found.row.mutable_data_ptr<float>();
  auto* row_places = found.row_place.mutable_data_ptr<std::int32_t>();
  at::parallel_for(0, strip.size(0), kRows, [&](std::int64_t first, std::int64_t last) {
    for (std::int64_t row = first; row < last; ++row)
      row_maxima(strip.const_data_ptr<float>() + row * strip.size(1), lengths,
                 row_values + row * segments, row_places + row * segments);
  });
  auto* column_values = found.column.mutable_data_ptr<float>();
  auto* column_places = found.column_place.mutable_data_ptr<std::int32_t>();
  at::parallel_for(0, strip.size(1), kColumns, [&](std::int64_t first, std::int64_t last) {
    column_maxima(strip, first, last, column_values, column_places);
  });
  return found;
}

StripMaxima maxima(const at::Tensor& strip, const std::vector<std::int64_t>& lengths) {
  if (strip.device().is_cpu() && strip.scalar_type() == at::kFloat)
    return maxima_on_cpu(strip, lengths);
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
