/// Where tests find files.
#pragma once

#include <filesystem>
#include <string>

namespace cupel::test {

/// tests/data/<name> of the checkout.
[[nodiscard]] std::filesystem::path data(const std::string& name);

/// tasks/suite/<name> of the checkout: the bundled examples.
[[nodiscard]] std::filesystem::path suite(const std::string& name);

/// $CUPEL_DATA/<name>; skips the running test case, naming what it lacks, when the variable or the
/// file is missing.
[[nodiscard]] std::filesystem::path real_data(const std::string& name);

/// A fresh folder, removed when this goes.
class TempDir {
 public:
  TempDir();
  ~TempDir();
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const {
    return path_ / name;
  }

 private:
  std::filesystem::path path_;
};

}  // namespace cupel::test
