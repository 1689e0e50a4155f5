/// tests/data/t5_model.json: a small T5 and what transformers computes with it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <ATen/ops/full.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "models/torch/t5.h"
#include "tests/support/paths.h"

namespace cupel::nn::test {

inline std::vector<std::int64_t> integers(const JsonValue& array) {
  std::vector<std::int64_t> out;
  for (const JsonValue& item : array.items) out.push_back(item.integer);
  return out;
}

inline std::vector<std::vector<std::int64_t>> rows(const JsonValue& array) {
  std::vector<std::vector<std::int64_t>> out;
  for (const JsonValue& item : array.items) out.push_back(integers(item));
  return out;
}

inline at::Tensor reals(const JsonValue& array) {
  std::vector<double> out;
  for (const JsonValue& item : array.items) out.push_back(item.real);
  return at::tensor(out).to(at::kFloat);
}

/// Rows of different lengths, filled up with `fill`: [rows, longest].
inline at::Tensor padded(const std::vector<std::vector<std::int64_t>>& lists,
                         std::int64_t fill = kPad) {
  std::size_t longest = 0;
  for (const auto& list : lists) longest = std::max(longest, list.size());
  at::Tensor out =
      at::full({static_cast<std::int64_t>(lists.size()), static_cast<std::int64_t>(longest)}, fill,
               at::kLong);
  for (std::size_t i = 0; i < lists.size(); ++i) {
    out.select(0, static_cast<std::int64_t>(i))
        .narrow(0, 0, static_cast<std::int64_t>(lists[i].size()))
        .copy_(at::tensor(lists[i]));
  }
  return out;
}

/// The small T5 with the weights of the golden file, on a device.
struct GoldenT5 {
  at::Device device;
  const std::string origin = "t5_model.json";
  const JsonValue document = parse_json(read_file(cupel::test::data(origin)), origin);
  JsonObject golden{document, origin};
  T5Config config = shape();
  Parameters parameters{device};
  Initializer initializer{static_cast<std::uint64_t>(golden.integer("seed"))};
  T5Maker maker{config, parameters, initializer};
  at::Tensor embedding = make_embedding(maker, "");
  T5Encoder encoder{maker, "", embedding};
  T5Decoder decoder{maker, "", embedding};
  std::vector<std::vector<std::int64_t>> inputs = rows(golden.member("inputs"));
  at::Tensor ids = padded(inputs).to(device);
  at::Tensor mask = ids.ne(kPad);

  explicit GoldenT5(at::Device on = at::kCPU) : device(on) {
    parameters.get("lm_head.weight").detach().select(0, kEnd).mul_(golden.member("end_row").real);
  }

 private:
  T5Config shape() {
    JsonObject object(golden.member("shape"), origin);
    T5Config made;
    made.vocabulary = object.integer("vocab_size");
    made.d_model = object.integer("d_model");
    made.d_ff = object.integer("d_ff");
    made.d_kv = object.integer("d_kv");
    made.heads = object.integer("num_heads");
    made.layers = object.integer("num_layers");
    return made;
  }
};

/// max |a - b| / max |b|.
inline double relative_difference(const at::Tensor& a, const at::Tensor& b) {
  return ((a - b).abs().max() / b.abs().max()).item<double>();
}

}  // namespace cupel::nn::test
