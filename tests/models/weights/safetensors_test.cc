#include "models/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <filesystem>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/weights.h"

namespace cupel::models {
namespace {

using test::refusal;
using test::safetensors;

std::string refused(std::string_view header, std::size_t data = 0) {
  return refusal([&] { static_cast<void>(read_safetensors(safetensors(header, data), "f")); });
}

TEST_CASE("tensors of every type are what the reference library wrote") {
  const std::string bytes = test::golden_bytes("every_type.safetensors");
  const TensorContents contents = read_safetensors(bytes, "f");
  CHECK(test::rows_of(contents.tensors) == test::golden_rows("every_type.safetensors"));
  CHECK(contents.metadata == std::map<std::string, std::string>{{"format", "pt"}});
  CHECK(contents.copies.empty());
}

TEST_CASE("the writer makes the reference library's file, byte for byte, from any order") {
  const std::string bytes = test::golden_bytes("every_type.safetensors");
  TensorContents contents = read_safetensors(bytes, "f");
  const test::TempDir folder;
  for (int i = 0; i < 2; ++i) {
    write_safetensors(folder / "out", contents.tensors, contents.metadata);
    CHECK(read_file(folder / "out") == bytes);
    std::ranges::reverse(contents.tensors);
  }
  CHECK(std::distance(std::filesystem::directory_iterator(folder / ""), {}) == 1);
}

TEST_CASE("no tensors, no metadata, and several keys of metadata are written and read") {
  const test::TempDir folder;
  write_safetensors(folder / "out", {});
  CHECK(read_file(folder / "out") == safetensors("{}      ", 0));
  const std::map<std::string, std::string> metadata = {{"b", "\"\n"}, {"a", "é"}};
  write_safetensors(folder / "out", {}, metadata);
  CHECK(read_safetensors(read_file(folder / "out"), "f").metadata == metadata);
}

TEST_CASE("the writer refuses what would be no file of the format") {
  const test::TempDir folder;
  const std::array<std::byte, 4> bytes{};
  StoredTensor tensor{.name = "a", .type = ElementType::kFloat32, .shape = {1}, .bytes = bytes};
  const std::vector twice = {tensor, tensor};
  CHECK_THROWS_AS(write_safetensors(folder / "out", twice), std::logic_error);
  tensor.shape = {2};
  CHECK_THROWS_AS(write_safetensors(folder / "out", {&tensor, 1}), std::logic_error);
  CHECK(refusal([&] { write_safetensors(folder / "none/out", {}); }) ==
        "2: " + (folder / "none/out").string() +
            ": cannot be written: No such file or directory // does its folder exist, and may you "
            "write there?");
}

TEST_CASE("a tensor that is not aligned is copied to where it is") {
  const std::string bytes = safetensors(
      R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"b":{"dtype":"F64","shape":[],"data_offsets":[1,9]}})",
      9);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    std::vector<char> room(bytes.size() + shift);
    std::ranges::copy(bytes, room.begin() + static_cast<std::ptrdiff_t>(shift));
    const TensorContents contents = read_safetensors({room.data() + shift, bytes.size()}, "f");
    CHECK(reinterpret_cast<std::uintptr_t>(contents.tensors.at(1).bytes.data()) % 8 == 0);
    CHECK(test::rows_of(contents.tensors).at(1) == "b float64 [] 7878787878787878");
  }
}

TEST_CASE("damage of the header is an error of integrity that says where") {
  constexpr const char* kHint = " // the file is damaged; copy or download it again";
  CHECK(refused("{") == std::string("5: f (header):1:1: incomplete JSON") + kHint);
  CHECK(refused("[]") ==
        std::string("5: f (header):1:1: expected an object, found an array") + kHint);
  CHECK(refused(R"({"a":1})") ==
        std::string("5: f (header):1:6: expected an object, found an integer") + kHint);
  CHECK(refused(R"({"a":{},"a":{}})") ==
        std::string("5: f (header):1:9: key 'a' occurs twice in one object") + kHint);
  CHECK(refused("{\"\xFF\":1}") == std::string("5: f (header): byte 2 is not UTF-8") + kHint);
  CHECK(refused(R"({"__metadata__":{"a":1}})") ==
        std::string("5: f (header):1:22: 'a' must be a string, not an integer") + kHint);
  CHECK(refused(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}})", 4) ==
        std::string("5: f (header):1:57: unknown key 'x'") + kHint);
  CHECK(refused(R"({"a":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", 4) ==
        std::string("5: f (header):1:30: 'shape' must hold integers from 0") + kHint);
  CHECK(refused(R"({"a":{"dtype":"F32","shape":{},"data_offsets":[0,4]}})", 4) ==
        std::string("5: f (header):1:29: 'shape' must be an array") + kHint);
  CHECK(refused(R"({"a":{"dtype":"F32","shape":[],"data_offsets":[4,0]}})", 4) ==
        std::string("5: f (header):1:6: 'data_offsets' must be a begin and an end") + kHint);
  CHECK(refused(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", 4) ==
        std::string("5: f (header):1:6: tensor 'a' of float32 [2] has 4 bytes") + kHint);
}

TEST_CASE("shapes and offsets beyond any file are refused") {
  // The products are 2^64 and 2^64 + 4 bytes; cut to 64 bits they would fit.
  CHECK(refused(R"({"a":{"dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]}})") ==
        "5: f (header):1:6: tensor 'a' of float32 [4611686018427387904] has 0 bytes // the file is "
        "damaged; copy or download it again");
  CHECK(refused(R"({"a":{"dtype":"U8","shape":[3,6148914691236517207],"data_offsets":[0,5]}})", 5)
            .starts_with("5: "));
  CHECK(refused(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[9223372036854775807,0]}})")
            .starts_with("5: "));
  CHECK(
      refused(
          R"({"a":{"dtype":"U8","shape":[9223372036854775807],"data_offsets":[0,9223372036854775807]}})",
          3) ==
      "5: f: its tensors need 9223372036854775807 bytes, and it has 3 // the file is damaged or "
      "incomplete; copy or download it again");
}

TEST_CASE("more than 64 dimensions are refused") {
  const auto ones = [](int count) {
    std::string shape = "1";
    for (int i = 1; i < count; ++i) shape += ",1";
    return refused(R"({"a":{"dtype":"U8","shape":[)" + shape + R"(],"data_offsets":[0,1]}})", 1);
  };
  CHECK(ones(64) == "nothing");
  CHECK(ones(65).starts_with("5: f (header):1:6: tensor 'a' of uint8 [1, 1, 1"));
}

TEST_CASE("bytes that overlap, have gaps or do not end with the file are refused") {
  const auto two = [](int begin, int end) {
    return fmt::format(
        R"({{"a":{{"dtype":"U8","shape":[2],"data_offsets":[0,2]}},"b":{{"dtype":"U8","shape":[2],"data_offsets":[{},{}]}}}})",
        begin, end);
  };
  constexpr const char* kHint = " // the file is damaged or incomplete; copy or download it again";
  CHECK(refused(two(2, 4), 4) == "nothing");
  CHECK(refused(two(1, 3), 3) ==
        std::string("5: f: tensor 'b' starts at 1 where 2 is due: tensors overlap or have a gap") +
            kHint);
  CHECK(refused(two(3, 5), 5).starts_with("5: f: tensor 'b' starts at 3 where 2 is due"));
  CHECK(refused(two(2, 4), 3) ==
        std::string("5: f: its tensors need 4 bytes, and it has 3") + kHint);
  CHECK(refused(two(2, 4), 5) ==
        std::string("5: f: its tensors need 4 bytes, and it has 5") + kHint);
}

TEST_CASE("headers of absurd sizes are refused before they are read") {
  const auto claim = [](std::uint64_t size) {
    return refusal([&] { static_cast<void>(read_safetensors(test::little(size) + "{}", "f")); });
  };
  CHECK(claim(3).starts_with("5: f: a header of 3 bytes in a file of 10 //"));
  CHECK(
      claim(100'000'001).starts_with("5: f: a header of 100000001 bytes; the format has at most"));
  CHECK(claim(~std::uint64_t{0}).starts_with("5: f: a header of 18446744073709551615 bytes; the"));
  CHECK(refusal([] {
          static_cast<void>(read_safetensors("1234567", "f"));
        }).starts_with("5: f: ends before its header"));
  std::string ones = R"({"a":{"dtype":"U8","shape":[1)";
  for (int i = 0; i < 1'000'000; ++i) ones += ",1";
  CHECK(refused(ones + "]}}") == "2: f: more than 1000000 values in its header // split the file");
}

TEST_CASE("many names are read") {
  std::string header = "{";
  for (int i = 0; i < 20'000; ++i)
    header += fmt::format(R"({}"{}":{{"dtype":"U8","shape":[],"data_offsets":[{},{}]}})",
                          i == 0 ? "" : ",", i, i, i + 1);
  CHECK(read_safetensors(safetensors(header + "}", 20'000), "f").tensors.size() == 20'000);
}

TEST_CASE("an element type that is not known is named, with a remedy") {
  CHECK(refused(R"({"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}})", 1) ==
        "2: f: tensor 'a' has elements of type 'F8_E4M3', which is not known // convert it to "
        "float32 with the library that wrote it");
}

}  // namespace
}  // namespace cupel::models
