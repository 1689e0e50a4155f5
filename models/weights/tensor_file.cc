#include "models/weights/tensor_file.h"

#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "models/weights/safetensors.h"
#include "models/weights/torch_archive.h"

namespace cupel::models {
namespace {

using std::string_view_literals::operator""sv;

constexpr const char* kConvert =
    "python3 -c \"import torch; torch.save(torch.load('old.bin', map_location='cpu', "
    "weights_only=True), 'new.bin')\"";

/// What it is instead, and the remedy.
[[noreturn]] void refuse(std::string_view bytes, const std::string& name) {
  const auto fail = [&](const char* what, const char* hint) {
    throw Error(Code::kUsage, name + ": " + what, hint);
  };
  // A long integer, 0x1950a86a20f9469cfc6c, in a pickle of its own.
  if (bytes.starts_with("\x80\x02\x8a\x0al\xfc\x9c\x46\xf9 j\xa8P\x19."sv))
    fail("of torch.save before PyTorch 1.6, or of its old format", kConvert);
  if (bytes.size() > 262 && bytes.substr(257, 5) == "ustar")
    fail("a tar archive, perhaps of a PyTorch before 0.1.10", kConvert);
  if (bytes.starts_with("version https://git-lfs"))
    fail("a pointer of Git LFS, not the file itself", "git lfs pull");
  if (bytes.starts_with('\x80'))
    fail("a pickle, not a file of torch.save",
         "load it where it was made, and save its tensors with torch.save");
  fail("neither a safetensors file nor one of torch.save",
       "name a .safetensors, .bin, .pt, .pth or .ckpt file");
  std::unreachable();
}

void check_digest(std::string_view bytes, const std::string& name, std::string_view sha256) {
  if (sha256.empty()) return;
  const std::string found = sha256_hex(bytes);
  if (found == sha256) return;
  throw Error(Code::kIntegrity, fmt::format("{} has SHA-256 {}, expected {}", name, found, sha256),
              "get the file again, or name the digest of the one that you mean");
}

TensorContents read(std::string_view bytes, const std::string& name, std::string_view sha256) {
  check_digest(bytes, name, sha256);
  if (bytes.empty())
    throw Error(Code::kUsage, name + ": is empty", "copy or download the file again");
  if (bytes.starts_with("PK\x03\x04")) return read_torch_archive(bytes, name);
  if (looks_like_safetensors(bytes)) return read_safetensors(bytes, name);
  refuse(bytes, name);
}

}  // namespace

TensorFile::TensorFile(Source source, std::string name, std::string_view sha256)
    : source_(std::move(source)), name_(std::move(name)), contents_(read(bytes(), name_, sha256)) {
  for (std::size_t i = 0; i < contents_.tensors.size(); ++i)
    places_.emplace(contents_.tensors[i].name, i);
}

TensorFile TensorFile::open(const std::filesystem::path& path, std::string_view sha256) {
  return {MappedFile(path, Code::kUsage), path.string(), sha256};
}

TensorFile TensorFile::from_bytes(std::string_view bytes, std::string name,
                                  std::string_view sha256) {
  return {std::vector<char>(bytes.begin(), bytes.end()), std::move(name), sha256};
}

std::string_view TensorFile::bytes() const {
  if (const auto* file = std::get_if<MappedFile>(&source_)) return file->bytes();
  const auto& memory = std::get<std::vector<char>>(source_);
  return {memory.data(), memory.size()};
}

const StoredTensor* TensorFile::find(std::string_view name) const {
  const auto at = places_.find(name);
  return at == places_.end() ? nullptr : &contents_.tensors[at->second];
}

std::string TensorFile::digest() const { return sha256_hex(bytes()); }

}  // namespace cupel::models
