#include "tests/support/paths.h"

#include <cstdlib>
#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

namespace cupel::test {

std::filesystem::path data(const std::string& name) {
  return std::filesystem::path(CUPEL_SOURCE_DIR) / "tests" / "data" / name;
}

std::filesystem::path suite(const std::string& name) {
  return std::filesystem::path(CUPEL_SOURCE_DIR) / "tasks" / "suite" / name;
}

std::filesystem::path real_data(const std::string& name) {
  const char* root = std::getenv("CUPEL_DATA");
  if (root == nullptr || *root == '\0')
    SKIP("needs real data: set CUPEL_DATA to a folder that has " + name);
  std::filesystem::path path = std::filesystem::path(root) / name;
  if (!std::filesystem::exists(path)) SKIP("needs real data: " + path.string() + " is missing");
  return path;
}

TempDir::TempDir() {
  std::string pattern = (std::filesystem::temp_directory_path() / "cupel-test-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr)
    throw std::runtime_error("cannot make a temporary folder");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace cupel::test
