/// A weight file, whatever its format.
#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/mapped_file.h"
#include "models/weights/stored_tensor.h"

namespace cupel::models {

/// The tensors of a safetensors file or of a state dict of torch.save, told apart by content. Their
/// bytes stay valid as long as this, also when it is moved; they are read from the disk when they
/// are looked at. kBool bytes may be others than 0 and 1.
class TensorFile {
 public:
  /// `sha256`: what the whole file must have, 64 digits, or empty for any; it is compared before
  /// anything else, so that all damage is then the same Error{kIntegrity}. Throws Error{kUsage}:
  /// missing, unreadable, empty, of another format (with how to convert it), and what
  /// read_safetensors and read_torch_archive throw.
  [[nodiscard]] static TensorFile open(const std::filesystem::path& path,
                                       std::string_view sha256 = {});
  /// The same for a file in memory; `name` starts every message.
  [[nodiscard]] static TensorFile from_bytes(std::string_view bytes, std::string name,
                                             std::string_view sha256 = {});

  /// In the order of the file.
  [[nodiscard]] const std::vector<StoredTensor>& tensors() const { return contents_.tensors; }
  /// Null when there is none of this name.
  [[nodiscard]] const StoredTensor* find(std::string_view name) const;
  /// Of a safetensors file; empty for torch.save.
  [[nodiscard]] const std::map<std::string, std::string>& metadata() const {
    return contents_.metadata;
  }
  /// As it was named, for messages.
  [[nodiscard]] const std::string& name() const { return name_; }
  /// SHA-256 of the whole file, 64 digits; reads all of it.
  [[nodiscard]] std::string digest() const;

 private:
  using Source = std::variant<MappedFile, std::vector<char>>;

  TensorFile(Source source, std::string name, std::string_view sha256);
  [[nodiscard]] std::string_view bytes() const;

  Source source_;
  std::string name_;
  TensorContents contents_;
  std::map<std::string_view, std::size_t> places_;
};

}  // namespace cupel::models
