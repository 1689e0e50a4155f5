#include "models/torch/token_interaction.h"

#include <cmath>
#include <stdexcept>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/tensor.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

namespace cupel::nn {
namespace {

constexpr std::int64_t kWidth = 16;
constexpr double kFar = 1e30;

at::Tensor mask(const std::vector<std::int64_t>& lengths, std::int64_t slots) {
  return at::arange(slots).unsqueeze(0) < at::tensor(lengths).unsqueeze(1);
}

/// The definition with all G² N M similarities.
at::Tensor dense(const WeightedTokens& text, const WeightedTokens& smiles, PadSimilarity pads) {
  const at::Tensor t = text.tokens.states / text.tokens.states.norm(2, -1, true);
  const at::Tensor s = smiles.tokens.states / smiles.tokens.states.norm(2, -1, true);
  at::Tensor all = at::einsum("atd,bsd->abts", {t, s});
  const at::Tensor t_valid = text.tokens.valid;
  const at::Tensor s_valid = smiles.tokens.valid;
  at::Tensor t_weight = text.network(text.tokens.states);
  at::Tensor s_weight = smiles.network(smiles.tokens.states);
  const at::Tensor both = t_valid.view({t_valid.size(0), 1, -1, 1})
                              .logical_and(s_valid.view({1, s_valid.size(0), 1, -1}));
  if (pads == PadSimilarity::kZero) {
    all = all * both;
  } else {
    all = all.masked_fill(both.logical_not(), -kFar);
    t_weight = t_weight.masked_fill(t_valid.logical_not(), -kFar);
    s_weight = s_weight.masked_fill(s_valid.logical_not(), -kFar);
  }
  const at::Tensor forth =
      at::einsum("abt,at->ab", {std::get<0>(all.max(3)), at::softmax(t_weight, -1)});
  const at::Tensor back =
      at::einsum("abs,bs->ab", {std::get<0>(all.max(2)), at::softmax(s_weight, -1)});
  return (forth + back) / 2;
}

struct Sides {
  Parameters parameters;
  WeightNetwork text_network{parameters, Initializer(8), "text", kWidth};
  WeightNetwork smiles_network{parameters, Initializer(8), "smiles", kWidth};
  Tokens text;
  Tokens smiles;
  [[nodiscard]] WeightedTokens t() const { return {text, text_network}; }
  [[nodiscard]] WeightedTokens s() const { return {smiles, smiles_network}; }

  /// Odd examples of one side point away from the other side: their similarities are negative.
  Sides(std::int64_t group, std::int64_t text_slots, std::int64_t smiles_slots) {
    const Initializer random(9);
    const at::Tensor shift = random.normal("shift", {kWidth}, 1.5);
    const at::Tensor sign = 1 - 2 * at::arange(group).remainder(2).view({-1, 1, 1});
    text.states = parameters.add("t", random.normal("t", {group, text_slots, kWidth}, 1.0) + shift);
    smiles.states =
        parameters.add("s", random.normal("s", {group, smiles_slots, kWidth}, 1.0) + shift * sign);
  }

  std::vector<at::Tensor> gradients(const at::Tensor& similarities) {
    for (const at::Tensor& one : parameters.trained()) one.mutable_grad() = at::Tensor();
    (similarities * Initializer(10).normal("weights", similarities.sizes(), 1.0)).sum().backward();
    std::vector<at::Tensor> found;
    for (const at::Tensor& one : parameters.trained()) found.push_back(one.grad().clone());
    return found;
  }
};

TEST_CASE("The packed interaction and its gradients are the dense ones", "[torch]") {
  Sides sides(4, 13, 9);
  sides.text.valid = mask({13, 5, 1, 8}, 13);
  sides.smiles.valid = mask({3, 9, 4, 1}, 9);
  const PadSimilarity pads = GENERATE(PadSimilarity::kZero, PadSimilarity::kExcluded);
  const at::Tensor ours = token_interaction(sides.t(), sides.s(), pads);
  const at::Tensor theirs = dense(sides.t(), sides.s(), pads);
  CHECK((ours - theirs).abs().max().item<double>() < 1e-6);
  const std::vector<at::Tensor> of_ours = sides.gradients(ours);
  const std::vector<at::Tensor> of_theirs = sides.gradients(theirs);
  for (std::size_t i = 0; i < of_ours.size(); ++i) {
    INFO(sides.parameters.all()[i].name);
    CHECK((of_ours[i] - of_theirs[i]).abs().max().item<double>() < 2e-6);
  }
}

TEST_CASE("A pad of similarity 0 beats negative similarities", "[torch]") {
  Sides sides(2, 6, 6);
  sides.text.valid = sides.smiles.valid = mask({6, 3}, 6);
  const at::Tensor zero = token_interaction(sides.t(), sides.s(), PadSimilarity::kZero);
  const at::Tensor none = token_interaction(sides.t(), sides.s(), PadSimilarity::kExcluded);
  // SMILES 1 points away from all texts and has pads.
  CHECK(none[0][1].item<double>() < -0.05);
  CHECK(zero[0][1].item<double>() > none[0][1].item<double>() + 0.05);
  // Without pads on either side both agree.
  CHECK(std::abs(zero[0][0].item<double>() - none[0][0].item<double>()) < 1e-6);
}

TEST_CASE("No mask is a mask of real tokens", "[torch]") {
  Sides sides(3, 7, 5);
  const at::Tensor without = token_interaction(sides.t(), sides.s(), PadSimilarity::kZero);
  sides.text.valid = at::ones({3, 7}, at::kBool);
  sides.smiles.valid = at::ones({3, 5}, at::kBool);
  for (const PadSimilarity pads : {PadSimilarity::kZero, PadSimilarity::kExcluded}) {
    const at::Tensor with = token_interaction(sides.t(), sides.s(), pads);
    CHECK((with - without).abs().max().item<double>() < 1e-6);
  }
}

TEST_CASE("An example without a token is refused", "[torch]") {
  Sides sides(2, 4, 4);
  sides.text.valid = mask({4, 0}, 4);
  CHECK_THROWS_AS(token_interaction(sides.t(), sides.s(), PadSimilarity::kExcluded),
                  std::invalid_argument);
}

}  // namespace
}  // namespace cupel::nn
