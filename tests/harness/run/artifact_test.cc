#include "harness/run/artifact.h"

#include <cstdlib>
#include <filesystem>
#include <string>
#include <thread>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/datasets.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;

Digest number(std::uint8_t byte) {
  Digest digest{};
  digest.fill(byte);
  return digest;
}

/// A finished artefact of two files.
Artifact finished(const test::TempDir& dir) {
  const Artifact artifact(dir / "all", number(1));
  artifact.begin();
  fs::create_directories(artifact.partial() / "b");
  test::write_bytes(artifact.partial() / "b/weights", "abc");
  test::write_bytes(artifact.partial() / "a", "");
  (void)artifact.seal("{}", 1.5);
  return artifact;
}

}  // namespace

TEST_CASE("an artefact gets its name when it is whole, with the digests of its files") {
  const test::TempDir dir;
  const Artifact artifact(dir / "all", number(1));
  CHECK_FALSE(artifact.begun());
  artifact.begin();
  CHECK(artifact.begun());
  fs::create_directories(artifact.partial() / "b");
  test::write_bytes(artifact.partial() / "b/weights", "abc");
  test::write_bytes(artifact.partial() / "a", "");
  CHECK_FALSE(artifact.finished());
  const results::StageEnd end = artifact.seal("{}", 1.5);
  CHECK(artifact.finished());
  CHECK_FALSE(artifact.begun());
  CHECK(artifact.path().filename() == to_hex(number(1)));
  // printf '' >a; mkdir b; printf abc >b/weights; sha256sum a b/weights | sha256sum (coreutils 9.7)
  CHECK(
      to_hex(end.artifact) ==
      sha256_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a\n"
                 "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b/weights\n"));
  CHECK(artifact.verify("{}") == end);
  CHECK(end.seconds == 1.5);
}

TEST_CASE("whatever is changed in an artefact is named, with the remedy") {
  const auto said = [](const Artifact& artifact, const std::string& config = "{}") {
    return test::said_by([&] { return artifact.verify(config).seconds; });
  };
  const std::string remedy = "// delete ";
  {
    const test::TempDir dir;
    const Artifact artifact = finished(dir);
    test::write_bytes(artifact.path() / "b/weights", "abd");
    CHECK_THAT(said(artifact),
               StartsWith("5: ") &&
                   ContainsSubstring("b/weights: expected 3 bytes with the SHA-256 ba7816bf") &&
                   ContainsSubstring(", found 3 with a52d159f") && ContainsSubstring(remedy));
  }
  {
    const test::TempDir dir;
    const Artifact artifact = finished(dir);
    fs::remove(artifact.path() / "a");
    CHECK_THAT(said(artifact), StartsWith("5: ") && ContainsSubstring("/a: is not there"));
  }
  {
    const test::TempDir dir;
    const Artifact artifact = finished(dir);
    test::write_bytes(artifact.path() / "c", "");
    CHECK_THAT(said(artifact), StartsWith("5: ") && ContainsSubstring("/c: was not there when"));
    CHECK_THAT(said(artifact, "{1}"), ContainsSubstring("stage.json: is of another stage"));
    test::write_bytes(artifact.path() / "stage.json", "{");
    CHECK_THAT(said(artifact), StartsWith("5: ") && ContainsSubstring("stage.json:1:"));
    fs::remove(artifact.path() / "stage.json");
    CHECK_THAT(said(artifact), StartsWith("5: ") && ContainsSubstring("stage.json: "));
  }
}

TEST_CASE("a stage must leave files, and no other things, and not call one like the seal") {
  const test::TempDir dir;
  const Artifact artifact(dir / "all", number(2));
  const auto said = [&] { return test::said_by([&] { return artifact.seal("{}", 0).seconds; }); };
  artifact.begin();
  CHECK_THAT(said(), StartsWith("4: ") && ContainsSubstring("ended without any file"));
  fs::create_symlink("/etc/passwd", artifact.partial() / "x");
  CHECK_THAT(said(), StartsWith("4: ") && ContainsSubstring("/x: is no regular file"));
  fs::remove(artifact.partial() / "x");
  test::write_bytes(artifact.partial() / "stage.json", "mine");
  CHECK_THAT(said(), StartsWith("4: ") && ContainsSubstring("left a file 'stage.json'"));
  // Ours, of a process that was killed just before the last step.
  artifact.begin();
  CHECK_FALSE(fs::exists(artifact.partial() / "stage.json"));
}

TEST_CASE("a folder that cannot be made is said with the flag that names another") {
  const test::TempDir dir;
  test::write_bytes(dir / "file", "");
  const Artifact artifact(dir / "file", number(3));
  const std::string said = test::said_by([&] {
    artifact.begin();
    return 0;
  });
  CHECK_THAT(said, StartsWith("2: ") && ContainsSubstring("--artifacts names another folder"));
  CHECK_THAT(test::said_by([&] {
               const StageLock lock(artifact.lock(), [] {});
               return 0;
             }),
             StartsWith("2: ") && ContainsSubstring("--artifacts names another folder"));
}

TEST_CASE("a stage is trained by one process at a time") {
  const test::TempDir dir;
  int waited = 0;
  const fs::path path = dir / "new/l";
  auto first = std::make_unique<StageLock>(path, [&] { ++waited; });
  CHECK(waited == 0);
  struct Tired {};
  CHECK_THROWS_AS(StageLock(path, [] { throw Tired(); }), Tired);
  const StageLock second(path, [&] {
    ++waited;
    first.reset();
  });
  CHECK(waited == 1);
}
