#include "harness/plugin/options_json.h"

#include <string>

#include <catch2/catch_test_macros.hpp>

#include "models/plugin/options.h"

namespace {

using namespace cupel;

std::string written(const models::Options& options) {
  JsonWriter json;
  write_options(json, options);
  return one_line(json);
}

}  // namespace

TEST_CASE("options cross to a plug-in unchanged") {
  const std::string text =
      "a \"b\" \\ /\n  \t\x01\x7f \xC2\x85 \xE2\x80\xA8 β \xF0\x9F\x98\x80 {\"x\": 1,\n   2}";
  const std::string line = written({{"text", text},
                                    {"empty", std::string()},
                                    {"on", true},
                                    {"off", false},
                                    {"big", std::int64_t{-9223372036854775807}},
                                    {"real", 0.1},
                                    {"small", 5e-324}});
  CHECK(line.find('\n') == std::string::npos);
  const plugin::Options read(line);
  CHECK(read.text("text") == text);
  CHECK(read.text("empty").empty());
  CHECK(read.flag("on"));
  CHECK_FALSE(read.flag("off"));
  CHECK(read.integer("big") == -9223372036854775807);
  CHECK(read.real("real") == 0.1);
  CHECK(read.real("small") == 5e-324);
  CHECK(written({}) == "{}");
  CHECK_THROWS_AS(plugin::Options("{}").flag("on"), std::invalid_argument);
  CHECK_THROWS_AS(read.integer("real"), std::invalid_argument);
}

TEST_CASE("what is no flat object is refused by a plug-in's reader") {
  for (const char* bad :
       {"", "{", "{}x", "[]", "{\"a\" 1}", "{\"a\": }", "{\"a\": 1", "{\"a\": 1,}", "{\"a\": \"x",
        "{\"a\": \"\\u12\"}", "{\"a\": \"\\", "{\"a\": 1e999}", "{\"a\": 99999999999999999999}",
        "{\"a\": {}}", "{\"a\": 1 \"b\": 2}", "{,}"}) {
    INFO(bad);
    CHECK_THROWS_AS(plugin::Options(bad), std::invalid_argument);
  }
}
