#include <functional>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tasks/dataset.h"
#include "tasks/dataset_descriptor.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Change = std::function<void(DatasetDescriptor&)>;

DatasetDescriptor changed(const Change& change) {
  DatasetDescriptor set = dataset_registry().get("pcdes");
  set.labels = {"ab", "c"};
  change(set);
  return set;
}

}  // namespace

TEST_CASE("the digest of a set changes with everything that can change a row or its place") {
  const std::vector<Change> changes = {
      [](auto&) {},
      [](auto& set) { set.parts[0].files[0].sha256[0] ^= 1; },
      [](auto& set) { set.parts[0].files[0].path = "plain"; },
      [](auto& set) { std::swap(set.parts[0], set.parts[1]); },
      [](auto& set) { set.parts.pop_back(); },
      [](auto& set) { set.parts[0].format = Format::kCsv; },
      [](auto& set) { set.parts[0].columns.id.clear(); },
      [](auto& set) { set.parts[0].columns.smiles = "other"; },
      [](auto& set) { set.parts[0].columns.text = "other"; },
      [](auto& set) { set.parts[0].only_value = "test"; },
      [](auto& set) { set.parts[0].rows = 1; },
      [](auto& set) { set.parts[0].side = Side::kTest; },
      [](auto& set) { set.labels = {"a", "bc"}; },
      [](auto& set) { set.other_labels = 1; },
      [](auto& set) { set.unescape_backslashes = true; },
      [](auto& set) { set.unparsable = 0; },
      [](auto& set) { set.split.kind = SplitRule::Kind::kScaffold; },
      [](auto& set) { set.split.fractions = {7, 1, 2}; },
      [](auto& set) { set.split.seed = 1; },
      [](auto& set) { set.split.chirality = true; },
  };
  std::set<Digest> digests;
  for (const Change& change : changes) digests.insert(dataset_digest(changed(change)));
  CHECK(digests.size() == changes.size());
}

TEST_CASE("the digest of a set does not change with what is only said of it") {
  const Digest before = dataset_digest(changed([](auto&) {}));
  CHECK(before == dataset_digest(changed([](auto& set) {
          set.id = set.summary = set.licence = set.origin = set.obtain = set.note = "x";
          set.damage = set.split.source = "x";
          set.parts[0].files[0].path = "elsewhere.gz";
          set.sizes = {1, 2, 3};
        })));
}

TEST_CASE("no two sets that the program knows have one digest") {
  std::set<Digest> digests;
  for (const DatasetDescriptor& set : dataset_registry().entries())
    digests.insert(dataset_digest(set));
  CHECK(digests.size() == dataset_registry().entries().size());
}
