/// The safetensors format: a JSON header, then the tensors' bytes without gaps.
/// https://github.com/huggingface/safetensors, "Format".
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "models/weights/stored_tensor.h"

namespace cupel::models {

/// Whether the bytes begin as such a file does: eight bytes of header size, then "{".
[[nodiscard]] bool looks_like_safetensors(std::string_view bytes);

/// Tensors that are not aligned to an element are copied, all others used where they lie. Throws
/// Error{kIntegrity} "origin: …": a header longer than the file or 100 MB, or not strict JSON of
/// the known keys; a name that occurs twice; a shape that does not fit its bytes; bytes that
/// overlap, have gaps or do not end where the file does. Throws Error{kUsage} for an element type
/// that is not known here, and for more than a million values in the header.
[[nodiscard]] TensorContents read_safetensors(std::string_view bytes, const std::string& origin);

/// Writes what the reference library writes: sorted by element type, widest first, so that all is
/// aligned, and then by name; the header filled up with spaces to 8 bytes. Metadata is sorted by
/// key. The same tensors always give the same bytes. Atomic and on the disk at the return; throws
/// as write_file does, and std::logic_error for two tensors of one name or bytes that do not fit a
/// shape.
void write_safetensors(const std::filesystem::path& path, std::span<const StoredTensor> tensors,
                       const std::map<std::string, std::string>& metadata = {});

}  // namespace cupel::models
