#include "tasks/readers/table.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

DatasetDescriptor labels(std::vector<std::string> names, std::size_t others = 0) {
  DatasetDescriptor set;
  set.labels = std::move(names);
  set.other_labels = others;
  return set;
}

PartRows table(const Part& part, const std::string& bytes, const DatasetDescriptor& set = {},
               std::size_t first_row = 0) {
  std::vector<FileText> files = {{.name = "t", .bytes = bytes}};
  return read_part(set, part, files, first_row);
}

std::string message(const Part& part, const std::string& bytes, const DatasetDescriptor& set = {}) {
  return test::said_by([&] { return table(part, bytes, set); });
}

const Part kTsv{.format = Format::kTsv,
                .columns = {.id = "CID", .smiles = "SMILES", .text = "description"}};
const Part kCsv{.format = Format::kCsv, .columns = {.id = {}, .smiles = "smiles", .text = {}}};
const std::string kHeader = "CID\tSMILES\tdescription\n";

}  // namespace

TEST_CASE("tab-separated rows keep quotes, spaces and the order of the file; CRLF is read") {
  const PartRows rows = table(kTsv, kHeader + "7\tCC\tit is \"ethane\". \n3\tC\\\\C\ta, b");
  REQUIRE(rows.samples.size() == 2);
  CHECK(rows.samples[0] ==
        Sample{.id = "7", .smiles = "CC", .text = "it is \"ethane\". ", .labels = {}});
  CHECK(rows.samples[1].smiles == "C\\\\C");
  CHECK(rows.samples[1].text == "a, b");
  const PartRows crlf = table(kTsv, "CID\tSMILES\tdescription\r\n7\tCC\tx\r\n");
  CHECK(crlf.samples.at(0).text == "x");
}

TEST_CASE("columns are found by name, and rows can be chosen by a column") {
  Part part = kTsv;
  part.only_column = "split";
  part.only_value = "train";
  const PartRows rows = table(
      part, "description\tsplit\tCID\tSMILES\na\ttrain\t1\tC\nb\ttest\t2\tCC\nc\ttrain\t3\tCCC\n");
  CHECK(rows.in_files == 3);
  REQUIRE(rows.samples.size() == 2);
  CHECK(rows.samples[1].id == "3");
  CHECK(rows.samples[1].smiles == "CCC");
}

TEST_CASE("damaged tab-separated tables are refused with file, line and remedy") {
  CHECK_THAT(message(kTsv, ""), ContainsSubstring("t:1: the file is empty"));
  CHECK_THAT(message(kTsv, "CID\tSMILE\tdescription\n"),
             ContainsSubstring("t:1: no column 'SMILES'") && ContainsSubstring("'SMILE'"));
  CHECK_THAT(message(kTsv, "CID\tSMILES\tSMILES\tdescription\n"),
             ContainsSubstring("two columns 'SMILES'"));
  CHECK_THAT(message(kTsv, kHeader + "1\tC\ta\n2\tC"),
             ContainsSubstring("t:3: 2 cells; the header has 3") && ContainsSubstring("cut off"));
  CHECK_THAT(message(kTsv, kHeader + "1\tC\ta\tb\n"), ContainsSubstring("t:2: 4 cells"));
  CHECK_THAT(message(kTsv, kHeader + "1\tC\ta\n\n2\tC\ta\n"), ContainsSubstring("t:3: 1 cells"));
  for (const char* row : {"\tC\ta", "1\t\ta", "1\tC\t"})
    CHECK_THAT(message(kTsv, kHeader + row), ContainsSubstring("t:2: an empty cell"));
}

TEST_CASE("labels are read by name in the layouts of chemprop and DeepChem") {
  const PartRows chemprop = table(kCsv, "smiles,a,b\nC,1,0\nCC,,1.0\n", labels({"b", "a"}), 10);
  CHECK(chemprop.labels == std::vector<std::string>{"b", "a"});
  REQUIRE(chemprop.samples.size() == 2);
  CHECK(chemprop.samples[0].labels == std::vector<std::int8_t>{-1, 1});
  CHECK(chemprop.samples[1].labels == std::vector<std::int8_t>{1, 0});
  CHECK(chemprop.samples[0].id == "10");
  const PartRows deepchem =
      table(kCsv, "num,name,p_np,smiles\r\n1,\"a, b\",0.0,C\r\n2,c,1,CC\r\n", labels({"p_np"}));
  CHECK(deepchem.samples.at(0).labels == std::vector<std::int8_t>{-1});
  CHECK(deepchem.samples.at(1).smiles == "CC");
}

TEST_CASE("all other columns can be labels, when they are as many as stated") {
  const std::string bytes = "smiles,a,\"b, c\"\nC,1,0\n";
  CHECK(table(kCsv, bytes, labels({}, 2)).labels == std::vector<std::string>{"a", "b, c"});
  CHECK_THAT(message(kCsv, bytes, labels({}, 3)),
             ContainsSubstring("t:1: 2 label columns; the descriptor says 3"));
  CHECK_THAT(message(kCsv, "smiles,a,a\nC,1,0\n", labels({}, 2)),
             ContainsSubstring("two columns 'a'"));
}

TEST_CASE("damaged label tables are refused with file, line and remedy") {
  CHECK_THAT(message(kCsv, "smiles,a\nC,1\nCC,2\n", labels({"a"})),
             ContainsSubstring("t:3: '2' in column 'a' is no label") && ContainsSubstring("0, 1"));
  CHECK_THAT(message(kCsv, "smiles,a\nC,-1\n", labels({"a"})), ContainsSubstring("'-1'"));
  CHECK_THAT(message(kCsv, "smiles,a\nC\n", labels({"a"})),
             ContainsSubstring("t:2: 1 cells; the header has 2"));
  CHECK_THAT(message(kCsv, "smiles,a\nC,\"1\n", labels({"a"})),
             ContainsSubstring("t:2: a quote is opened and never closed"));
  CHECK_THAT(message(kCsv, "smiles,a\n,1\n", labels({"a"})), ContainsSubstring("t:2: an empty"));
}
