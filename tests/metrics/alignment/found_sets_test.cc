#include "metrics/alignment/found_sets.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

namespace cupel::metrics {
namespace {

using Catch::Matchers::ContainsSubstring;
using Numbers = std::vector<std::int32_t>;

const std::string kTokens = R"({"molecule":[0,1,1],"text":[0,0,-1,1],"match":[1,-1]})";

/// What is wrong with an answer whose second level this is.
std::string said(const std::string& second) {
  const auto found = read_found_sets(R"({"levels":[)" + kTokens + "," + second + "]}", 3, 4);
  return found ? "accepted" : found.error();
}

TEST_CASE("an answer is read by tokens") {
  const auto found = read_found_sets(
      R"( {"levels": [)" + kTokens + R"(, {"molecule":[0,0,0],"text":[1,1,-1,0],"match":[0,0]}]})",
      3, 4);
  REQUIRE(found);
  CHECK(found->levels() == 2);
  CHECK(found->molecule.tokens == Numbers{0, 1, 1});
  CHECK(found->text.tokens == Numbers{0, 0, -1, 1});
  CHECK(found->molecule.sets == std::vector<Numbers>{{0, 1}, {0, 0}});
  CHECK(found->text.sets == std::vector<Numbers>{{0, 1}, {1, 0}});
  CHECK(found->match == std::vector<Numbers>{{1, -1}, {0, 0}});
}

TEST_CASE("a malformed answer is refused with what is wrong") {
  CHECK(said(kTokens) == "accepted");
  CHECK_THAT(said(R"({"molecule":[0,1],"text":[0,0,-1,1],"match":[1,0]})"),
             ContainsSubstring("'molecule' has 2 numbers, and there are 3 bytes"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,1,1],"match":[1,0]})"),
             ContainsSubstring("'text' has 5 numbers, and there are 4 bytes"));
  CHECK_THAT(said(R"({"molecule":[0,2,2],"text":[0,0,-1,1],"match":[1,0]})"),
             ContainsSubstring("the sets of 'molecule' are not numbered from 0"));
  CHECK_THAT(said(R"({"molecule":[0,3,3],"text":[0,0,-1,1],"match":[1,0]})"),
             ContainsSubstring("not a whole number from -1 to 2"));
  CHECK_THAT(said(R"({"molecule":[0,0,1],"text":[0,0,-1,1],"match":[1,0]})"),
             ContainsSubstring("byte 2 of 'molecule' is not in the set of its token"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,1,1],"match":[1,0]})"),
             ContainsSubstring("byte 2 of 'text' is not in the set of its token"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,-1],"match":[1]})"),
             ContainsSubstring("byte 3 of 'text' is not in the set of its token"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,1],"match":[1]})"),
             ContainsSubstring("'match' has 1 numbers for 2 sets"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,1],"match":[1,2]})"),
             ContainsSubstring("not a whole number from -1 to 1"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,1]})"),
             ContainsSubstring("'match' is missing"));
  CHECK_THAT(said(R"({"molecule":[0,1,1.5],"text":[0,0,-1,1],"match":[1,0]})"),
             ContainsSubstring("not a whole number"));
  CHECK_THAT(said(R"({"molecule":[0,1,1],"text":[0,0,-1,1],"match":[1,0],"more":1})"),
             ContainsSubstring("unknown key 'more'"));
  CHECK_THAT(said("7"), ContainsSubstring("answer:1:"));
  for (const char* answer : {"", "{}", "[]", R"({"levels":[]})", R"({"levels":3})", "\xFF"})
    CHECK_FALSE(read_found_sets(answer, 3, 4));
}

}  // namespace
}  // namespace cupel::metrics
