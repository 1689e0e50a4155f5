#include "models/weights/checkpoint.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "harness/core/quote.h"

namespace cupel::models {
namespace {

bool is_floating(ElementType type) {
  using enum ElementType;
  return type == kFloat64 || type == kFloat32 || type == kFloat16 || type == kBFloat16;
}

/// `*` is any text, also none.
bool fits(std::string_view name, std::string_view pattern) {
  std::size_t n = 0;
  std::size_t p = 0;
  std::size_t star = std::string_view::npos;
  std::size_t retry = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      retry = n;
    } else if (p < pattern.size() && pattern[p] == name[n]) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++retry;
    } else {
      return false;
    }
  }
  return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

bool same_content(const StoredTensor& a, const StoredTensor& b) {
  if (a.type != b.type || a.shape != b.shape) return false;
  if (a.bytes.data() == b.bytes.data()) return true;
  return std::memcmp(a.bytes.data(), b.bytes.data(), a.bytes.size()) == 0;
}

class Matcher {
 public:
  Matcher(const TensorFile& file, const MatchOptions& options) : file_(file), options_(options) {
    for (const StoredTensor& tensor : file.tensors()) {
      const std::string_view name = tensor.name;
      if (name.starts_with(options.prefix))
        found_.emplace(name.substr(options.prefix.size()), &tensor);
    }
    if (!found_.empty()) return;
    if (file.tensors().empty()) fail("has no tensors", "is it the right file?");
    fail(fmt::format("has no tensor with the prefix '{}'", options.prefix),
         fmt::format("it has '{}'", quote(file.tensors().front().name, 200)));
  }

  std::vector<const StoredTensor*> match(std::span<const WantedTensor> wanted) {
    std::vector<const StoredTensor*> matched;
    for (const WantedTensor& want : wanted) matched.push_back(find(want));
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (matched[i] == nullptr && !wanted[i].optional) fail_missing(wanted, matched, i);
    }
    for (std::size_t i = 0; i < wanted.size(); ++i) {
      if (matched[i] != nullptr) check(wanted[i], *matched[i]);
    }
    if (!options_.lenient) check_unknown(wanted);
    return matched;
  }

 private:
  [[noreturn]] void fail(const std::string& what, const std::string& hint = {}) const {
    throw Error(Code::kUsage, file_.name() + ": " + what, hint);
  }

  [[nodiscard]] const StoredTensor* find_name(std::string_view name) const {
    const auto at = found_.find(name);
    return at == found_.end() ? nullptr : at->second;
  }

  const StoredTensor* find(const WantedTensor& want) {
    known_.insert(want.name);
    const StoredTensor* taken = find_name(want.name);
    for (const std::string& alias : want.aliases) {
      known_.insert(alias);
      if (taken == nullptr) taken = find_name(alias);
    }
    return taken;
  }

  /// Those that nobody has asked for.
  [[nodiscard]] std::vector<std::string> unknown() const {
    std::vector<std::string> names;
    for (const auto& [name, tensor] : found_) {
      const bool ignored = std::ranges::any_of(
          options_.ignored, [&](const std::string& pattern) { return fits(name, pattern); });
      if (!ignored && !known_.contains(name)) names.emplace_back(name);
    }
    return names;
  }

  [[noreturn]] void fail_missing(std::span<const WantedTensor> wanted,
                                 std::span<const StoredTensor* const> matched,
                                 std::size_t first) const {
    std::size_t others = 0;
    for (std::size_t i = first + 1; i < wanted.size(); ++i)
      others += matched[i] == nullptr && !wanted[i].optional ? 1 : 0;
    const WantedTensor& want = wanted[first];
    fail(fmt::format("tensor '{}' of shape {} is missing{}", options_.prefix + want.name,
                     shape_text(want.shape),
                     others == 0 ? "" : fmt::format(", and so are {} others", others)),
         hint_for(want.name));
  }

  [[nodiscard]] std::string hint_for(const std::string& name) const {
    for (const StoredTensor& tensor : file_.tensors()) {
      if (tensor.name.ends_with("." + name))
        return fmt::format("the file has '{}': is '{}' its prefix?", quote(tensor.name, 200),
                           quote(tensor.name.substr(0, tensor.name.size() - name.size()), 200));
    }
    const std::string near = nearest_name(name, unknown());
    return near.empty() ? "is it a file of this model?"
                        : fmt::format("the file has '{}'", quote(options_.prefix + near, 200));
  }

  void check(const WantedTensor& want, const StoredTensor& tensor) const {
    const std::string shown = quote(tensor.name, 200);
    if (tensor.type != want.type && !(is_floating(tensor.type) && is_floating(want.type)))
      fail(fmt::format("tensor '{}' holds {}; the model wants {}", shown,
                       facts_of(tensor.type).name, facts_of(want.type).name));
    if (tensor.shape != want.shape)
      fail(fmt::format("tensor '{}' has shape {}; the model wants {}", shown,
                       shape_text(tensor.shape), shape_text(want.shape)),
           "does the model's configuration belong to this file?");
    for (const std::string& name : want.aliases) {
      const StoredTensor* alias = find_name(name);
      if (alias != nullptr && !same_content(tensor, *alias))
        fail(fmt::format("tensors '{}' and '{}' differ; the model has one for both", shown,
                         quote(alias->name, 200)),
             "the file is of a model that does not tie them");
    }
  }

  void check_unknown(std::span<const WantedTensor> wanted) const {
    const std::vector<std::string> names = unknown();
    if (names.empty()) return;
    std::vector<std::string> candidates;
    for (const WantedTensor& want : wanted) candidates.push_back(want.name);
    const std::string near = nearest_name(names.front(), candidates);
    fail(fmt::format(
             "tensor '{}' of shape {} is not of the model{}",
             quote(options_.prefix + names.front(), 200),
             shape_text(find_name(names.front())->shape),
             names.size() == 1 ? "" : fmt::format(", and neither are {} others", names.size() - 1)),
         near.empty() ? "is it a file of this model?"
                      : fmt::format("the nearest that the model has is '{}'", near));
  }

  const TensorFile& file_;
  const MatchOptions& options_;
  std::map<std::string_view, const StoredTensor*> found_;  // by name without the prefix
  std::set<std::string, std::less<>> known_;
};

}  // namespace

std::vector<const StoredTensor*> match(const TensorFile& file, std::span<const WantedTensor> wanted,
                                       const MatchOptions& options) {
  return Matcher(file, options).match(wanted);
}

}  // namespace cupel::models
