#include "reports/html/alignment_pairs.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "metrics/alignment/truth.h"

namespace cupel::reports {
namespace {

using Catch::Matchers::ContainsSubstring;

/// CCO with "eth\u00e9 ol": the last character but three has two bytes.
const std::string kText = "eth\u00e9 ol";
const Sample kSample{.id = "1",
                     .smiles = "CCO",
                     .text = kText,
                     .labels = {},
                     .phrases = {{.begin = 0, .end = 5, .fragment = true, .atoms = {0, 1}},
                                 {.begin = 6, .end = 8, .fragment = true, .atoms = {2}}}};
const std::string kAnswer =
    R"({"levels":[{"molecule":[0,1,1],"text":[0,0,0,0,0,-1,1,1],"match":[1,0]}]})";

std::string written(const std::string& input, const std::string& answer) {
  JsonWriter json(JsonLayout::kCompact);
  write_alignment(json, input, metrics::write_truth(kSample), answer);
  return json.str();
}

}  // namespace

TEST_CASE("Sets of bytes become sets of atoms and runs of characters") {
  CHECK(written("CCO\t" + kText, kAnswer) ==
        R"({"truth":{"atoms":[0,0,1],"text":[4,0,1,-1,2,1],"match":[]},)"
        R"("levels":[{"atoms":[0,1,1],"text":[4,0,1,-1,2,1],"match":[1,0]}]})"
        "\n");
}

TEST_CASE("An alignment that cannot be shown says why") {
  CHECK_THAT(written("CCO\t" + kText, "{}"), ContainsSubstring(R"({"what":"answer)"));
  CHECK_THAT(written("CCO\tother", kAnswer), ContainsSubstring("of another pair"));
  CHECK_THAT(written("CCO", kAnswer), ContainsSubstring("of another pair"));
}

}  // namespace cupel::reports
