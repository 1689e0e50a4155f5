/// A manifest in a folder, and the program on it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/cli.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace cupel::test {

/// `text` with its only `from` replaced.
inline std::string replaced(std::string text, std::string_view from, std::string_view to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

/// A folder below the build's own, so that the suite is written once for all tests.
inline std::filesystem::path cache_folder() {
  return std::filesystem::path(CUPEL_PLUGIN_EXAMPLES).parent_path() / "cache";
}
inline std::string cache_variable() { return "XDG_CACHE_HOME=" + cache_folder().string(); }

class Manifests {
 public:
  /// It becomes m.json.
  explicit Manifests(const std::string& manifest) { write_bytes(path("m.json"), manifest); }

  [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }

  /// cupel run m.json, into the store of this name.
  [[nodiscard]] Ran run(const std::string& store, const std::string& more = "") const {
    return run_with(cache_variable(),
                    "run " + path("m.json") + " --store " + path(store) + " " + more);
  }
  [[nodiscard]] Ran merge(const std::vector<std::string>& shards, const std::string& store) const {
    std::string words = "merge --store " + path(store);
    for (const std::string& shard : shards) words += " " + path(shard);
    return test::run(words);
  }
  /// The content digest, as the program prints it.
  [[nodiscard]] std::string digest(const std::string& store) const {
    const Ran checked = test::run("doctor --format json --store " + path(store));
    REQUIRE(checked.status == 0);
    const std::string key = "\"content_digest\": \"";
    const std::size_t at = checked.out.find(key);
    REQUIRE(at != std::string::npos);
    return checked.out.substr(at + key.size(), 64);
  }

 private:
  TempDir dir_;
};

}  // namespace cupel::test
