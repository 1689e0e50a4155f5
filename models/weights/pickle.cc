#include "models/weights/pickle.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "models/weights/little_endian.h"
#include "models/weights/pickle_objects.h"

namespace cupel::models {
namespace {

using Ref = Pickle::Ref;
using Kind = Pickle::Kind;

constexpr std::size_t kMaxBytes = std::size_t{64} << 20U;
constexpr std::size_t kMaxMarks = 10'000;
constexpr Ref kNothing = ~Ref{0};

/// The stack machine. An opcode belongs to one of four groups.
class PickleMachine {
 public:
  PickleMachine(Pickle& pickle, std::string_view bytes, const std::string& origin)
      : objects_(pickle, origin), bytes_(bytes) {}

  /// The value that is left at the end.
  Ref run() {
    for (;;) {
      objects_.set_position(at_);
      const auto opcode = number<std::uint8_t>();
      if (opcode == '.') break;
      if (!scalar(opcode) && !container(opcode) && !memory(opcode) && !object(opcode))
        objects_.damaged(fmt::format("opcode 0x{:02x} is none that torch.save writes", opcode));
    }
    const Ref root = pop();
    if (!stack_.empty() || !marks_.empty() || at_ != bytes_.size())
      objects_.damaged("ends before its end");
    return root;
  }

 private:
  std::string_view take(std::uint64_t size) {
    if (size > bytes_.size() - at_) objects_.damaged("ends early");
    const std::string_view taken = bytes_.substr(at_, size);
    at_ += size;
    return taken;
  }
  template <typename Number>
  Number number() {
    return read_little<Number>(take(sizeof(Number)), 0);
  }
  std::string_view line() {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) objects_.damaged("ends early");
    const std::string_view text = take(end - at_);
    ++at_;
    return text;
  }

  bool push(Ref ref) {
    stack_.push_back(ref);
    return true;
  }
  /// Values below a mark belong to whatever the mark began.
  [[nodiscard]] std::size_t base() const { return marks_.empty() ? 0 : marks_.back(); }
  Ref pop() {
    if (stack_.size() <= base()) objects_.damaged("takes a value that is not there");
    const Ref ref = stack_.back();
    stack_.pop_back();
    return ref;
  }
  Ref top() {
    const Ref ref = pop();
    push(ref);
    return ref;
  }
  std::vector<Ref> pop_many(std::size_t count) {
    if (stack_.size() - base() < count) objects_.damaged("takes values that are not there");
    const auto first = stack_.end() - static_cast<std::ptrdiff_t>(count);
    std::vector<Ref> items(first, stack_.end());
    stack_.erase(first, stack_.end());
    return items;
  }
  std::vector<Ref> pop_to_mark() {
    if (marks_.empty()) objects_.damaged("takes values that are not there");
    std::vector<Ref> items = pop_many(stack_.size() - marks_.back());
    marks_.pop_back();
    return items;
  }

  // --- opcodes: pickletools of CPython 3.13 documents each

  bool text(std::uint64_t size) { return push(objects_.text(take(size))); }
  bool skipped(std::string_view class_name, std::uint64_t size) {
    take(size);
    return push(objects_.named(class_name));
  }
  /// Two's complement of any length.
  bool long_integer(std::uint64_t size) {
    const std::string_view digits = take(size);
    if (digits.size() > sizeof(std::int64_t)) return push(objects_.named("int beyond 64 bits"));
    std::uint64_t bits = !digits.empty() && (digits.back() & 0x80) != 0 ? ~std::uint64_t{0} : 0;
    for (auto digit = digits.rbegin(); digit != digits.rend(); ++digit)
      bits = bits << 8U | static_cast<std::uint8_t>(*digit);
    return push(objects_.integer(static_cast<std::int64_t>(bits)));
  }

  bool scalar(std::uint8_t opcode) {
    switch (opcode) {
      case 'N':
        return push(objects_.named("None"));
      case 0x88:
      case 0x89:
        return push(objects_.named("bool"));
      case 'K':
        return push(objects_.integer(number<std::uint8_t>()));
      case 'M':
        return push(objects_.integer(number<std::uint16_t>()));
      case 'J':
        return push(objects_.integer(number<std::int32_t>()));
      case 0x8a:
        return long_integer(number<std::uint8_t>());
      case 0x8b:
        return long_integer(number<std::uint32_t>());
      case 'G':
        return skipped("float", 8);
      case 0x8c:
        return text(number<std::uint8_t>());
      case 'X':
        return text(number<std::uint32_t>());
      case 0x8d:
        return text(number<std::uint64_t>());
      case 'C':
        return skipped("bytes", number<std::uint8_t>());
      case 'B':
        return skipped("bytes", number<std::uint32_t>());
      case 0x8e:
        return skipped("bytes", number<std::uint64_t>());
      case 0x96:
        return skipped("bytearray", number<std::uint64_t>());
      default:
        return false;
    }
  }

  /// What is added to an opaque value is dropped.
  bool set_items(const std::vector<Ref>& items) {
    Pickle::Value& value = objects_.value(top());
    if (items.size() % 2 != 0) objects_.damaged("a key without a value");
    if (value.kind == Kind::kDict)
      value.items.insert(value.items.end(), items.begin(), items.end());
    else if (value.kind != Kind::kOpaque)
      objects_.damaged("sets an item of what has none");
    return true;
  }
  bool append_items() {
    if (!objects_.is(top(), Kind::kOpaque)) objects_.damaged("appends to what is no list");
    return true;
  }

  bool container(std::uint8_t opcode) {
    switch (opcode) {
      case '}':
        return push(objects_.dict());
      case ']':
        return push(objects_.named("list"));
      case 0x8f:
        return push(objects_.named("set"));
      case ')':
        return push(objects_.tuple({}));
      case 0x85:
      case 0x86:
      case 0x87:
        return push(objects_.tuple(pop_many(opcode - 0x84U)));
      case 't':
        return push(objects_.tuple(pop_to_mark()));
      case 0x91:
        pop_to_mark();
        return push(objects_.named("frozenset"));
      case 's':
        return set_items(pop_many(2));
      case 'u':
        return set_items(pop_to_mark());
      case 'a':
        pop();
        return append_items();
      case 'e':
      case 0x90:
        pop_to_mark();
        return append_items();
      default:
        return false;
    }
  }

  bool remember(std::size_t place) {
    if (place >= Pickle::kMaxValues) objects_.too_many("values");
    if (place >= memo_.size()) memo_.resize(place + 1, kNothing);
    memo_[place] = top();
    return true;
  }
  bool recall(std::size_t place) {
    if (place >= memo_.size() || memo_[place] == kNothing)
      objects_.damaged("recalls a value that is not there");
    return push(memo_[place]);
  }

  bool memory(std::uint8_t opcode) {
    switch (opcode) {
      case '(':
        if (marks_.size() >= kMaxMarks) objects_.damaged("is nested too deep");
        marks_.push_back(stack_.size());
        return true;
      case '0':
        pop();
        return true;
      case '1':
        pop_to_mark();
        return true;
      case 'q':
        return remember(number<std::uint8_t>());
      case 'r':
        return remember(number<std::uint32_t>());
      case 0x94:
        return remember(memo_.size());
      case 'h':
        return recall(number<std::uint8_t>());
      case 'j':
        return recall(number<std::uint32_t>());
      case 0x80:
        if (number<std::uint8_t>() > 5) objects_.damaged("a protocol beyond 5");
        return true;
      case 0x95:
        if (number<std::uint64_t>() > bytes_.size() - at_) objects_.damaged("ends early");
        return true;
      default:
        return false;
    }
  }

  bool object(std::uint8_t opcode) {
    switch (opcode) {
      case 'c': {
        const std::string_view module = line();
        return push(objects_.global(module, line()));
      }
      case 0x93: {
        const std::vector<Ref> parts = pop_many(2);
        if (!objects_.is(parts[0], Kind::kText) || !objects_.is(parts[1], Kind::kText))
          objects_.damaged("the name of a class is no text");
        return push(objects_.global(objects_.value(parts[0]).text, objects_.value(parts[1]).text));
      }
      case 'Q':
        return push(objects_.storage(pop()));
      case 'R': {
        const std::vector<Ref> parts = pop_many(2);
        return push(objects_.returned(parts[0], parts[1]));
      }
      case 0x81:
        return push(objects_.instance(pop_many(2)[0]));
      case 0x92:
        return push(objects_.instance(pop_many(3)[0]));
      case 'b':
        pop();
        // An OrderedDict has attributes, such as the versions of a state dict's modules.
        if (!objects_.is(top(), Kind::kOpaque) && !objects_.is(top(), Kind::kDict))
          objects_.damaged("a state for no object");
        return true;
      default:
        return false;
    }
  }

  PickleObjects objects_;
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::vector<Ref> stack_;
  std::vector<std::size_t> marks_;  // sizes of the stack
  std::vector<Ref> memo_;
};

}  // namespace

Pickle::Pickle(std::string_view bytes, const std::string& origin) {
  if (bytes.size() > kMaxBytes)
    throw Error(Code::kUsage,
                fmt::format("{}: a pickle of {} bytes; at most {} are read", origin, bytes.size(),
                            kMaxBytes),
                "save the state dict alone");
  root_ = PickleMachine(*this, bytes, origin).run();
}

const Pickle::Value* Pickle::find(const Value& dict, std::string_view key) const {
  for (std::size_t i = 0; dict.kind == Kind::kDict && i < dict.items.size(); i += 2) {
    const Value& name = at(dict.items[i]);
    if (name.kind == Kind::kText && name.text == key) return &at(dict.items[i + 1]);
  }
  return nullptr;
}

std::optional<std::vector<std::int64_t>> Pickle::integers(Ref ref) const {
  std::vector<std::int64_t> numbers;
  if (at(ref).kind != Kind::kTuple || at(ref).items.size() > kMaxDimensions) return std::nullopt;
  for (const Ref item : at(ref).items) {
    if (at(item).kind != Kind::kInteger || at(item).integer < 0) return std::nullopt;
    numbers.push_back(at(item).integer);
  }
  return numbers;
}

std::string_view Pickle::class_of(const Value& value) const {
  switch (value.kind) {
    case Kind::kInteger:
      return "int";
    case Kind::kText:
      return "str";
    case Kind::kTuple:
      return "tuple";
    case Kind::kDict:
      return "dict";
    case Kind::kTensor:
      return "tensor";
    case Kind::kStorage:
      return "storage";
    case Kind::kGlobal:
    case Kind::kOpaque:
      return value.text;
  }
  return {};
}

}  // namespace cupel::models
