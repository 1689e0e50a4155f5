#include "harness/core/flat_json.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

/// "key=text" of each member, or the complaint.
std::vector<std::string> members_of(std::string bytes) {
  FlatJsonReader reader("f");
  std::vector<std::string> all;
  try {
    for (const FlatMember& member : reader.read(bytes, 7))
      all.push_back(std::string(member.key) + "=" + std::string(member.text));
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    return {error.what()};
  }
  return all;
}

}  // namespace

TEST_CASE("a flat object gives its members in order, with escapes undone in place") {
  CHECK(members_of(R"({"a":"x","b":"y"})") == std::vector<std::string>{"a=x", "b=y"});
  CHECK(members_of(R"( { "a\n" : "\"\\\/\u00e9\ud83d\ude00" , "bc" : "" } )") ==
        std::vector<std::string>{"a\n=\"\\/\u00e9\U0001F600", "bc="});
  CHECK(members_of("{}").empty());
  const std::string longer(5000, 'x');
  CHECK(members_of(R"({"a":"\n)" + longer + R"(\t","b":"c"})") ==
        std::vector<std::string>{"a=\n" + longer + "\t", "b=c"});
}

TEST_CASE("values that are no text are checked and left out") {
  CHECK(members_of(
            R"({"n":1,"r":-2.5e3,"t":true,"z":null,"a":[1,{"q":"w"}],"o":{"p":"v"},"s":"k"})") ==
        std::vector<std::string>{"n=", "r=", "t=", "z=", "a=", "o=", "s=k"});
}

TEST_CASE("the reader can be used again, also after an error") {
  FlatJsonReader reader("f");
  std::string bad = R"({"a")";
  CHECK_THROWS_AS((void)reader.read(bad, 1), Error);
  std::string good = R"({"a":"b"})";
  CHECK(reader.read(good, 2)[0].text == "b");
}

TEST_CASE("flat JSON is strict and says where it is broken") {
  for (const char* bad : {R"({"a":"b")", R"({"a":"b"} x)", R"({"a":"b"}{})", R"({'a':1})",
                          R"({"a":"\ud800"})", R"({"a":01})", R"({"a":"b",})", "{\"a\":\"\t\"}", "",
                          R"({"a":NaN})", "\"text\"", "[1]", R"({"a":1,"a":2})"}) {
    CAPTURE(bad);
    const auto complaint = members_of(bad);
    REQUIRE(complaint.size() == 1);
    CHECK_THAT(complaint[0], ContainsSubstring("f:7:"));
  }
  CHECK_THAT(members_of(R"({"a":1,"a":2})")[0], ContainsSubstring("'a' occurs twice"));
  CHECK_THAT(members_of("[1]")[0], ContainsSubstring("no object"));
  CHECK_THAT(members_of("{\"a\":" + std::string(40, '[') + std::string(40, ']') + "}")[0],
             ContainsSubstring("f:7:"));
}
