#include "models/weights/torch_archive.h"

#include <map>
#include <optional>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"
#include "harness/core/utf8.h"
#include "models/weights/gather.h"
#include "models/weights/pickle.h"
#include "models/weights/zip_directory.h"

namespace cupel::models {
namespace {

using Kind = Pickle::Kind;

constexpr const char* kSaveStateDict =
    "save the tensors alone: torch.save(model.state_dict(), 'new.pt')";

std::string shown(std::string_view name) { return quote(name, 200); }

/// The tensor as a view of its storage, in elements.
struct View {
  const Pickle::Value* storage = nullptr;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
};

/// Elements of the storage up to the last that the view reaches; nothing when beyond 63 bits.
std::optional<std::int64_t> reach(const View& view) {
  std::int64_t last = view.offset;
  if (last < 0) return std::nullopt;
  for (std::size_t i = 0; i < view.shape.size(); ++i) {
    if (view.shape[i] == 0) return 0;
    std::int64_t step = 0;
    if (__builtin_mul_overflow(view.shape[i] - 1, view.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last))
      return std::nullopt;
  }
  if (__builtin_add_overflow(last, 1, &last)) return std::nullopt;
  return last;
}

class ArchiveReader {
 public:
  ArchiveReader(std::string_view bytes, const std::string& origin)
      : origin_(origin),
        entries_(read_zip_directory(bytes, origin)),
        gatherer_(bytes.size(), origin) {}

  TensorContents read() {
    const std::string_view pickle_bytes = find_pickle();
    check_byte_order();
    const Pickle pickle(pickle_bytes, origin_);
    const Pickle::Value& dict = state_dict(pickle);
    for (std::size_t i = 0; i < dict.items.size(); i += 2) {
      const Pickle::Value& name = pickle.at(dict.items[i]);
      if (name.kind != Kind::kText)
        unusable(fmt::format("a key of its state dict is a {}, not a name",
                             shown(pickle.class_of(name))));
      add(pickle, name.text, pickle.at(dict.items[i + 1]));
    }
    contents_.copies = gatherer_.take();
    return std::move(contents_);
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const { fail_damaged(origin_, what); }
  [[noreturn]] void unusable(const std::string& what) const {
    throw Error(Code::kUsage, origin_ + ": " + what, kSaveStateDict);
  }

  /// All entries stand in one folder that has the name that the file had when it was saved.
  std::string_view find_pickle() {
    constexpr std::string_view kPickle = "/data.pkl";
    const std::string_view* found = nullptr;
    for (const auto& [name, content] : entries_) {
      if (!name.ends_with(kPickle) || name.find('/') != name.size() - kPickle.size()) continue;
      if (found != nullptr) damaged("a zip archive with two data.pkl");
      found = &content;
      folder_ = std::string(name.substr(0, name.size() - kPickle.size() + 1));
    }
    if (found == nullptr)
      throw Error(Code::kUsage, origin_ + ": a zip archive, but none of torch.save: no data.pkl",
                  "if it holds a weight file, unpack it and name that file");
    if (entries_.contains(folder_ + "constants.pkl"))
      throw Error(Code::kUsage, origin_ + ": a TorchScript program, of which nothing is run",
                  "torch.save(torch.jit.load('old.pt').state_dict(), 'new.pt')");
    return *found;
  }

  void check_byte_order() const {
    const auto entry = entries_.find(folder_ + "byteorder");  // PyTorch 2.1 and newer write it
    if (entry != entries_.end() && entry->second != "little")
      throw Error(Code::kUsage, fmt::format("{}: byte order '{}'", origin_, shown(entry->second)),
                  "save it on a machine with little-endian numbers");
  }

  const Pickle::Value& state_dict(const Pickle& pickle) const {
    const Pickle::Value& root = pickle.root();
    for (const std::string_view key : {"state_dict", "model"}) {
      const Pickle::Value* inner = pickle.find(root, key);
      if (inner != nullptr && inner->kind == Kind::kDict) return *inner;
    }
    if (root.kind != Kind::kDict)
      unusable(fmt::format("holds no state dict, but a '{}'", shown(pickle.class_of(root))));
    return root;
  }

  void add(const Pickle& pickle, std::string_view name, const Pickle::Value& value) {
    if (first_invalid_utf8(name)) damaged(fmt::format("the name '{}' is not UTF-8", shown(name)));
    if (!names_.emplace(name).second) damaged(fmt::format("tensor '{}' occurs twice", shown(name)));
    if (value.kind != Kind::kTensor)
      unusable(fmt::format("'{}' in its state dict is a '{}', not a tensor of a known type",
                           shown(name), shown(pickle.class_of(value))));
    const View view = view_of(pickle, name, value);
    StoredTensor tensor{
        .name = std::string(name), .type = view.storage->type, .shape = view.shape, .bytes = {}};
    // Names that are tied share one view: one copy, and one place in memory.
    const auto [at, is_new] = bytes_of_.try_emplace(
        std::tuple(view.storage->text, tensor.type, view.offset, view.shape, view.strides));
    if (is_new) at->second = bytes_of(name, view);
    tensor.bytes = at->second;
    contents_.tensors.push_back(std::move(tensor));
  }

  [[nodiscard]] View view_of(const Pickle& pickle, std::string_view name,
                             const Pickle::Value& tensor) const {
    auto shape = pickle.integers(tensor.items[1]);
    auto strides = pickle.integers(tensor.items[2]);
    if (!shape || !strides || shape->size() != strides->size())
      damaged(fmt::format("tensor '{}' has no proper shape and strides", shown(name)));
    return {.storage = &pickle.at(tensor.items[0]),
            .offset = tensor.integer,
            .shape = *std::move(shape),
            .strides = *std::move(strides)};
  }

  std::span<const std::byte> bytes_of(std::string_view name, const View& view) {
    const std::string_view storage = storage_of(name, *view.storage);
    const auto size = byte_count(view.storage->type, view.shape);
    const auto last = reach(view);
    if (!size || !last || *last > view.storage->integer)
      damaged(fmt::format("tensor '{}' of shape {} reaches beyond its storage", shown(name),
                          shape_text(view.shape)));
    if (*size == 0) return {};
    const std::size_t element = facts_of(view.storage->type).size;
    const auto tail =
        std::as_bytes(std::span(storage)).subspan(static_cast<std::size_t>(view.offset) * element);
    switch (layout_of(view.shape, view.strides)) {
      case Layout::kContiguous:
        return gatherer_.aligned(tail.first(*size), element);
      case Layout::kPermuted:
        return gatherer_.gathered(tail.data(), element, view.shape, view.strides);
      case Layout::kOther:
        break;
    }
    throw Error(
        Code::kUsage,
        fmt::format("{}: tensor '{}' of shape {} has strides {}: it is expanded or has gaps",
                    origin_, shown(name), shape_text(view.shape), shape_text(view.strides)),
        "save its copy: {name: tensor.contiguous() for name, tensor in state_dict.items()}");
  }

  [[nodiscard]] std::string_view storage_of(std::string_view name,
                                            const Pickle::Value& storage) const {
    const auto entry = entries_.find(fmt::format("{}data/{}", folder_, storage.text));
    if (entry == entries_.end())
      damaged(fmt::format("the storage '{}' of tensor '{}' is missing", shown(storage.text),
                          shown(name)));
    const auto size = byte_count(storage.type, {&storage.integer, 1});
    if (!size || *size != entry->second.size())
      damaged(fmt::format("the storage of tensor '{}' has {} bytes instead of {} elements of {}",
                          shown(name), entry->second.size(), storage.integer,
                          facts_of(storage.type).name));
    return entry->second;
  }

  const std::string& origin_;
  std::map<std::string_view, std::string_view> entries_;
  Gatherer gatherer_;
  std::string folder_;  // with its slash
  std::set<std::string_view> names_;
  std::map<std::tuple<std::string_view, ElementType, std::int64_t, std::vector<std::int64_t>,
                      std::vector<std::int64_t>>,
           std::span<const std::byte>>
      bytes_of_;
  TensorContents contents_;
};

}  // namespace

TensorContents read_torch_archive(std::string_view bytes, const std::string& origin) {
  return ArchiveReader(bytes, origin).read();
}

}  // namespace cupel::models
