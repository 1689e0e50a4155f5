#include "tasks/readers/lines.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tasks/readers/readers.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

PartRows pairs(const std::string& smiles, const std::string& texts) {
  std::vector<FileText> files = {{.name = "s", .bytes = smiles}, {.name = "t", .bytes = texts}};
  return read_part({}, {.format = Format::kLines}, files, 5);
}

std::string message(const std::string& smiles, const std::string& texts) {
  return test::said_by([&] { return pairs(smiles, texts); });
}

}  // namespace

TEST_CASE("two files belong together line by line") {
  const PartRows rows = pairs("C\nCC\n", "first one\r\nsecond");
  CHECK(rows.in_files == 2);
  REQUIRE(rows.samples.size() == 2);
  CHECK(rows.samples[0] == Sample{.id = "5", .smiles = "C", .text = "first one", .labels = {}});
  CHECK(rows.samples[1] == Sample{.id = "6", .smiles = "CC", .text = "second", .labels = {}});
}

TEST_CASE("files of unequal length, blank lines and names beside SMILES are refused") {
  CHECK_THAT(message("C\nCC\n", "a\n"),
             ContainsSubstring("t:1: the file ends here") && ContainsSubstring("line 2"));
  CHECK_THAT(message("C\n", "a\nb\n"),
             ContainsSubstring("t:2: the file goes on; its partner ends at line 1"));
  CHECK_THAT(message("C\nCC\n", "a\n\n"), ContainsSubstring("t:2: the text is empty"));
  CHECK_THAT(message("C\n\nCC\n", "a\nb\nc\n"), ContainsSubstring("s:2: not one SMILES"));
}

TEST_CASE("a plain list has one SMILES a line") {
  std::vector<FileText> files = {{.name = "s", .bytes = "C\nCC\r\nCCC"}};
  const Part part{.format = Format::kSmiles};
  const PartRows rows = read_part({}, part, files, 0);
  REQUIRE(rows.samples.size() == 3);
  CHECK(rows.samples[1].smiles == "CC");
  CHECK(rows.samples[2].id == "2");
  files[0].bytes = "C methane\n";
  CHECK_THAT(test::said_by([&] { return read_part({}, part, files, 0); }),
             ContainsSubstring("s:1: not one SMILES") && ContainsSubstring("without names"));
}
