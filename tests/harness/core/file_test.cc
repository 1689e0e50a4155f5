#include "harness/core/file.h"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/stat.h>
#include <unistd.h>
#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "tests/support/paths.h"

namespace fs = std::filesystem;
using cupel::read_file;
using cupel::write_file;
using cupel::write_file_durably;
using cupel::test::TempDir;

namespace {

/// The error that `action` ends with; it must name `path`.
template <typename Action>
std::string failure(const fs::path& path, const Action& action) {
  try {
    action();
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    const std::string what = error.what();
    CHECK(what.starts_with(path.string() + ": "));
    return what.substr(path.string().size() + 2);
  }
  return "no failure";
}

std::string read_failure(const fs::path& path, std::size_t limit = 1000) {
  return failure(path, [&] { (void)read_file(path, limit); });
}

std::string write_failure(const fs::path& path) {
  return failure(path, [&] { write_file(path, "x"); });
}

std::size_t entries(const fs::path& folder) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator(folder), fs::directory_iterator()));
}

}  // namespace

TEST_CASE("What is written is read back, byte for byte") {
  const TempDir folder;
  std::string bytes = "line\r\n\n\xFF\xFE";
  bytes += '\0';
  for (const std::string& content : {bytes, std::string(), std::string(3'000'000, 'x')}) {
    write_file(folder / "file", content);
    CHECK(read_file(folder / "file") == content);
  }
  CHECK(entries(folder / "") == 1);
}

TEST_CASE("Files that cannot be read say why") {
  const TempDir folder;
  CHECK(read_failure(folder / "missing") == "No such file or directory");
  CHECK(read_failure(folder / "") == "is a directory");
  write_file(folder / "file", "12345");
  CHECK(read_failure(folder / "file", 4) == "has 5 bytes; at most 4 are read");
  CHECK(read_file(folder / "file", 5) == "12345");
  CHECK(read_failure(folder / "file/below") == "Not a directory");
  CHECK(read_failure("/dev/null") == "is not a regular file");
  fs::create_symlink(folder / "nowhere", folder / "dangling");
  CHECK(read_failure(folder / "dangling") == "No such file or directory");
}

TEST_CASE("A pipe is refused at once, even when nobody writes to it") {
  const TempDir folder;
  REQUIRE(::mkfifo((folder / "pipe").c_str(), 0600) == 0);
  CHECK(read_failure(folder / "pipe") == "is not a regular file");
}

TEST_CASE("A file without permission is refused") {
  if (::geteuid() == 0) SKIP("the superuser reads every file");
  const TempDir folder;
  write_file(folder / "secret", "x");
  fs::permissions(folder / "secret", fs::perms::none);
  CHECK(read_failure(folder / "secret") == "Permission denied");
}

TEST_CASE("A huge file is refused by its size, before memory is asked for") {
  const TempDir folder;
  write_file(folder / "sparse", "");
  fs::resize_file(folder / "sparse", std::uintmax_t{1} << 40U);
  CHECK(read_failure(folder / "sparse", std::size_t{1} << 30U)
            .starts_with("has 1099511627776 bytes"));
}

TEST_CASE("Places that cannot be written to say why, and nothing is left there") {
  const TempDir folder;
  CHECK(write_failure(folder / "missing/file") == "cannot be written: No such file or directory");
  CHECK(write_failure(folder / "") == "is a directory");
  write_file(folder / "file", "old");
  CHECK(write_failure(folder / "file/below") == "cannot be written: Not a directory");
  CHECK(read_file(folder / "file") == "old");
  CHECK(entries(folder / "") == 1);
}

TEST_CASE("A name too long and a loop of links are errors of the path") {
  const TempDir folder;
  CHECK(write_failure(folder / std::string(300, 'n')) == "cannot be written: File name too long");
  fs::create_symlink(folder / "loop", folder / "loop");
  CHECK(write_failure(folder / "loop/file") ==
        "cannot be written: Too many levels of symbolic links");
  CHECK(read_failure(folder / "loop") == "Too many levels of symbolic links");
}

TEST_CASE("A folder without permission is refused") {
  if (::geteuid() == 0) SKIP("the superuser writes everywhere");
  const TempDir folder;
  fs::create_directory(folder / "closed");
  fs::permissions(folder / "closed", fs::perms::owner_read | fs::perms::owner_exec);
  CHECK(write_failure(folder / "closed/file") == "cannot be written: Permission denied");
  fs::permissions(folder / "closed", fs::perms::owner_all);
}

TEST_CASE("What is costly is written in pieces, all of it or nothing") {
  const TempDir folder;
  const std::string large(3'000'000, 'x');
  const std::vector<std::string_view> pieces = {"ab", "", large, "c"};
  write_file_durably(folder / "file", pieces);
  CHECK(read_file(folder / "file") == "ab" + large + "c");
  CHECK(failure(folder / "none/file", [&] { write_file_durably(folder / "none/file", pieces); }) ==
        "cannot be written: No such file or directory");
  CHECK(entries(folder / "") == 1);
}

TEST_CASE("A reader sees a whole file while writers replace it") {
  const TempDir folder;
  const fs::path path = folder / "shared";
  write_file(path, std::string(200'000, 'a'));
  {
    std::vector<std::jthread> writers;
    for (const char letter : {'a', 'b'}) {
      writers.emplace_back([&path, letter] {
        for (int i = 0; i < 100; ++i) write_file(path, std::string(200'000, letter));
      });
    }
    for (int i = 0; i < 200; ++i) {
      const std::string bytes = read_file(path);
      if (bytes != std::string(200'000, bytes.at(0))) FAIL("a torn file");
    }
  }
  CHECK(entries(folder / "") == 1);
}

TEST_CASE("Writing replaces a link to a file, not the file behind it") {
  const TempDir folder;
  write_file(folder / "original", "old");
  fs::create_symlink(folder / "original", folder / "link");
  write_file(folder / "link", "new");
  CHECK(read_file(folder / "original") == "old");
  CHECK(read_file(folder / "link") == "new");
}

TEST_CASE("A pipe or device is never replaced by a file") {
  const TempDir folder;
  const fs::path pipe = folder / "pipe";
  REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);
  CHECK(write_failure(pipe) == "is not a regular file");
  CHECK(fs::is_fifo(pipe));
}
