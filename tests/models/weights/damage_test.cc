// A thousand damages of a T5 checkpoint, in both formats that transformers writes.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "harness/core/digest.h"
#include "harness/core/split_mix.h"
#include "models/weights/checkpoint.h"
#include "tests/support/weights.h"

namespace cupel::models {
namespace {

constexpr std::size_t kDamages = 1000;
constexpr std::size_t kEnds = 2500;  // bytes at either end: headers, the pickle, the zip directory
constexpr std::size_t kLongest = 64;

/// Half of the places are where the structure lies.
std::size_t place(const std::string& bytes, SplitMix64& random) {
  const std::uint64_t which = random.below(4);
  if (which == 0) return random.below(kEnds);
  if (which == 1) return bytes.size() - 1 - random.below(kEnds);
  return random.below(bytes.size());
}

/// One of: a flipped bit, bytes written over, the end lost, bytes put in, two blocks exchanged.
std::string damaged(std::string bytes, SplitMix64& random) {
  const std::size_t at = place(bytes, random);
  const std::size_t length = 1 + random.below(std::min(kLongest, bytes.size() - at));
  std::string rubbish(length, '\0');
  for (char& byte : rubbish) byte = static_cast<char>(random.below(256));
  switch (random.below(5)) {
    case 0:
      bytes[at] = static_cast<char>(bytes[at] ^ (1U << random.below(8)));
      break;
    case 1:
      bytes.replace(at, length, rubbish);
      break;
    case 2:
      bytes.resize(at);
      break;
    case 3:
      bytes.insert(at, rubbish);
      break;
    default: {
      const std::size_t other = std::min(place(bytes, random), bytes.size() - length);
      if (at + length <= other || other + length <= at)
        std::swap_ranges(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                         bytes.begin() + static_cast<std::ptrdiff_t>(at + length),
                         bytes.begin() + static_cast<std::ptrdiff_t>(other));
    }
  }
  return bytes;
}

/// All that the undamaged file has. It holds the shared embedding under three names, or one.
std::vector<WantedTensor> wanted_of(const TensorFile& file) {
  std::vector<WantedTensor> wanted;
  for (const StoredTensor& tensor : file.tensors()) {
    if (tensor.name.ends_with("embed_tokens.weight")) continue;
    wanted.push_back({.name = tensor.name, .shape = tensor.shape, .type = tensor.type});
    if (tensor.name == "shared.weight")
      wanted.back().aliases = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"};
  }
  return wanted;
}

/// The numbers that a model would get.
std::string numbers_of(const std::vector<const StoredTensor*>& tensors) {
  std::string all;
  for (const StoredTensor* tensor : tensors)
    all.append(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  return all;
}

/// Whether the message names the file (and perhaps a part of it), and then says something.
bool says_what(const Error& error, const std::string& name) {
  const std::string what = error.what();
  const std::size_t colon = what.find(": ");
  return what.starts_with(name) && colon != std::string::npos && colon + 2 < what.size();
}

TEST_CASE("A damaged checkpoint is refused by name, or its digest is another") {
  const std::string name = GENERATE("t5.safetensors", "t5.bin");
  const std::string bytes = test::golden_bytes(name);
  const TensorFile whole = TensorFile::from_bytes(bytes, name, sha256_hex(bytes));
  const std::vector<WantedTensor> wanted = wanted_of(whole);
  REQUIRE(wanted.size() == 29);
  const std::string numbers = numbers_of(match(whole, wanted));
  SplitMix64 random(20'261'122);
  std::size_t refused = 0;
  std::size_t changed = 0;  // read, with other numbers
  for (std::size_t i = 0; i < kDamages; ++i) {
    std::string other = damaged(bytes, random);
    while (other == bytes) other = damaged(bytes, random);
    CAPTURE(name, i);
    try {
      const TensorFile file = TensorFile::from_bytes(other, name);
      const auto matched = match(file, wanted);
      REQUIRE(test::all_inside(file));
      REQUIRE(file.digest() != whole.digest());
      if (numbers_of(matched) != numbers) ++changed;
    } catch (const Error& error) {
      CAPTURE(error.what());
      REQUIRE((error.code() == Code::kUsage || error.code() == Code::kIntegrity));
      REQUIRE(says_what(error, name));
      ++refused;
    }
    REQUIRE(test::refusal(
                [&] { static_cast<void>(TensorFile::from_bytes(other, name, whole.digest())); }) ==
            fmt::format("5: {} has SHA-256 {}, expected {} // get the file again, or name the "
                        "digest of the one that you mean",
                        name, sha256_hex(other), whole.digest()));
  }
  CAPTURE(name, refused, changed);
  CHECK(refused > 400);
  CHECK(changed > 75);
}

}  // namespace
}  // namespace cupel::models
