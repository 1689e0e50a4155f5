/// A weight file against the tensors that a model has.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "models/weights/tensor_file.h"

namespace cupel::models {

struct WantedTensor {
  std::string name;
  std::vector<std::int64_t> shape;
  /// Any floating type will do for a floating type (the caller converts); others must be equal.
  ElementType type = ElementType::kFloat32;
  /// Other names of the same tensor: the first of all these names that the file has is taken, and
  /// the others that it has must hold the same.
  std::vector<std::string> aliases = {};
  bool optional = false;
};

struct MatchOptions {
  /// Of every name in the file; tensors that do not start with it belong to other models, and are
  /// not looked at.
  std::string prefix = {};
  /// Names, without the prefix, that the file may have and the model does not want; * is any text.
  std::vector<std::string> ignored = {};
  bool lenient = false;  ///< the file may have any tensors besides
};

/// The tensor of the file for each wanted one; null for an optional one that the file lacks. Throws
/// Error{kUsage} naming file, tensor, what was expected and what was found, for the first of: no
/// tensors at all (or none with the prefix), a missing tensor, a wrong type, a wrong shape, aliases
/// that differ, tensors that nobody wants.
[[nodiscard]] std::vector<const StoredTensor*> match(const TensorFile& file,
                                                     std::span<const WantedTensor> wanted,
                                                     const MatchOptions& options = {});

}  // namespace cupel::models
