#include "models/torch/token_gallery.h"

#include <cstddef>
#include <utility>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/tensor.h>

namespace cupel::nn {
namespace {

/// Neighbours [first, last) as one.
PackedBlock one_of(std::span<PackedBlock> blocks) {
  std::vector<at::Tensor> rows;
  std::vector<at::Tensor> weights;
  std::vector<at::Tensor> padded;
  PackedBlock all;
  for (PackedBlock& block : blocks) {
    rows.push_back(std::move(block.side.units.rows));
    weights.push_back(std::move(block.side.weights));
    if (block.side.padded.defined()) padded.push_back(std::move(block.side.padded));
    const auto& lengths = block.side.units.lengths;
    all.side.units.lengths.insert(all.side.units.lengths.end(), lengths.begin(), lengths.end());
    all.places.insert(all.places.end(), block.places.begin(), block.places.end());
  }
  all.side.units.rows = at::cat(rows);
  all.side.weights = at::cat(weights);
  if (!padded.empty()) all.side.padded = at::cat(padded);
  return all;
}

std::int64_t count_of(std::span<const PackedBlock> blocks) {
  std::size_t count = 0;
  for (const PackedBlock& block : blocks) count += block.places.size();
  return static_cast<std::int64_t>(count);
}

std::int64_t tokens_of(const PackedBlock& block) { return block.side.units.rows.size(0); }

}  // namespace

std::vector<PackedBlock> joined(std::vector<PackedBlock> blocks, std::int64_t examples,
                                std::int64_t tokens) {
  std::vector<PackedBlock> fewer;
  const std::span<PackedBlock> all = blocks;
  for (std::size_t first = 0; first < all.size();) {
    std::size_t count = 1;
    std::int64_t held = tokens_of(all[first]);
    while (first + count < all.size() && count_of(all.subspan(first, count + 1)) <= examples &&
           held + tokens_of(all[first + count]) <= tokens)
      held += tokens_of(all[first + count++]);
    fewer.push_back(one_of(all.subspan(first, count)));
    first += count;
  }
  return fewer;
}

at::Tensor interactions(std::span<const PackedBlock> queries, std::span<const PackedBlock> gallery,
                        const std::function<void()>& check) {
  at::Tensor scores = at::empty({count_of(queries), count_of(gallery)}, at::kFloat);
  for (const PackedBlock& asked : queries) {
    const at::Tensor rows = at::tensor(asked.places).unsqueeze(1);
    for (const PackedBlock& held : gallery) {
      check();
      scores.index_put_({rows, at::tensor(held.places)},
                        token_interaction(asked.side, held.side).to(at::kCPU));
    }
  }
  return scores;
}

}  // namespace cupel::nn
