#include "reports/table.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>

#include "harness/core/json.h"

namespace {

using namespace cupel;
using namespace cupel::reports;
using For = Column::For;

std::vector<Table> example() {
  return {{.id = "scores",
           .title = "Scores",
           .columns = {{"model", "model"},
                       {"value", "value"},
                       {"low", "low", For::kMachines},
                       {"interval", "interval", For::kPeople},
                       {"n", "n"},
                       {"reason", "reason"}},
           .rows = {{"a|b, \"c\"", 1.0 / 3, 0.25, "[0.2500, 0.5000]", std::int64_t{12}, {}},
                    {"β\n\u202Ex", {}, {}, {}, std::int64_t{3300}, "no <row> counts"}},
           .notes = {"One note."}},
          {.id = "moved", .columns = {{"by", "by", For::kAll, 2}}, .rows = {{-1.0}}}};
}

TEST_CASE("A terminal gets aligned columns on one line a row, rounded") {
  CHECK(print_tables(example(), "text") ==
        "Scores\n"
        "\n"
        "  model          value  interval             n  reason\n"
        "  a|b, \"c\"      0.3333  [0.2500, 0.5000]    12\n"
        "  β\\n\\u{202e}x                            3300  no <row> counts\n"
        "\n"
        "One note.\n"
        "\n"
        "     by\n"
        "  -1.00\n");
}

TEST_CASE("Markdown cells cannot end their cell or begin a tag") {
  CHECK(print_tables(example(), "md") ==
        "**Scores**\n"
        "\n"
        "| model | value | interval | n | reason |\n"
        "|---|---:|---|---:|---|\n"
        "| a\\|b, \"c\" | 0.3333 | \\[0.2500, 0.5000\\] | 12 |  |\n"
        "| β\\\\n\\\\u{202e}x |  |  | 3300 | no &lt;row> counts |\n"
        "\n"
        "One note.\n"
        "\n"
        "| by |\n"
        "|---:|\n"
        "| -1.00 |\n");
}

TEST_CASE("CSV is the first table with exact numbers and texts") {
  CHECK(print_tables(example(), "csv") ==
        "model,value,low,n,reason\n"
        "\"a|b, \"\"c\"\"\",0.33333333333333331,0.25,12,\n"
        "\"β\n\u202Ex\",,,3300,no <row> counts\n");
}

TEST_CASE("JSON has every table below its id, missing values as null, and the notes") {
  const JsonValue json = parse_json(print_tables(example(), "json"), "report");
  const auto member = [](const JsonValue& object, std::size_t i) -> const JsonMember& {
    return object.members.at(i);
  };
  REQUIRE(json.members.size() == 3);
  CHECK(member(json, 0).key == "scores");
  const JsonValue& first = member(json, 0).value.items.at(0);
  CHECK(member(first, 0).value.text == "a|b, \"c\"");
  CHECK(member(first, 1).value.real == 1.0 / 3);
  CHECK(member(first, 2).key == "low");
  CHECK(member(first, 3).key == "n");
  CHECK(member(member(json, 0).value.items.at(1), 1).value.kind == JsonValue::Kind::kNull);
  CHECK(member(json, 1).key == "moved");
  CHECK(member(json, 2).value.items.at(0).text == "One note.");
}

TEST_CASE("A row of another length is a mistake in our own code") {
  CHECK_THROWS_AS(
      print_tables(std::vector<Table>{{.id = "x", .columns = {{"a", "a"}}, .rows = {{}}}}, "text"),
      std::logic_error);
}

TEST_CASE("Nothing to show is still one document") {
  CHECK(parse_json(print_tables({}, "json"), "report").members.size() == 1);
  CHECK(print_tables({}, "csv").empty());
}

}  // namespace
