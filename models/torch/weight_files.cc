#include "models/torch/weight_files.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <stdexcept>
#include <utility>

#include <ATen/core/grad_mode.h>
#include <ATen/ops/from_blob.h>

#include "models/weights/checkpoint.h"
#include "models/weights/safetensors.h"

namespace cupel::nn {
namespace {

using models::ElementType;

constexpr std::array<std::pair<ElementType, at::ScalarType>, 10> kTypes = {{
    {ElementType::kFloat64, at::kDouble},
    {ElementType::kFloat32, at::kFloat},
    {ElementType::kFloat16, at::kHalf},
    {ElementType::kBFloat16, at::kBFloat16},
    {ElementType::kInt64, at::kLong},
    {ElementType::kInt32, at::kInt},
    {ElementType::kInt16, at::kShort},
    {ElementType::kInt8, at::kChar},
    {ElementType::kUInt8, at::kByte},
    {ElementType::kBool, at::kBool},
}};

ElementType stored_type(at::ScalarType type) {
  const auto found =
      std::ranges::find(kTypes, type, &std::pair<ElementType, at::ScalarType>::second);
  if (found == kTypes.end()) throw std::logic_error("no weight file holds tensors of this type");
  return found->first;
}

bool starts_with_any(std::string_view name, const std::vector<std::string_view>& beginnings) {
  return std::ranges::any_of(beginnings, [&](auto begin) { return name.starts_with(begin); });
}

/// Other names of the embedding in checkpoints of transformers.
std::vector<std::string> embedding_aliases(const std::string& name) {
  const std::string prefix = name.substr(0, name.size() - std::string_view("shared.weight").size());
  return {prefix + "encoder.embed_tokens.weight", prefix + "decoder.embed_tokens.weight"};
}

}  // namespace

void save_parameters(const Parameters& parameters, const std::filesystem::path& path,
                     const std::vector<std::string_view>& without, const Metadata& metadata) {
  std::vector<at::Tensor> alive;
  std::vector<models::StoredTensor> stored;
  for (const auto& [name, tensor, trained] : parameters.all()) {
    if (starts_with_any(name, without)) continue;
    alive.push_back(tensor.detach().cpu().contiguous());
    const at::Tensor& plain = alive.back();
    stored.push_back({.name = name,
                      .type = stored_type(plain.scalar_type()),
                      .shape = plain.sizes().vec(),
                      .bytes = {static_cast<const std::byte*>(plain.const_data_ptr()),
                                static_cast<std::size_t>(plain.nbytes())}});
  }
  models::write_safetensors(path, stored, metadata);
}

void load_parameters(Parameters& parameters, const models::TensorFile& file,
                     const LoadOptions& options) {
  std::vector<models::WantedTensor> wanted;
  std::vector<at::Tensor> targets;
  for (const auto& [name, tensor, trained] : parameters.all()) {
    if (!name.starts_with(options.prefix)) continue;
    if (!options.except.empty() && name.starts_with(options.except)) continue;
    wanted.push_back({.name = name.substr(options.prefix.size()),
                      .shape = tensor.sizes().vec(),
                      .type = stored_type(tensor.scalar_type()),
                      .optional = starts_with_any(name, options.may_lack)});
    if (wanted.back().name.ends_with("shared.weight"))
      wanted.back().aliases = embedding_aliases(wanted.back().name);
    targets.push_back(tensor.detach());
  }
  const auto found = models::match(file, wanted, {.ignored = options.ignored});
  const at::NoGradGuard guard;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i] == nullptr) continue;
    const auto type = kTypes[static_cast<std::size_t>(found[i]->type)].second;
    // LibTorch has no tensor of constant bytes; it is only read.
    auto* bytes = const_cast<std::byte*>(found[i]->bytes.data());
    targets[i].copy_(at::from_blob(bytes, found[i]->shape, at::TensorOptions().dtype(type)));
  }
}

}  // namespace cupel::nn
