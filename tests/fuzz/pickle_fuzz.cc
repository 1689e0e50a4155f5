// Any bytes, as the pickle of an archive of two storages, give tensors inside of them or an Error.
// Bytes that begin as a zip archive are taken as one.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "harness/core/error.h"
#include "models/weights/torch_archive.h"

namespace {

std::string little(std::uint64_t number, std::size_t bytes) {
  return {reinterpret_cast<const char*>(&number), bytes};
}

/// Stored entries in one folder, without checksums.
std::string archive(std::string_view pickle) {
  const std::string storage(64, 'x');
  std::string bytes;
  std::string directory;
  for (const auto& [name, content] :
       {std::pair<std::string, std::string_view>("a/data.pkl", pickle),
        {"a/data/0", storage},
        {"a/data/1", storage}}) {
    const std::string sizes = little(0, 4) + little(content.size(), 4) + little(content.size(), 4) +
                              little(name.size(), 2);
    directory += "PK\x01\x02" + std::string(12, '\0') + sizes + std::string(12, '\0') +
                 little(bytes.size(), 4) + name;
    bytes += "PK\x03\x04" + std::string(10, '\0') + sizes + little(0, 2) + name;
    bytes += content;
  }
  const std::string start = little(bytes.size(), 4);
  return bytes + directory + "PK\x05\x06" + std::string(8, '\0') + little(directory.size(), 4) +
         start + std::string(2, '\0');
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  const std::string bytes = input.starts_with("PK") ? std::string(input) : archive(input);
  try {
    const auto contents = cupel::models::read_torch_archive(bytes, "fuzz");
    for (const auto& tensor : contents.tensors) {
      unsigned sum = 0;
      for (const std::byte byte : tensor.bytes) sum += std::to_integer<unsigned>(byte);
      if (cupel::models::byte_count(tensor.type, tensor.shape) != tensor.bytes.size() ||
          sum > 255 * tensor.bytes.size() || tensor.bytes.size() > bytes.size())
        std::abort();
    }
  } catch (const cupel::Error& error) {
    if (error.code() != cupel::Code::kUsage && error.code() != cupel::Code::kIntegrity)
      std::abort();
  }
  return 0;
}
