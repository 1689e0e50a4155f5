#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "harness/core/gzip.h"
#include "tasks/readers/readers.h"
#include "tests/support/datasets.h"

namespace {

using namespace cupel;
using namespace cupel::tasks;
using Catch::Matchers::ContainsSubstring;

const Part kPart{.format = Format::kPubChemStm,
                 .columns = {.id = "CID", .smiles = "SMILES", .text = {}}};
const std::string kSmiles = ",CID,SMILES\n0,1,C\n1,3,CC\n2,11,CCC\n";

PartRows pairs(const std::string& smiles, const std::string& texts) {
  std::vector<FileText> files = {{.name = "s", .bytes = smiles}, {.name = "t", .bytes = texts}};
  return read_part({}, kPart, files, 0);
}

std::string message(const std::string& smiles, const std::string& texts) {
  return test::said_by([&] { return pairs(smiles, texts); });
}

}  // namespace

TEST_CASE("each text of a CID is one pair, in the order of the SMILES") {
  const PartRows rows = pairs(kSmiles, R"({"11": ["c"], "1": ["a \"x\"", "b\né"], "3": []})");
  CHECK(rows.in_files == 3);
  REQUIRE(rows.samples.size() == 3);
  CHECK(rows.samples[0] == Sample{.id = "1.0", .smiles = "C", .text = "a \"x\"", .labels = {}});
  CHECK(rows.samples[1] == Sample{.id = "1.1", .smiles = "C", .text = "b\né", .labels = {}});
  CHECK(rows.samples[2] == Sample{.id = "11.0", .smiles = "CCC", .text = "c", .labels = {}});
}

TEST_CASE("texts without a molecule, of another form or cut off are refused") {
  CHECK_THAT(message(kSmiles, "{\"1\": [\"a\"],\n\"2\": [\"b\"]}"),
             ContainsSubstring("t:2: CID 2 has texts, and no SMILES in s"));
  CHECK_THAT(message(kSmiles, "[]"), ContainsSubstring("t:1: not an object"));
  CHECK_THAT(message(kSmiles, R"({"1": "a"})"), ContainsSubstring("CID 1: not an array"));
  CHECK_THAT(message(kSmiles, R"({"1": [1]})"), ContainsSubstring("CID 1: not a text"));
  CHECK_THAT(message(kSmiles, R"({"1": ["a")"), ContainsSubstring("t:1:"));
  CHECK_THAT(message(",CID,SMILES\n0,1,C\n1,3,C", "{}"),
             ContainsSubstring("s:3: the last line has no end: the file is truncated"));
}

TEST_CASE("real data: FineMolTex's truncated tables are reported as such") {
  const std::string folder = "pubchemstm_finemoltex/";
  const auto unpacked = [&](const char* name) {
    const auto path = test::real_data(folder + name);
    return gunzip(read_file(path), path.string());
  };
  CHECK_THAT(message(unpacked("CID2SMILES.truncated.csv.gz"), "{}"),
             ContainsSubstring("s:40338: the last line has no end"));
  CHECK_THAT(message(kSmiles, unpacked("CID2name_raw.truncated.json.gz")),
             ContainsSubstring("t:") && ContainsSubstring("JSON document"));
}
