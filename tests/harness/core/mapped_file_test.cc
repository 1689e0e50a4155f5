#include "harness/core/mapped_file.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/file.h"
#include "tests/support/paths.h"

namespace cupel {
namespace {

TEST_CASE("a mapped file shows its bytes") {
  const test::TempDir folder;
  write_file(folder / "full", "a\nb");
  write_file(folder / "empty", "");
  MappedFile file(folder / "full", Code::kUsage);
  CHECK(file.bytes() == "a\nb");
  const MappedFile moved(std::move(file));
  CHECK(moved.bytes() == "a\nb");
  CHECK(MappedFile(folder / "empty", Code::kUsage).bytes().empty());
}

TEST_CASE("what is no file cannot be mapped") {
  const test::TempDir folder;
  CHECK_THROWS_AS(MappedFile(folder / "nowhere", Code::kUsage), Error);
  CHECK_THROWS_AS(MappedFile(folder / "", Code::kUsage), Error);
}

}  // namespace
}  // namespace cupel
