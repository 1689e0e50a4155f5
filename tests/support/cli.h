/// The program as scripts see it.
#pragma once

#include <filesystem>
#include <string>

namespace cupel::test {

struct Ran {
  int status = -1;
  std::string out;
  std::string err;
};

/// Through a shell, with CUPEL_* variables of the caller removed. `arguments` are trusted shell
/// words.
[[nodiscard]] Ran run_with(const std::string& variables, const std::string& arguments);
[[nodiscard]] Ran run(const std::string& arguments);

/// The bytes of a file.
[[nodiscard]] std::string content(const std::filesystem::path& path);

}  // namespace cupel::test
