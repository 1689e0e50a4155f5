#include "models/weights/torch_archive.h"

#include <filesystem>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/weights.h"

namespace cupel::models {
namespace {

using std::string_literals::operator""s;
using test::little;

std::string refused(const std::string& bytes) {
  return test::refusal([&] { static_cast<void>(read_torch_archive(bytes, "f")); });
}

std::string text(const std::string& bytes) {
  return "X" + little(static_cast<std::uint32_t>(bytes.size())) + bytes;
}

/// A float32 tensor: sizes and strides as pickles of tuples, offset as one of an integer.
std::string tensor(const std::string& sizes, const std::string& strides,
                   const std::string& offset = "K\0"s, int elements = 6) {
  return "ctorch._utils\n_rebuild_tensor_v2\n((" + text("storage") + "ctorch\nFloatStorage\n" +
         text("0") + text("cpu") + "J" + little(elements) + "tQ" + offset + sizes + strides +
         "\x89"
         "ccollections\nOrderedDict\n)RtR";
}

/// An archive of one storage of six floats.
std::string archive(const std::string& value, const std::string& name = "w") {
  return test::zip(
      {{"a/data.pkl", "}" + text(name) + value + "s."}, {"a/data/0", std::string(24, 'x')}});
}

TEST_CASE("state dicts are what torch says, wherever they are and whatever is beside them") {
  for (const char* name : {"views.bin", "protocol_5.bin", "protocol_4.pt", "lightning.ckpt"}) {
    INFO(name);
    const std::string bytes = test::golden_bytes(name);
    CHECK(test::rows_of(read_torch_archive(bytes, "f").tensors) == test::golden_rows(name));
  }
  CHECK(!std::filesystem::exists("cupel-was-here"));
}

TEST_CASE("what is contiguous is not copied, what is tied is one") {
  const std::string bytes = test::golden_bytes("views.bin");
  const TensorContents contents = read_torch_archive(bytes, "f");
  CHECK(contents.copies.size() == 3);  // transposed, permuted, permuted.bytes
  std::map<std::string, const std::byte*> start;
  for (const StoredTensor& one : contents.tensors) start[one.name] = one.bytes.data();
  CHECK(start["shared.weight"] == start["encoder.embed_tokens.weight"]);
  CHECK(start["transposed"] == start["transposed.again"]);
  const auto* file = reinterpret_cast<const std::byte*>(bytes.data());
  CHECK(start["slice"] > file);
  CHECK(start["slice"] < file + bytes.size());
}

TEST_CASE("a function in the place of a tensor is refused by its name, and not called") {
  CHECK(refused(test::golden_bytes("evil.bin")) ==
        "2: f: 'weight' in its state dict is a '_io.open', not a tensor of a known type // "
        "save the tensors alone: torch.save(model.state_dict(), 'new.pt')");
  CHECK(refused(test::golden_bytes("evil_root.bin"))
            .starts_with("2: f: holds no state dict, but a '_io.open'"));
  CHECK(!std::filesystem::exists("cupel-was-here"));
}

TEST_CASE("tensors that cannot be used are named") {
  CHECK(refused(test::golden_bytes("expanded.bin")) ==
        "2: f: tensor 'wide' of shape [5] has strides [0]: it is expanded or has gaps // save its "
        "copy: {name: tensor.contiguous() for name, tensor in state_dict.items()}");
  CHECK(refused(test::golden_bytes("complex.bin"))
            .starts_with("2: f: 'wave' in its state dict is a 'torch.ComplexFloatStorage', not a"));
  CHECK(refused(test::golden_bytes("no_state_dict.bin"))
            .starts_with("2: f: 'epoch' in its state dict is a 'int', not a tensor"));
  CHECK(refused(archive(tensor("K\x02\x85", "K\x02\x85")))
            .starts_with("2: f: tensor 'w' of shape [2] has strides [2]"));
}

TEST_CASE("a view must stay inside its storage") {
  const auto view = [](const std::string& sizes, const std::string& strides,
                       const std::string& offset = "K\0"s) {
    const std::string said = refused(archive(tensor(sizes, strides, offset)));
    return said.substr(0, said.find(" //"));
  };
  const std::string huge = "\x8a\x08" + little(INT64_MAX);
  CHECK(view("K\x06\x85", "K\x01\x85") == "nothing");
  CHECK(view("K\x02\x85", "K\x01\x85", "K\x04") == "nothing");
  CHECK(view("K\0K\x05\x86"s, "K\x01K\x01\x86", "K\x04") == "nothing");
  CHECK(view("K\x02\x85", "K\x01\x85", "K\x05") ==
        "5: f: tensor 'w' of shape [2] reaches beyond its storage");
  CHECK(view("K\x07\x85", "K\x01\x85") ==
        "5: f: tensor 'w' of shape [7] reaches beyond its storage");
  CHECK(view("K\x02\x85", huge + "\x85").ends_with("reaches beyond its storage"));
  CHECK(view("K\x01\x85", "K\x01\x85", huge).ends_with("reaches beyond its storage"));
  CHECK(view(huge + huge + "\x86", "K\0K\0\x86"s).ends_with("reaches beyond its storage"));
  CHECK(
      view("K\x01\x85", "K\x01\x85", "J\xFF\xFF\xFF\xFF").ends_with("reaches beyond its storage"));
  CHECK(view("J\xFF\xFF\xFF\xFF\x85", "K\x01\x85") ==
        "5: f: tensor 'w' has no proper shape and strides");
  CHECK(view("K\x01\x85", ")") == "5: f: tensor 'w' has no proper shape and strides");
  CHECK(view("(" + std::string(65, ')') + "t", "(" + std::string(65, ')') + "t") ==
        "5: f: tensor 'w' has no proper shape and strides");
}

TEST_CASE("a storage must be there in the size that is said") {
  CHECK(refused(archive(tensor("K\x01\x85", "K\x01\x85", "K\0"s, 7)))
            .starts_with("5: f: the storage of tensor 'w' has 24 bytes instead of 7 elements of "
                         "float32 //"));
  CHECK(refused(
            test::zip({{"a/data.pkl", "}" + text("w") + tensor("K\x01\x85", "K\x01\x85") + "s."}}))
            .starts_with("5: f: the storage '0' of tensor 'w' is missing"));
}

TEST_CASE("names must be names") {
  const std::string one = tensor("K\x01\x85", "K\x01\x85");
  CHECK(refused(archive(one, "\xFFw")).starts_with("5: f: the name '\\xffw' is not UTF-8"));
  CHECK(refused(archive(one + "s" + text("w") + one)).starts_with("5: f: tensor 'w' occurs twice"));
  CHECK(refused(test::zip({{"a/data.pkl", "}K\x01K\x01s."}}))
            .starts_with("2: f: a key of its state dict is a int, not a name"));
}

TEST_CASE("archives of other kinds are told apart") {
  const std::string empty = "}.";
  CHECK(refused(test::zip({{"a/data.pkl", empty}})) == "nothing");
  CHECK(refused(test::zip({{"a/data.pkl", empty}, {"a/byteorder", "little"}})) == "nothing");
  CHECK(refused(test::zip({{"a/data.pkl", empty}, {"a/byteorder", "big"}})) ==
        "2: f: byte order 'big' // save it on a machine with little-endian numbers");
  CHECK(refused(test::zip({{"a/data.pkl", empty}, {"a/constants.pkl", empty}})) ==
        "2: f: a TorchScript program, of which nothing is run // "
        "torch.save(torch.jit.load('old.pt').state_dict(), 'new.pt')");
  CHECK(refused(test::zip({{"pytorch_model.bin", "x"}, {"a/b/data.pkl", empty}})) ==
        "2: f: a zip archive, but none of torch.save: no data.pkl // if it holds a weight file, "
        "unpack it and name that file");
  CHECK(refused(test::zip({{"a/data.pkl", empty}, {"b/data.pkl", empty}}))
            .starts_with("5: f: a zip archive with two data.pkl"));
}

TEST_CASE("copies never exceed the file") {
  // A thousand transposed views of one storage, each with another offset's worth of difference.
  std::string dict = "}(";
  for (int i = 0; i < 1000; ++i)
    dict += text(fmt::format("w{}", i)) +
            tensor("K\x02K\x03K\x01\x87", "K\x01K\x02J" + little(i) + "\x87");
  const std::string bytes =
      test::zip({{"a/data.pkl", dict + "u."}, {"a/data/0", std::string(24, 'x')}});
  CHECK(read_torch_archive(bytes, "f").copies.size() == 1000);  // 24 kB, and the pickle is larger
  std::string large = "}(";
  for (int i = 0; i < 3; ++i)
    large +=
        text(fmt::format("w{}", i)) +
        tensor("M\xE8\x03K\x64K\x01\x87", "K\x01M\xE8\x03J" + little(i) + "\x87", "K\0"s, 100'000);
  CHECK(refused(test::zip({{"a/data.pkl", large + "u."}, {"a/data/0", std::string(400'000, 'x')}}))
            .starts_with("5: f: its tensors overlap so that copies would exceed the file"));
}

}  // namespace
}  // namespace cupel::models
