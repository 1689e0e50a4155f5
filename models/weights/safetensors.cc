#include "models/weights/safetensors.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/quote.h"
#include "models/weights/gather.h"
#include "models/weights/little_endian.h"

namespace cupel::models {
namespace {

constexpr std::size_t kPrefix = sizeof(std::uint64_t);
constexpr std::size_t kMaxHeader = 100'000'000;  // of the format
constexpr std::ptrdiff_t kMaxValues = 1'000'000;
constexpr const char* kMetadata = "__metadata__";

std::string_view header_of(std::string_view bytes, const std::string& origin) {
  if (bytes.size() < kPrefix) fail_damaged(origin, "ends before its header");
  const auto size = read_little<std::uint64_t>(bytes, 0);
  if (size > kMaxHeader)
    fail_damaged(origin,
                 fmt::format("a header of {} bytes; the format has at most {}", size, kMaxHeader));
  if (size > bytes.size() - kPrefix)
    fail_damaged(origin, fmt::format("a header of {} bytes in a file of {}", size, bytes.size()));
  const std::string_view header = bytes.substr(kPrefix, size);
  // A value takes 50 times the memory that it takes in the file.
  if (std::ranges::count_if(header, [](char c) { return c == ',' || c == '[' || c == '{'; }) >
      kMaxValues)
    throw Error(Code::kUsage,
                fmt::format("{}: more than {} values in its header", origin, kMaxValues),
                "split the file");
  return header;
}

struct Placed {
  StoredTensor tensor;
  std::int64_t begin = 0;
  std::int64_t end = 0;
};

class HeaderReader {
 public:
  explicit HeaderReader(const std::string& origin)
      : origin_(origin), place_(origin + " (header)") {}

  /// In the order of the header.
  std::vector<Placed> read(std::string_view header, std::map<std::string, std::string>& metadata) {
    try {
      const JsonValue root = parse_json(header, place_);
      JsonObject all(root, place_);
      std::vector<Placed> tensors;
      for (const auto& [name, value] : root.members) {
        if (name == kMetadata)
          metadata = texts(value);
        else
          tensors.push_back(tensor(name, value));
      }
      return tensors;
    } catch (const UnknownType& unknown) {
      throw Error(Code::kUsage, origin_ + ": " + unknown.what,
                  "convert it to float32 with the library that wrote it");
    } catch (const Error& error) {
      // To the parser, the header is what a person wrote; to us, it is part of a damaged file.
      throw Error(Code::kIntegrity, quote(error.what(), 1000),
                  "the file is damaged; copy or download it again");
    }
  }

 private:
  struct UnknownType {
    std::string what;
  };

  std::map<std::string, std::string> texts(const JsonValue& value) {
    JsonObject object(value, place_);
    std::map<std::string, std::string> all;
    for (const auto& [key, text] : value.members) all.emplace(key, object.text(key));
    return all;
  }

  std::vector<std::int64_t> sizes(JsonObject& object, const std::string& key) {
    const JsonValue& value = object.member(key);
    std::vector<std::int64_t> all;
    for (const JsonValue& item : value.items) {
      if (item.kind != JsonValue::Kind::kInteger || item.integer < 0)
        object.fail(item, fmt::format("'{}' must hold integers from 0", key));
      all.push_back(item.integer);
    }
    if (value.kind != JsonValue::Kind::kArray)
      object.fail(value, fmt::format("'{}' must be an array", key));
    return all;
  }

  Placed tensor(const std::string& name, const JsonValue& value) {
    JsonObject object(value, place_);
    const std::string& type = object.text("dtype");
    const auto facts = std::ranges::find(kElementTypes, type, &ElementTypeFacts::safetensors);
    const auto offsets = sizes(object, "data_offsets");
    StoredTensor tensor{.name = name, .type = {}, .shape = sizes(object, "shape"), .bytes = {}};
    object.finish();
    if (offsets.size() != 2 || offsets[0] > offsets[1])
      object.fail(value, "'data_offsets' must be a begin and an end");
    if (facts == kElementTypes.end())
      throw UnknownType{fmt::format("tensor '{}' has elements of type '{}', which is not known",
                                    quote(name, 200), quote(type, 200))};
    tensor.type = facts->type;
    const auto size = byte_count(tensor.type, tensor.shape);
    if (!size || *size != static_cast<std::size_t>(offsets[1] - offsets[0]))
      object.fail(value,
                  fmt::format("tensor '{}' of {} {} has {} bytes", quote(name, 200), facts->name,
                              quote(shape_text(tensor.shape), 200), offsets[1] - offsets[0]));
    return {.tensor = std::move(tensor), .begin = offsets[0], .end = offsets[1]};
  }

  const std::string& origin_;
  std::string place_;
};

void check_offsets(std::vector<Placed>& placed, std::size_t size, const std::string& origin) {
  std::vector<const Placed*> by_offset;
  for (const Placed& one : placed) by_offset.push_back(&one);
  std::ranges::sort(by_offset, {},
                    [](const Placed* one) { return std::pair(one->begin, one->end); });
  std::int64_t at = 0;
  for (const Placed* one : by_offset) {
    if (one->begin != at)
      fail_damaged(
          origin,
          fmt::format("tensor '{}' starts at {} where {} is due: tensors overlap or have a gap",
                      quote(one->tensor.name, 200), one->begin, at));
    at = one->end;
  }
  if (static_cast<std::size_t>(at) != size)
    fail_damaged(origin, fmt::format("its tensors need {} bytes, and it has {}", at, size));
}

/// What the reference library sorts by: the order of its enumeration of types, backwards.
std::size_t rank(ElementType type) {
  using enum ElementType;
  static constexpr std::array kOrder = {kInt64,   kFloat64, kFloat32, kInt32, kBFloat16,
                                        kFloat16, kInt16,   kInt8,    kUInt8, kBool};
  return static_cast<std::size_t>(std::ranges::find(kOrder, type) - kOrder.begin());
}

std::vector<const StoredTensor*> in_order(std::span<const StoredTensor> tensors) {
  std::vector<const StoredTensor*> ordered;
  for (const StoredTensor& tensor : tensors) {
    if (byte_count(tensor.type, tensor.shape) != tensor.bytes.size())
      throw std::logic_error("tensor '" + tensor.name + "': its bytes do not fit its shape");
    ordered.push_back(&tensor);
  }
  std::ranges::sort(ordered, {}, &StoredTensor::name);
  if (std::ranges::adjacent_find(ordered, {}, &StoredTensor::name) != ordered.end())
    throw std::logic_error("two tensors of one name");
  std::ranges::stable_sort(ordered, {}, [](const StoredTensor* one) { return rank(one->type); });
  return ordered;
}

std::string made_header(std::span<const StoredTensor* const> tensors,
                        const std::map<std::string, std::string>& metadata) {
  std::string header;
  const auto separate = [&] { header += header.empty() ? '{' : ','; };
  if (!metadata.empty()) {
    separate();
    header += fmt::format("{}:", json_quote(kMetadata));
    char before = '{';
    for (const auto& [key, text] : metadata)
      header +=
          fmt::format("{}{}:{}", std::exchange(before, ','), json_quote(key), json_quote(text));
    header += '}';
  }
  std::size_t at = 0;
  for (const StoredTensor* tensor : tensors) {
    separate();
    header += fmt::format(R"({}:{{"dtype":"{}","shape":[{}],"data_offsets":[{},{}]}})",
                          json_quote(tensor->name), facts_of(tensor->type).safetensors,
                          fmt::join(tensor->shape, ","), at, at + tensor->bytes.size());
    at += tensor->bytes.size();
  }
  if (header.empty()) header = "{";
  header += '}';
  header.append((kPrefix - header.size() % kPrefix) % kPrefix, ' ');
  return header;
}

}  // namespace

bool looks_like_safetensors(std::string_view bytes) {
  return bytes.size() > kPrefix && bytes[kPrefix] == '{';
}

TensorContents read_safetensors(std::string_view bytes, const std::string& origin) {
  const std::string_view header = header_of(bytes, origin);
  TensorContents contents;
  std::vector<Placed> placed = HeaderReader(origin).read(header, contents.metadata);
  const auto data = std::as_bytes(std::span(bytes)).subspan(kPrefix + header.size());
  check_offsets(placed, data.size(), origin);
  Gatherer gatherer(data.size(), origin);
  for (auto& [tensor, begin, end] : placed) {
    tensor.bytes = gatherer.aligned(
        data.subspan(static_cast<std::size_t>(begin), static_cast<std::size_t>(end - begin)),
        facts_of(tensor.type).size);
    contents.tensors.push_back(std::move(tensor));
  }
  contents.copies = gatherer.take();
  return contents;
}

void write_safetensors(const std::filesystem::path& path, std::span<const StoredTensor> tensors,
                       const std::map<std::string, std::string>& metadata) {
  const std::vector<const StoredTensor*> ordered = in_order(tensors);
  const std::string header = made_header(ordered, metadata);
  const std::uint64_t size = header.size();
  std::vector<std::string_view> pieces = {{reinterpret_cast<const char*>(&size), sizeof size},
                                          header};
  for (const StoredTensor* tensor : ordered)
    pieces.emplace_back(reinterpret_cast<const char*>(tensor->bytes.data()), tensor->bytes.size());
  write_file_durably(path, pieces);
}

}  // namespace cupel::models
