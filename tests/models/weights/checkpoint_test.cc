#include "models/weights/checkpoint.h"

#include <algorithm>

#include <catch2/catch_test_macros.hpp>

#include "models/weights/safetensors.h"
#include "tests/support/weights.h"

namespace cupel::models {
namespace {

struct Made {
  std::string name;
  std::vector<std::int64_t> shape;
  ElementType type = ElementType::kFloat32;
  char fill = 'x';
};

TensorFile file_of(const std::vector<Made>& made) {
  std::vector<std::string> bytes;
  for (const Made& one : made) bytes.emplace_back(*byte_count(one.type, one.shape), one.fill);
  std::vector<StoredTensor> tensors;
  for (std::size_t i = 0; i < made.size(); ++i)
    tensors.push_back(
        {made[i].name, made[i].type, made[i].shape, std::as_bytes(std::span(bytes[i]))});
  const test::TempDir folder;
  write_safetensors(folder / "f", tensors);
  return TensorFile::from_bytes(read_file(folder / "f"), "f");
}

std::string matching(const TensorFile& file, const std::vector<WantedTensor>& wanted,
                     const MatchOptions& options = {}) {
  return test::refusal([&] { static_cast<void>(match(file, wanted, options)); });
}

const std::vector<WantedTensor> kWanted = {
    {.name = "shared.weight",
     .shape = {4, 2},
     .aliases = {"encoder.embed_tokens.weight", "decoder.embed_tokens.weight"}},
    {.name = "encoder.norm.weight", .shape = {2}},
    {.name = "queue_ptr", .shape = {1}, .type = ElementType::kInt64, .optional = true},
};

TEST_CASE("each wanted tensor gets its stored one, in the order of the wish") {
  const TensorFile file = file_of({{"encoder.norm.weight", {2}, ElementType::kBFloat16},
                                   {"shared.weight", {4, 2}},
                                   {"decoder.embed_tokens.weight", {4, 2}}});
  const auto found = match(file, kWanted);
  REQUIRE(found.size() == 3);
  CHECK(found[0] == file.find("shared.weight"));
  CHECK(found[1] == file.find("encoder.norm.weight"));
  CHECK(found[2] == nullptr);
}

TEST_CASE("an alias stands for a name that is missing") {
  const TensorFile file =
      file_of({{"encoder.norm.weight", {2}}, {"decoder.embed_tokens.weight", {4, 2}}});
  CHECK(match(file, kWanted)[0] == file.find("decoder.embed_tokens.weight"));
}

TEST_CASE("aliases with other content are an error") {
  const TensorFile file =
      file_of({{"encoder.norm.weight", {2}},
               {"shared.weight", {4, 2}},
               {"encoder.embed_tokens.weight", {4, 2}},
               {"decoder.embed_tokens.weight", {4, 2}, ElementType::kFloat32, 'y'}});
  CHECK(matching(file, kWanted) ==
        "2: f: tensors 'shared.weight' and 'decoder.embed_tokens.weight' differ; the model has one "
        "for both // the file is of a model that does not tie them");
}

TEST_CASE("a missing tensor is named, with the nearest that the file has") {
  CHECK(matching(file_of({{"shared.weight", {4, 2}}, {"encoder.norm_weight", {2}}}), kWanted) ==
        "2: f: tensor 'encoder.norm.weight' of shape [2] is missing // the file has "
        "'encoder.norm_weight'");
  CHECK(matching(file_of({{"x", {1}}}), kWanted) ==
        "2: f: tensor 'shared.weight' of shape [4, 2] is missing, and so are 1 others // is it a "
        "file of this model?");
  CHECK(matching(file_of({{"molt5.shared.weight", {4, 2}}}), kWanted)
            .ends_with("// the file has 'molt5.shared.weight': is 'molt5.' its prefix?"));
}

TEST_CASE("wrong shapes and types say what was expected") {
  CHECK(matching(file_of({{"shared.weight", {4, 2}}, {"encoder.norm.weight", {2, 1}}}), kWanted) ==
        "2: f: tensor 'encoder.norm.weight' has shape [2, 1]; the model wants [2] // does the "
        "model's configuration belong to this file?");
  CHECK(matching(
            file_of({{"shared.weight", {4, 2}}, {"encoder.norm.weight", {2}, ElementType::kInt64}}),
            kWanted) ==
        "2: f: tensor 'encoder.norm.weight' holds int64; the model wants float32 // ");
  const auto with_pointer = [](ElementType type) {
    return matching(file_of({{"shared.weight", {4, 2}, ElementType::kFloat64},
                             {"encoder.norm.weight", {2}, ElementType::kFloat16},
                             {"queue_ptr", {1}, type}}),
                    kWanted);
  };
  CHECK(with_pointer(ElementType::kInt64) == "nothing");
  CHECK(with_pointer(ElementType::kFloat32).starts_with("2: f: tensor 'queue_ptr' holds float32;"));
  CHECK(with_pointer(ElementType::kInt32).starts_with("2: f: tensor 'queue_ptr' holds int32;"));
}

TEST_CASE("tensors that nobody wants are refused, ignored by a pattern, or let be") {
  const TensorFile file = file_of({{"shared.weight", {4, 2}},
                                   {"encoder.norm.weight", {2}},
                                   {"encoder.norm.bias", {2}},
                                   {"old.relative_bias.weight", {3}}});
  CHECK(matching(file, kWanted) ==
        "2: f: tensor 'encoder.norm.bias' of shape [2] is not of the model, and neither are 1 "
        "others // the nearest that the model has is 'encoder.norm.weight'");
  CHECK(matching(file, kWanted, {.ignored = {"*.bias"}}) ==
        "2: f: tensor 'old.relative_bias.weight' of shape [3] is not of the model // is it a file "
        "of this model?");
  CHECK(matching(file, kWanted, {.ignored = {"*.bias", "old.*.weight"}}) == "nothing");
  CHECK(matching(file, kWanted, {.ignored = {"*norm*b*s", "*"}}) == "nothing");
  CHECK(matching(file, kWanted, {.ignored = {"*.bia", "*s.*", "encoder.norm.bias*x"}}) !=
        "nothing");
  CHECK(matching(file, kWanted, {.lenient = true}) == "nothing");
}

TEST_CASE("a prefix chooses one model of several") {
  const TensorFile file = file_of({{"molt5.shared.weight", {4, 2}},
                                   {"molt5.encoder.norm.weight", {2}},
                                   {"molt5_m.shared.weight", {4, 2}},
                                   {"molt5_m.encoder.norm.bias", {2}},
                                   {"temp", {}}});
  CHECK(match(file, kWanted, {.prefix = "molt5."})[0] == file.find("molt5.shared.weight"));
  CHECK(matching(file, kWanted, {.prefix = "molt5_m."}) ==
        "2: f: tensor 'molt5_m.encoder.norm.weight' of shape [2] is missing // the file has "
        "'molt5.encoder.norm.weight': is 'molt5.' its prefix?");
  CHECK(matching(file, kWanted, {.prefix = "t5."}) ==
        "2: f: has no tensor with the prefix 't5.' // it has 'molt5.encoder.norm.weight'");
  CHECK(matching(file_of({}), kWanted) == "2: f: has no tensors // is it the right file?");
}

}  // namespace
}  // namespace cupel::models
