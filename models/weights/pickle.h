/// What a pickle of torch.save says about tensors. Nothing is ever executed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/weights/stored_tensor.h"

namespace cupel::models {

/// The values of one pickle (protocols 2 to 5 of Python's pickle, the opcodes that Pickler writes).
/// Known are texts, integers, tuples, dicts, and what torch.save makes a tensor of: typed storages,
/// torch._utils._rebuild_tensor_v2 and _rebuild_parameter, torch.Size, collections.OrderedDict.
/// Everything else (lists, floats, instances of any class, what any function would return) is
/// opaque: a name, of which no content is kept.
class Pickle {
 public:
  enum class Kind : std::uint8_t {
    kInteger,
    kText,
    kTuple,
    kDict,
    kTensor,
    kStorage,
    kGlobal,
    kOpaque,
  };
  using Ref = std::uint32_t;
  static constexpr std::size_t kMaxValues = std::size_t{4} << 20U;

  struct Value {
    Kind kind = Kind::kOpaque;
    ElementType type{};        ///< of a storage
    std::int64_t integer = 0;  ///< an integer, a storage's number of elements, a tensor's offset
    std::string_view text;     ///< a text (any bytes), a storage's key, an opaque value's class
    /// A tuple's items, a dict's keys and values in turn, a tensor's storage, shape and strides
    /// (the latter two tuples of anything).
    std::vector<Ref> items;
  };

  /// Values point into `bytes`. Work and memory are bounded by its size (at most 64 MiB): every
  /// opcode is looked at once, nothing is copied and nothing recursed into. Throws
  /// Error{kIntegrity} "origin: …" for what no Pickler writes, Error{kUsage} for more than
  /// kMaxValues values.
  Pickle(std::string_view bytes, const std::string& origin);

  Pickle(const Pickle&) = delete;
  Pickle& operator=(const Pickle&) = delete;

  [[nodiscard]] const Value& root() const { return values_[root_]; }
  [[nodiscard]] const Value& at(Ref ref) const { return values_[ref]; }
  /// What the text key leads to in a dict; null when absent.
  [[nodiscard]] const Value* find(const Value& dict, std::string_view key) const;
  /// The at most kMaxDimensions non-negative integers in a tuple; nothing when it is something
  /// else.
  [[nodiscard]] std::optional<std::vector<std::int64_t>> integers(Ref ref) const;
  /// Its class, for people.
  [[nodiscard]] std::string_view class_of(const Value& value) const;

 private:
  friend class PickleObjects;

  std::vector<Value> values_;
  std::map<std::string, Ref, std::less<>> names_;  // of globals and opaque values: one of each
  Ref root_ = 0;
};

}  // namespace cupel::models
