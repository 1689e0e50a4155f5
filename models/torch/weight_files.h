/// Tensors of a model into files and back.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "models/torch/parameters.h"
#include "models/weights/tensor_file.h"

namespace cupel::nn {

using Metadata = std::map<std::string, std::string>;

/// Writes all tensors whose names do not start with one of `without`, as a safetensors file.
/// Throws as models::write_safetensors does.
void save_parameters(const Parameters& parameters, const std::filesystem::path& path,
                     const std::vector<std::string_view>& without, const Metadata& metadata);

struct LoadOptions {
  /// Only tensors of this beginning are loaded; the file has their names without it.
  std::string prefix = {};
  /// Tensors of this beginning are left out.
  std::string except = {};
  /// Tensors of these beginnings stay as they are when the file lacks them.
  std::vector<std::string_view> may_lack = {};
  /// Names that the file may have and the model lacks; * is any text.
  std::vector<std::string> ignored = {};
};

/// Copies the file's numbers into the parameters, converted to their type. Throws as models::match
/// does.
void load_parameters(Parameters& parameters, const models::TensorFile& file,
                     const LoadOptions& options = {});

}  // namespace cupel::nn
