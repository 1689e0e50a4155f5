/// The values of a pickle while it is read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "models/weights/pickle.h"

namespace cupel::models {

/// Makes values, and knows what torch's classes and functions would make of others. Throws
/// Error{kIntegrity} for what torch.save would not write, Error{kUsage} for too many values.
class PickleObjects {
 public:
  using Ref = Pickle::Ref;
  using Kind = Pickle::Kind;

  PickleObjects(Pickle& pickle, const std::string& origin) : pickle_(pickle), origin_(origin) {}

  Ref add(Pickle::Value value);
  Ref integer(std::int64_t number) { return add({.kind = Kind::kInteger, .integer = number}); }
  Ref text(std::string_view bytes) { return add({.kind = Kind::kText, .text = bytes}); }
  Ref tuple(std::vector<Ref> items) {
    return add({.kind = Kind::kTuple, .items = std::move(items)});
  }
  Ref dict() { return add({.kind = Kind::kDict}); }
  /// The global or opaque value of this name.
  Ref named(std::string_view name);
  Ref global(std::string_view module, std::string_view name);

  /// ('storage', class, key, device, number of elements) of torch.save; opaque if the class is.
  Ref storage(Ref id);
  /// What a function returns for a tuple of arguments, without calling it.
  Ref returned(Ref function, Ref arguments);
  /// Of a class: opaque.
  Ref instance(Ref type);

  [[nodiscard]] Pickle::Value& value(Ref ref) { return pickle_.values_[ref]; }
  [[nodiscard]] bool is(Ref ref, Kind kind) const { return pickle_.values_[ref].kind == kind; }

  /// Byte of the opcode that is being followed, for messages.
  void set_position(std::size_t at) { position_ = at; }
  [[noreturn]] void damaged(const std::string& what) const;
  [[noreturn]] void too_many(const char* what) const;

 private:
  /// Storage, offset, shape, strides, requires_grad, hooks, and flags since torch 1.13.
  Ref tensor(const std::vector<Ref>& parts);

  Pickle& pickle_;
  const std::string& origin_;
  std::size_t position_ = 0;
};

}  // namespace cupel::models
