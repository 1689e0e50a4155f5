#include "models/weights/pickle_objects.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel::models {
namespace {

using Ref = Pickle::Ref;

constexpr std::size_t kMaxNames = 65'536;
constexpr std::size_t kMaxName = 256;

/// Globals that mean something here; `integer` of a kGlobal.
enum Known : std::int64_t { kOrderedDict, kRebuildTensor, kRebuildParameter, kSize, kStorageClass };

struct KnownGlobal {
  Known known{};
  ElementType type{};
};

std::optional<KnownGlobal> known_global(std::string_view name) {
  if (name == "collections.OrderedDict") return KnownGlobal{.known = kOrderedDict};
  if (name == "torch._utils._rebuild_tensor_v2") return KnownGlobal{.known = kRebuildTensor};
  if (name == "torch._utils._rebuild_parameter") return KnownGlobal{.known = kRebuildParameter};
  if (name == "torch.Size") return KnownGlobal{.known = kSize};
  if (!name.starts_with("torch.")) return std::nullopt;
  const auto facts = std::ranges::find(kElementTypes, name.substr(6), &ElementTypeFacts::storage);
  if (facts == kElementTypes.end()) return std::nullopt;
  return KnownGlobal{.known = kStorageClass, .type = facts->type};
}

}  // namespace

void PickleObjects::damaged(const std::string& what) const {
  fail_damaged(origin_, fmt::format("its pickle at byte {}: {}", position_, what));
}

void PickleObjects::too_many(const char* what) const {
  throw Error(Code::kUsage, fmt::format("{}: its pickle has too many {}", origin_, what),
              "save the state dict alone");
}

Ref PickleObjects::add(Pickle::Value value) {
  if (pickle_.values_.size() >= Pickle::kMaxValues) too_many("values");
  pickle_.values_.push_back(std::move(value));
  return static_cast<Ref>(pickle_.values_.size() - 1);
}

Ref PickleObjects::named(std::string_view name) {
  if (const auto old = pickle_.names_.find(name); old != pickle_.names_.end()) return old->second;
  if (pickle_.names_.size() >= kMaxNames) too_many("classes");
  const auto at = pickle_.names_.emplace(name, 0).first;
  Pickle::Value value{.text = at->first};
  if (const auto known = known_global(name)) {
    value.kind = Kind::kGlobal;
    value.integer = known->known;
    value.type = known->type;
  }
  return at->second = add(std::move(value));
}

Ref PickleObjects::global(std::string_view module, std::string_view name) {
  if (module.size() > kMaxName || name.size() > kMaxName)
    damaged("the name of a class is too long");
  return named(fmt::format("{}.{}", module, name));
}

Ref PickleObjects::storage(Ref id) {
  const std::vector<Ref>& parts = value(id).items;
  if (!is(id, Kind::kTuple) || parts.size() != 5 || !is(parts[0], Kind::kText) ||
      value(parts[0]).text != "storage" || !is(parts[2], Kind::kText) ||
      !is(parts[4], Kind::kInteger) || value(parts[4]).integer < 0)
    damaged("refers to something else than a storage");
  const Pickle::Value& type = value(parts[1]);
  if (type.kind == Kind::kOpaque) return parts[1];
  if (type.kind != Kind::kGlobal || type.integer != kStorageClass)
    damaged("a storage of no known class");
  return add({.kind = Kind::kStorage,
              .type = type.type,
              .integer = value(parts[4]).integer,
              .text = value(parts[2]).text});
}

Ref PickleObjects::tensor(const std::vector<Ref>& parts) {
  if (parts.size() != 6 && parts.size() != 7) damaged("a tensor of the wrong number of parts");
  if (is(parts[0], Kind::kOpaque)) return parts[0];
  if (!is(parts[0], Kind::kStorage) || !is(parts[1], Kind::kInteger) ||
      !is(parts[2], Kind::kTuple) || !is(parts[3], Kind::kTuple))
    damaged("a tensor of the wrong parts");
  for (std::size_t i = 5; i < parts.size(); ++i) {
    if (!is(parts[i], Kind::kDict) || !value(parts[i]).items.empty())
      return named("tensor with hooks or flags");
  }
  return add({.kind = Kind::kTensor,
              .integer = value(parts[1]).integer,
              .items = {parts[0], parts[2], parts[3]}});
}

Ref PickleObjects::returned(Ref function, Ref arguments) {
  if (!is(arguments, Kind::kTuple)) damaged("arguments that are no tuple");
  if (is(function, Kind::kOpaque)) return function;
  if (!is(function, Kind::kGlobal)) damaged("calls what is no function");
  const std::vector<Ref> parts = value(arguments).items;
  switch (value(function).integer) {
    case kOrderedDict:
      if (parts.empty()) return dict();
      break;
    case kRebuildTensor:
      return tensor(parts);
    case kRebuildParameter:
      if (parts.size() != 3 || !(is(parts[0], Kind::kTensor) || is(parts[0], Kind::kOpaque)))
        damaged("a parameter of the wrong parts");
      return parts[0];
    case kSize:
      if (parts.size() != 1 || !is(parts[0], Kind::kTuple)) damaged("a torch.Size of no tuple");
      return parts[0];
    default:
      break;
  }
  return instance(function);
}

Ref PickleObjects::instance(Ref type) {
  if (is(type, Kind::kOpaque)) return type;
  if (!is(type, Kind::kGlobal)) damaged("an instance of what is no class");
  return named(fmt::format("instance of {}", value(type).text));
}

}  // namespace cupel::models
