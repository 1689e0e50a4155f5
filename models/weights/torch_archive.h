/// Files of torch.save since PyTorch 1.6: pytorch_model.bin, .pt, .pth, Lightning's .ckpt.
#pragma once

#include <string>
#include <string_view>

#include "models/weights/stored_tensor.h"

namespace cupel::models {

/// The tensors of the state dict in an archive: the value under "state_dict" (Lightning), else that
/// under "model", else the whole. Nothing in the file is executed (see pickle.h). What lies in it
/// contiguously is used there; transposed tensors, and storages that are not aligned, are copied.
/// Throws Error{kIntegrity} "origin: …" for damage: of the zip archive, of its pickle, a storage of
/// another size, a view beyond its storage, a name that occurs twice or is not UTF-8. Throws
/// Error{kUsage}: TorchScript, big-endian numbers, no state dict, something in it that is no tensor
/// of a known type, a tensor with gaps or elements that occur several times.
[[nodiscard]] TensorContents read_torch_archive(std::string_view bytes, const std::string& origin);

}  // namespace cupel::models
