/// What scripts of tests/oracle compute with too much weight to be kept here.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>

namespace cupel::nn::test {

/// $CUPEL_PARITY/<name>; skips the running test case, naming the script, when it is not there.
inline std::filesystem::path parity(const std::string& name, const std::string& script) {
  const char* folder = std::getenv("CUPEL_PARITY");
  if (folder == nullptr)
    SKIP("CUPEL_PARITY names no folder; tests/oracle/" + script + " makes one");
  std::filesystem::path path = std::filesystem::path(folder) / name;
  if (!std::filesystem::exists(path))
    SKIP(path.string() + " does not exist; tests/oracle/" + script + " makes it");
  return path;
}

}  // namespace cupel::nn::test
