#include "metrics/alignment/truth.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace cupel::metrics {
namespace {

using Catch::Matchers::ContainsSubstring;
using Numbers = std::vector<std::int32_t>;
using Places = std::vector<std::size_t>;

/// "ab" is a part of "abcd"; atom 3 is named by a word of its own.
Sample nested() {
  return {.id = "1",
          .smiles = "C[NH+]CCl",
          .text = "abcd ef x",
          .labels = {},
          .phrases = {{.begin = 0, .end = 4, .fragment = true, .atoms = {0, 1, 2}},
                      {.begin = 0, .end = 2, .fragment = true, .atoms = {0, 1}},
                      {.begin = 5, .end = 7, .fragment = true, .atoms = {0, 1}},
                      {.begin = 8, .end = 9, .fragment = false, .atoms = {3}}}};
}

TEST_CASE("the truth is one line of JSON with all phrases and the places of atoms") {
  CHECK(write_truth(nested()) == R"({"smiles":9,"text":9,"atoms":[0,2,6,7],"phrases":[)"
                                 R"({"begin":0,"end":4,"level":"fragment","atoms":[0,1,2]},)"
                                 R"({"begin":0,"end":2,"level":"fragment","atoms":[0,1]},)"
                                 R"({"begin":5,"end":7,"level":"fragment","atoms":[0,1]},)"
                                 R"({"begin":8,"end":9,"level":"atom","atoms":[3]}]})");
}

TEST_CASE("the smallest phrase has the element, and phrases of the same atoms are one set") {
  const auto truth = read_truth(write_truth(nested()));
  REQUIRE(truth);
  CHECK(truth->molecule.size == 9);
  CHECK(truth->molecule.places == Places{0, 2, 6});  // the chlorine is in no fragment
  CHECK(truth->molecule.sets == Numbers{1, 1, 0});
  CHECK(truth->text.places == Places{0, 1, 2, 3, 5, 6});
  CHECK(truth->text.sets == Numbers{1, 1, 0, 0, 1, 1});
  CHECK(truth->counts());
}

TEST_CASE("of one set there is nothing to be found") {
  Sample one = nested();
  one.phrases.resize(1);
  const auto truth = read_truth(write_truth(one));
  REQUIRE(truth);
  CHECK_FALSE(truth->counts());
  one.phrases.clear();
  CHECK_FALSE(read_truth(write_truth(one))->counts());
}

TEST_CASE("what is no truth is said with its place") {
  const auto said = [](const std::string& text) {
    const auto truth = read_truth(text);
    return truth ? "accepted" : truth.error();
  };
  const std::string good = write_truth(nested());
  CHECK(said(good) == "accepted");
  CHECK_THAT(said("methanol"), ContainsSubstring("truth:1:"));
  CHECK_THAT(said(R"({"smiles":1})"), ContainsSubstring("'text' is missing"));
  std::string far = good;
  far.replace(far.find("[0,2,6,7]"), 9, "[0,2,6,9]");
  CHECK_THAT(said(far), ContainsSubstring("9 is not below 9"));
  std::string huge = good;
  huge.replace(huge.find("\"text\":9"), 8, "\"text\":9000000000000");
  CHECK_THAT(said(huge), ContainsSubstring("is not below 16777216"));
}

}  // namespace
}  // namespace cupel::metrics
