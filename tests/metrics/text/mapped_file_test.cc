#include "metrics/text/mapped_file.h"

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "tests/support/paths.h"

namespace cupel::metrics {
namespace {

TEST_CASE("a mapped file shows its bytes") {
  const test::TempDir folder;
  write_file(folder / "full", "a\nb");
  write_file(folder / "empty", "");
  MappedFile file(folder / "full");
  CHECK(file.bytes() == "a\nb");
  const MappedFile moved(std::move(file));
  CHECK(moved.bytes() == "a\nb");
  CHECK(MappedFile(folder / "empty").bytes().empty());
}

TEST_CASE("what is no file cannot be mapped") {
  const test::TempDir folder;
  CHECK_THROWS_AS(MappedFile(folder / "nowhere"), Error);
  CHECK_THROWS_AS(MappedFile(folder / ""), Error);
}

}  // namespace
}  // namespace cupel::metrics
