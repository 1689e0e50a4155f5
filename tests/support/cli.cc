#include "tests/support/cli.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include <sys/wait.h>

#include "tests/support/paths.h"

namespace cupel::test {

std::string content(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

Ran run_with(const std::string& variables, const std::string& arguments) {
  const TempDir dir;
  const std::string command = "env -u CUPEL_DATA -u CUPEL_WORDPIECE -u CUPEL_PROTOCOL " +
                              variables + " " + CUPEL_PROGRAM + " " + arguments + " >" +
                              (dir / "out").string() + " 2>" + (dir / "err").string();
  const int status = std::system(command.c_str());
  return {.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
          .out = content(dir / "out"),
          .err = content(dir / "err")};
}

Ran run(const std::string& arguments) { return run_with("", arguments); }

}  // namespace cupel::test
