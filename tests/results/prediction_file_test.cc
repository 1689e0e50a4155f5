#include "results/prediction_file.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <unistd.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using cupel::results::parse_prediction_file;
using cupel::results::read_prediction_file;

const std::string kHeader = "description\tground truth\toutput\n";

std::string complaint(const std::string& bytes, const std::string& task = "generation") {
  try {
    (void)parse_prediction_file(bytes, "f.tsv", task);
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    CHECK_FALSE(error.hint().empty());
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("columns are found by name, in any order, with others beside them") {
  const auto file = parse_prediction_file(
      "output\tscore\tdescription\tground truth\nCC\t1\tan alkane\tCCC\n", "f", "generation");
  REQUIRE(file.rows.size() == 1);
  CHECK(file.rows[0].input == "an alkane");
  CHECK(file.rows[0].reference == "CCC");
  CHECK(file.rows[0].prediction == "CC");
  CHECK(file.rows[0].line == 2);
}

TEST_CASE("quotes are ordinary characters, nothing is stripped, cells may be empty") {
  const auto file =
      parse_prediction_file(kHeader + "a \"b\tC\" \t\n\"\t C\t \n", "f", "generation");
  REQUIRE(file.rows.size() == 2);
  CHECK(file.rows[0].input == "a \"b");
  CHECK(file.rows[0].reference == "C\" ");
  CHECK(file.rows[0].prediction.empty());
  CHECK(file.rows[1].reference == " C");
  CHECK(file.rows[1].prediction == " ");
}

TEST_CASE("LF, CRLF and a lone CR end a line; empty lines are skipped and counted") {
  const auto file = parse_prediction_file(
      "description\tground truth\toutput\r\na\tb\tc\r\rd\te\tf\n\n\ng\th\ti", "f", "generation");
  REQUIRE(file.rows.size() == 3);
  CHECK(file.rows[0].prediction == "c");
  CHECK(file.rows[1].line == 4);
  CHECK(file.rows[2].prediction == "i");
  CHECK(file.rows[2].line == 7);
}

TEST_CASE("a byte order mark is skipped and multi-byte text kept") {
  const auto file =
      parse_prediction_file("\xEF\xBB\xBF" + kHeader + "25 \u2103\tC\tC\n", "f", "generation");
  CHECK(file.rows[0].input == "25 \u2103");
}

TEST_CASE("a damaged file is refused with line and remedy") {
  CHECK_THAT(complaint(""), ContainsSubstring("f.tsv: the file is empty"));
  CHECK_THAT(complaint("\n\n"), ContainsSubstring("no data rows"));
  CHECK_THAT(complaint(kHeader),
             ContainsSubstring("no data rows") && ContainsSubstring("header line only"));
  CHECK_THAT(complaint(kHeader + "a\tb\n"),
             ContainsSubstring("f.tsv:2: 2 cells; the header has 3"));
  CHECK_THAT(complaint(kHeader + "a\tb\tc\nd\te\tf\tg\n"), ContainsSubstring("f.tsv:3: 4 cells"));
  CHECK_THAT(complaint(kHeader + "a\tb\tc\n" + kHeader),
             ContainsSubstring("f.tsv:3: the header line is repeated"));
  CHECK_THAT(complaint(kHeader + "a\tb\tc\nd\te\xE9\tf\n"),
             ContainsSubstring("f.tsv:3: byte 0xE9 is not UTF-8"));
  CHECK_THAT(complaint(kHeader + std::string("a\tb\tc\n\0", 7)),
             ContainsSubstring("f.tsv:3: a NUL byte"));
  CHECK_THAT(complaint("\xFF\xFE"
                       "d"),
             ContainsSubstring("UTF-16"));
  CHECK_THAT(complaint("description\toutput\na\tb\n"),
             ContainsSubstring("no column 'ground truth'"));
  CHECK_THAT(complaint("description\tground truth\toutput\toutput\na\tb\tc\td\n"),
             ContainsSubstring("2 columns are called 'output'"));
  CHECK_THAT(complaint("description,ground truth,output\na,b,c\n"),
             ContainsSubstring("comma-separated"));
  CHECK_THAT(complaint(kHeader + "a\tb\tc\n", "captioning"),
             ContainsSubstring("is it --task generation?"));
  CHECK_THAT(complaint(kHeader + std::string((16 << 20) + 1, 'a') + "\tb\tc\n"),
             ContainsSubstring("f.tsv:2: the line is longer"));
}

TEST_CASE("paths that are no readable file are refused") {
  const cupel::test::TempDir dir;
  CHECK_THROWS_AS(read_prediction_file(dir / "missing.tsv", "generation"), cupel::Error);
  CHECK_THROWS_AS(read_prediction_file((dir / ".").parent_path(), "generation"), cupel::Error);
  CHECK_THROWS_AS(read_prediction_file("/dev/null", "generation"), cupel::Error);
  if (::geteuid() == 0) return;  // root reads everything
  std::ofstream(dir / "secret.tsv") << kHeader;
  std::filesystem::permissions(dir / "secret.tsv", std::filesystem::perms::none);
  CHECK_THROWS_AS(read_prediction_file(dir / "secret.tsv", "generation"), cupel::Error);
}

TEST_CASE("the published prediction files have 3,300 rows each") {
  for (const char* name : {"molt5-large-caption2smiles.txt", "molt5-small-caption2smiles.txt"}) {
    CHECK(read_prediction_file(cupel::test::real_data("molt5") / name, "generation").rows.size() ==
          3300);
  }
  for (const char* name : {"molt5-large-smiles2caption.txt", "t5-v1_1-small-smiles2caption.txt"}) {
    CHECK(read_prediction_file(cupel::test::real_data("molt5") / name, "captioning").rows.size() ==
          3300);
  }
}

TEST_CASE("the format follows the extension first and the content then") {
  using cupel::results::detect_format;
  CHECK(detect_format("a.jsonl", "a\tb") == "jsonl");
  CHECK(detect_format("a.csv", "a\tb") == "csv");
  CHECK(detect_format("a.tsv", "a,b") == "molt5");
  CHECK(detect_format("a.txt", "description\tground truth, said\toutput\n") == "molt5");
  CHECK(detect_format("a.txt", "\xEF\xBB\xBFinput,reference\n") == "csv");
  CHECK(detect_format("a", "\n {\"input\"") == "jsonl");
  CHECK(detect_format("a.out", "") == "molt5");
}

TEST_CASE("an unknown format is refused with the nearest name") {
  CHECK_THROWS_AS(parse_prediction_file("x", "f", {.task = "generation", .format = "jsnl"}),
                  cupel::Error);
}

TEST_CASE("columns of a table can be chosen by name") {
  const auto file = parse_prediction_file(
      "q\tanswer\tgiven\na\tb\tc\n", "f",
      {.task = "generation", .format = "molt5", .columns = {"q", "answer", "given"}});
  CHECK(file.rows.at(0).input == "a");
  CHECK(file.rows.at(0).reference == "b");
  CHECK(file.rows.at(0).prediction == "c");
}

TEST_CASE("bytes that are no text are called what they are") {
  CHECK_THAT(complaint("\x1F\x8B\x08"), ContainsSubstring("compressed (gzip)"));
  CHECK_THAT(complaint(kHeader + "a\t\x01\x02\x93\x8F\xFA\xFF\xD0\x07\tc\n"),
             ContainsSubstring("f.tsv:2: ") && ContainsSubstring("binary junk"));
  CHECK_THAT(complaint(kHeader + std::string("a\tb\tc\n\0", 7)), ContainsSubstring("binary junk"));
}

TEST_CASE("quoting that changed the number of cells is called by its name") {
  CHECK_THAT(complaint("\"description\"\t\"ground truth\"\t\"output\"\n\"a\"\t\"b\"\t\"c\"\n"),
             ContainsSubstring("the names stand in quotes"));
  CHECK_THAT(complaint(kHeader + "a\tb\tc d\te\tf\n"),
             ContainsSubstring("rows were merged") && ContainsSubstring("quoting"));
  CHECK_THAT(complaint(kHeader + "a\tb\t\"c\nd\te\tf\"\n" + "x\ty\n"),
             ContainsSubstring("f.tsv:4: 2 cells"));
  CHECK_THAT(complaint(kHeader + "\"a\tb\tc d\te\tf\"\n"),
             ContainsSubstring("5 cells") && ContainsSubstring("quoting merged"));
}
