#include "models/weights/tensor_file.h"

#include <filesystem>
#include <fstream>

#include <sys/stat.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/digest.h"
#include "harness/core/split_mix.h"
#include "tests/support/weights.h"

namespace cupel::models {
namespace {

using std::string_literals::operator""s;

TEST_CASE("the format of a weight file is known by its content") {
  const test::TempDir folder;
  for (const char* name : {"every_type.safetensors", "views.bin", "lightning.ckpt"}) {
    const std::string bytes = test::golden_bytes(name);
    write_file(folder / "weights", bytes);
    const TensorFile opened = TensorFile::open(folder / "weights");
    CHECK(test::rows_of(opened.tensors()) == test::golden_rows(name));
    CHECK(opened.digest() == sha256_hex(bytes));
    CHECK(opened.name() == (folder / "weights").string());
    CHECK(test::all_inside(opened));
  }
}

TEST_CASE("tensors are found by name, also after a move") {
  TensorFile file = TensorFile::open(test::data("weights/views.bin"));
  const StoredTensor* scalar = file.find("scalar");
  REQUIRE(scalar != nullptr);
  const TensorFile moved = std::move(file);
  CHECK(moved.find("scalar") == scalar);
  CHECK(moved.find("scala") == nullptr);
  CHECK(test::rows_of(moved.tensors()) == test::golden_rows("views.bin"));
}

TEST_CASE("other files are refused with what they are and a remedy") {
  constexpr const char* kConvert =
      " // python3 -c \"import torch; torch.save(torch.load('old.bin', map_location='cpu', "
      "weights_only=True), 'new.bin')\"";
  CHECK(test::reading("") == "2: f: is empty // copy or download the file again");
  CHECK(test::reading(test::golden_bytes("legacy.bin")) ==
        "2: f: of torch.save before PyTorch 1.6, or of its old format"s + kConvert);
  CHECK(test::reading(std::string(257, 'x') + "ustar\0"s) ==
        "2: f: a tar archive, perhaps of a PyTorch before 0.1.10"s + kConvert);
  CHECK(test::reading("\x80\x02}.") ==
        "2: f: a pickle, not a file of torch.save // load it where it was made, and save its "
        "tensors with torch.save");
  CHECK(test::reading("version https://git-lfs.github.com/spec/v1\n") ==
        "2: f: a pointer of Git LFS, not the file itself // git lfs pull");
  CHECK(test::reading("<html>") ==
        "2: f: neither a safetensors file nor one of torch.save // name a .safetensors, .bin, .pt, "
        ".pth or .ckpt file");
}

TEST_CASE("what is no file is refused") {
  const test::TempDir folder;
  const auto opening = [](const std::filesystem::path& path) {
    return test::refusal([&] { static_cast<void>(TensorFile::open(path)); });
  };
  CHECK(opening(folder / "none").starts_with("2: cannot read " + (folder / "none").string()));
  CHECK(opening(folder / "").starts_with("2: "));
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(opening(folder / "pipe").starts_with("2: "));
}

TEST_CASE("a large sparse file with an absurd header costs nothing") {
  const test::TempDir folder;
  for (const std::uint64_t claim : {std::uint64_t{1} << 40U, std::uint64_t{99'999'999}}) {
    std::ofstream(folder / "sparse", std::ios::binary) << test::little(claim) << "{";
    std::filesystem::resize_file(folder / "sparse", std::uintmax_t{1} << 42U);
    const std::string said =
        test::refusal([&] { static_cast<void>(TensorFile::open(folder / "sparse")); });
    CHECK(said.starts_with("5: "));
  }
  // A whole one of 1 TiB, of which nothing is read but the header.
  std::string header =
      R"({"a":{"dtype":"F32","shape":[524288,524288],"data_offsets":[0,1099511627776]}})";
  header.resize((header.size() + 7) / 8 * 8, ' ');
  std::ofstream(folder / "sparse", std::ios::binary) << test::safetensors(header, 0);
  std::filesystem::resize_file(folder / "sparse", 8 + header.size() + (std::uintmax_t{1} << 40U));
  const TensorFile file = TensorFile::open(folder / "sparse");
  CHECK(file.find("a")->bytes[1'000'000'000'000] == std::byte{0});
}

/// One of: some bytes changed, the end lost, bytes put in, a block twice, a block gone.
std::string damaged(std::string bytes, SplitMix64& random) {
  const std::size_t at = random.next() % bytes.size();
  const std::size_t length = 1 + random.next() % 64;
  switch (random.next() % 6) {
    case 0:
      bytes.resize(at);
      break;
    case 1:
      bytes.insert(at, length, static_cast<char>(random.next()));
      break;
    case 2:
      bytes.insert(at, bytes.substr(at, length));
      break;
    case 3:
      bytes.erase(at, length);
      break;
    default:
      for (std::uint64_t i = random.next() % 8; i < 8; ++i)
        bytes[random.next() % bytes.size()] = static_cast<char>(random.next());
  }
  return bytes;
}

TEST_CASE("a damaged file is refused, or all its tensors are inside it") {
  for (const char* name : {"every_type.safetensors", "views.bin", "protocol_5.bin", "protocol_4.pt",
                           "lightning.ckpt", "evil.bin"}) {
    const std::string bytes = test::golden_bytes(name);
    SplitMix64 random(20'240'601);
    std::size_t refused = 0;
    for (int i = 0; i < 1000; ++i) {
      try {
        const TensorFile file = TensorFile::from_bytes(damaged(bytes, random), "f");
        if (!test::all_inside(file)) FAIL(name << ", damage " << i);
      } catch (const Error&) {
        ++refused;
      }
    }
    CHECK(refused > 300);
  }
  CHECK(!std::filesystem::exists("cupel-was-here"));
}

}  // namespace
}  // namespace cupel::models
