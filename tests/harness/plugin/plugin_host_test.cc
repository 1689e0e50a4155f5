#include "harness/plugin/plugin_host.h"

#include <algorithm>
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;

std::filesystem::path example(const std::string& name) {
  return std::filesystem::path(CUPEL_PLUGIN_EXAMPLES) / (name + ".so");
}

Code code_of(const std::filesystem::path& path, const std::string& expected) {
  try {
    (void)Plugin(path).describe();
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring(expected));
    return error.code();
  }
  FAIL("accepted");
  return Code::kStore;
}

}  // namespace

TEST_CASE("what is no plug-in of this version is refused by name") {
  CHECK(code_of(example("missing"), "no such plug-in") == Code::kCapability);
  CHECK(code_of(CUPEL_PROGRAM, "cannot be loaded") == Code::kCapability);
  CHECK(code_of(CUPEL_SOURCE_DIR "/LICENSE", "cannot be loaded") == Code::kCapability);
  CHECK(code_of(example("unresolved"), "nobody_has_this") == Code::kCapability);
  CHECK(code_of(example("no_plugin"), "is no plug-in") == Code::kUsage);
  CHECK(code_of(example("old_version"), "made for plug-in interface 1, this program has 3") ==
        Code::kCapability);
}

TEST_CASE("a plug-in that cannot describe itself says why") {
  CHECK(code_of(example("failing"), "plug-in failing: no device") == Code::kCapability);
  CHECK(code_of(example("careless"), "plug-in careless: let an exception out: escaped") ==
        Code::kIncomplete);
}

TEST_CASE("the LibTorch plug-in says what it runs on, beside sentencepiece in one process") {
  const auto modules = std::filesystem::path(CUPEL_MODULES);
  if (!std::filesystem::exists(modules / "cupel_torch.so"))
    SKIP("needs a build with LibTorch (CUPEL_WITH_TORCH)");
  const Plugin torch(modules / "cupel_torch.so");
  CHECK(torch.name() == "torch");
  const auto facts = torch.describe();
  const auto fact = [&](const std::string& key) {
    const auto at = std::ranges::find(facts, key, &std::pair<std::string, std::string>::first);
    return at == facts.end() ? std::string() : at->second;
  };
  CHECK_FALSE(fact("libtorch").empty());
  CHECK_THAT(fact("blas"), ContainsSubstring("blas"));
  CHECK(std::stod(fact("gemm-gflops")) > 0);
}
