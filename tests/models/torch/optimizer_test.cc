#include "models/torch/optimizer.h"

#include <ATen/TensorOperators.h>
#include <ATen/ops/equal.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/models/torch/golden_t5.h"

namespace cupel::nn {
namespace {

/// What tests/oracle/adam_golden.py does.
void check(const std::string& variant, const OptimizerOptions& options) {
  const std::string origin = "adam.json";
  const JsonValue document = parse_json(read_file(cupel::test::data(origin)), origin);
  JsonObject variants(document, origin);
  JsonObject golden(variants.member(variant), origin);
  Parameters parameters;
  const at::Tensor a = parameters.add("a", at::tensor({0.5, -1.0, 2.0}).to(at::kFloat));
  const at::Tensor b =
      parameters.add("b", at::tensor({1.0, 0.25, -0.75, 3.0}).to(at::kFloat).view({2, 2}));
  const at::Tensor c = parameters.add("c", at::tensor({4.0}).to(at::kFloat));
  const at::Tensor d = parameters.add("d", at::zeros({2}));
  Adam adam(parameters, options);
  for (int step = 0; step < 8; ++step) {
    at::Tensor loss = a.pow(3).sum() + (b.sin() * (step + 1)).sum() + d.exp().sum();
    if (step % 2 == 0) loss = loss + c.square().sum() * 0.01;
    loss.backward();
    const double theirs = golden.member("norms").items[static_cast<std::size_t>(step)].real;
    CHECK(adam.step(0.5) == Catch::Approx(theirs).epsilon(1e-6));
    CHECK_FALSE(a.grad().defined());
  }
  const JsonValue& all = golden.member("parameters");
  std::size_t i = 0;
  for (const at::Tensor& tensor : {a, b, c, d})
    CHECK(test::relative_difference(tensor.detach().view({-1}), test::reals(all.items[i++])) <
          1e-6);
}

// At half of the rate; some of the norms are above the bound, some below.

TEST_CASE("Adam with clipping does what torch.optim.Adam does", "[torch]") {
  check("plain", {.rate = 0.02, .clip = 14.0});
}

TEST_CASE("Adam's steps are in proportion to the tensors where that is asked for", "[torch]") {
  check("scaled", {.rate = 0.02, .beta2 = 0.98, .clip = 14.0, .scale_parameter = true});
}

}  // namespace
}  // namespace cupel::nn
