#include "models/torch/max_similarity.h"

#include <utility>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/stack.h>
#include <catch2/catch_test_macros.hpp>

#include "models/torch/parameters.h"

namespace cupel::nn {
namespace {

Packed packed(const char* name, std::vector<std::int64_t> lengths) {
  std::int64_t sum = 0;
  for (const std::int64_t length : lengths) sum += length;
  const at::Tensor rows = Initializer(5).normal(name, {sum, 12}, 1.0).set_requires_grad(true);
  return {rows, std::move(lengths)};
}

/// From all products at once, by autograd.
MaxSimilarity dense(const Packed& left, const Packed& right) {
  const at::Tensor all = at::mm(left.rows, right.rows.t());
  std::vector<at::Tensor> columns;
  std::int64_t begin = 0;
  for (const std::int64_t length : right.lengths) {
    columns.push_back(all.narrow(1, begin, length).amax(1));
    begin += length;
  }
  std::vector<at::Tensor> rows;
  begin = 0;
  for (const std::int64_t length : left.lengths) {
    rows.push_back(all.narrow(0, begin, length).amax(0));
    begin += length;
  }
  return {at::stack(columns, 1), at::stack(rows)};
}

/// Gradients of a sum in which every maximum has another weight.
std::pair<at::Tensor, at::Tensor> gradients(const Packed& left, const Packed& right,
                                            const MaxSimilarity& found) {
  left.rows.mutable_grad() = at::Tensor();
  right.rows.mutable_grad() = at::Tensor();
  const at::Tensor a = Initializer(6).normal("a", found.left.sizes(), 1.0);
  const at::Tensor b = Initializer(6).normal("b", found.right.sizes(), 1.0);
  ((found.left * a).sum() + (found.right * b).sum()).backward();
  return {left.rows.grad().clone(), right.rows.grad().clone()};
}

double difference(const at::Tensor& a, const at::Tensor& b) {
  REQUIRE(a.sizes() == b.sizes());
  return (a - b).abs().max().item<double>();
}

TEST_CASE("Maxima of strips and their gradients are those of all products", "[torch]") {
  const Packed left = packed("left", {7, 1, 30, 4});
  const Packed right = packed("right", {5, 11, 1, 20, 2});
  const MaxSimilarity ours = max_similarity(left, right);
  const MaxSimilarity theirs = dense(left, right);
  REQUIRE(ours.left.sizes() == at::IntArrayRef({42, 5}));
  REQUIRE(ours.right.sizes() == at::IntArrayRef({4, 39}));
  CHECK(difference(ours.left, theirs.left) < 1e-5);
  CHECK(difference(ours.right, theirs.right) < 1e-5);
  const auto [left_ours, right_ours] = gradients(left, right, ours);
  const auto [left_theirs, right_theirs] = gradients(left, right, theirs);
  CHECK(difference(left_ours, left_theirs) < 1e-5);
  CHECK(difference(right_ours, right_theirs) < 1e-5);
}

}  // namespace
}  // namespace cupel::nn
