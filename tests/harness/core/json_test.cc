#include "harness/core/json.h"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"

using cupel::JsonLayout;
using cupel::JsonObject;
using cupel::JsonValue;
using cupel::JsonWriter;
using cupel::parse_json;
using Kind = cupel::JsonValue::Kind;

namespace {

struct Message {
  std::string what;
  std::string hint;
};

template <typename Action>
Message message_of(const Action& action) {
  try {
    action();
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    return {error.what(), error.hint()};
  }
  return {"accepted", ""};
}

std::string refusal(std::string_view bytes) {
  return message_of([&] { (void)parse_json(bytes, "f"); }).what;
}

}  // namespace

TEST_CASE("Every kind of value is parsed, with its line and column") {
  const JsonValue root = parse_json(
      "{\n"
      "  \"text\": \"a\",\n"
      "  \"n\": -12, \"r\": 1.5e2,\n"
      "  \"list\": [true, null,\n"
      "    {}]\n"
      "}\n",
      "f");
  REQUIRE(root.kind == Kind::kObject);
  REQUIRE(root.members.size() == 4);
  const auto& [text_key, text] = root.members[0];
  CHECK(text_key == "text");
  CHECK(text.text == "a");
  CHECK((text.line == 2 && text.column == 11));
  const JsonValue& n = root.members[1].value;
  CHECK((n.kind == Kind::kInteger && n.integer == -12 && n.real == -12.0));
  CHECK((n.line == 3 && n.column == 8));
  const JsonValue& r = root.members[2].value;
  CHECK((r.kind == Kind::kReal && r.real == 150.0));
  CHECK((r.line == 3 && r.column == 18));
  const JsonValue& list = root.members[3].value;
  CHECK((list.kind == Kind::kArray && list.line == 4 && list.column == 11));
  REQUIRE(list.items.size() == 3);
  CHECK((list.items[0].kind == Kind::kBool && list.items[0].truth));
  CHECK((list.items[0].line == 4 && list.items[0].column == 12));
  CHECK((list.items[1].kind == Kind::kNull && list.items[1].column == 18));
  CHECK((list.items[2].kind == Kind::kObject && list.items[2].line == 5 &&
         list.items[2].column == 5));
}

TEST_CASE("A document may be any value, with white space around it") {
  CHECK(parse_json(" 3 ", "f").integer == 3);
  CHECK(parse_json("\t\r\n\"x\"\n", "f").text == "x");
  CHECK(parse_json("-0.5", "f").real == -0.5);
  CHECK(parse_json("[]", "f").items.empty());
  CHECK(parse_json("[[],[[]]]", "f").items.at(1).items.size() == 1);
  CHECK(parse_json("true", "f").truth);
}

TEST_CASE("Escapes, surrogate pairs and non-ASCII text are decoded") {
  CHECK(parse_json(R"("\"\\\/\b\f\n\r\t")", "f").text == "\"\\/\b\f\n\r\t");
  CHECK(parse_json(R"("\u00e9\u4e2d\ud83d\ude00")", "f").text ==
        "\xC3\xA9\xE4\xB8\xAD\xF0\x9F\x98\x80");
  CHECK(parse_json("\"\xC3\xA9\xF0\x9F\x98\x80\"", "f").text == "\xC3\xA9\xF0\x9F\x98\x80");
  CHECK(parse_json(R"("a\u0000b")", "f").text == std::string("a\0b", 3));
  CHECK(parse_json(R"({"\u0061b": 1})", "f").members.at(0).key == "ab");
}

TEST_CASE("A quote or bracket inside a string does not mislead the columns") {
  const JsonValue root = parse_json(R"(["\"[,:", "\\", 7])", "f");
  CHECK(root.items.at(0).text == "\"[,:");
  CHECK(root.items.at(1).text == "\\");
  CHECK(root.items.at(2).column == 17);
}

TEST_CASE("Text that is not JSON is refused, with line and column") {
  for (const std::string_view bad : {"",
                                     " \n",
                                     "{",
                                     "[1,",
                                     "[1,]",
                                     "{\"a\":1,}",
                                     "{a:1}",
                                     "{'a':1}",
                                     "[1 2]",
                                     "01",
                                     "+1",
                                     ".5",
                                     "1.",
                                     "1e",
                                     "-",
                                     "tru",
                                     "nul",
                                     "NaN",
                                     "Infinity",
                                     "-Infinity",
                                     "\"a",
                                     "\"\\x\"",
                                     "\"\\u12g4\"",
                                     "\"\\ud800\"",
                                     "\"\\udc00\"",
                                     "\"\\ud800\\u0041\"",
                                     "\"a\nb\"",
                                     "// x\n1",
                                     "/* x */ 1",
                                     "{} {}",
                                     "1 2",
                                     "[] x",
                                     "{}}",
                                     "]",
                                     "\xEF\xBB\xBF{}",
                                     "{\"a\" 1}",
                                     "{\"a\":}",
                                     "{1:2}"}) {
    CAPTURE(std::string(bad));
    CHECK(refusal(bad).starts_with("f:"));
    CHECK(refusal(bad) != "accepted");
  }
  CHECK(refusal("{\n \"a\": 1,\n \"b\" 2}").starts_with("f:3:6: "));
  CHECK(refusal("[1]\n\n x").starts_with("f:3:2: "));
  CHECK(refusal("").starts_with("f:1:1: "));
}

TEST_CASE("Bytes that are not UTF-8, and NUL bytes, are refused") {
  CHECK(refusal("[\"\xFF\"]") == "f: byte 2 is not UTF-8");
  CHECK(refusal(std::string_view("[1]\0", 4)) != "accepted");
  CHECK(refusal(std::string_view("\"a\0b\"", 5)) != "accepted");
}

TEST_CASE("Nesting is allowed 32 deep and no deeper") {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  CHECK(refusal(nested(32)) == "accepted");
  CHECK(refusal(nested(33)).starts_with("f:1:33: "));
  CHECK(refusal(nested(1'000'000)).starts_with("f:1:33: "));
}

TEST_CASE("Integers have 64 signed bits; longer ones are refused rather than rounded") {
  CHECK(parse_json("9223372036854775807", "f").integer == INT64_MAX);
  CHECK(parse_json("-9223372036854775808", "f").integer == INT64_MIN);
  for (const std::string_view bad :
       {"9223372036854775808", "-9223372036854775809", "18446744073709551615",
        "18446744073709551616", "123456789012345678901234567890"}) {
    CAPTURE(std::string(bad));
    CHECK(refusal(bad) == "f:1:1: integer beyond 64 signed bits");
    CHECK(refusal("[2, " + std::string(bad) + " ]") == "f:1:5: integer beyond 64 signed bits");
  }
}

TEST_CASE("Real numbers are the nearest doubles, and infinite ones are refused") {
  CHECK(parse_json("0.1", "f").real == 0.1);
  CHECK(parse_json("1e3", "f").kind == Kind::kReal);
  CHECK(parse_json("2.2250738585072011e-308", "f").real == 2.2250738585072011e-308);
  CHECK(parse_json("1.7976931348623157e308", "f").real == std::numeric_limits<double>::max());
  CHECK(parse_json("9007199254740993.0", "f").real == 9007199254740992.0);
  CHECK(parse_json("123456789012345678901234567890.0", "f").real ==
        123456789012345678901234567890.0);
  CHECK(parse_json("1e-400", "f").real == 0.0);
  CHECK(refusal("1e400") != "accepted");
  CHECK(refusal("-1e999999999999") != "accepted");
}

TEST_CASE("A duplicate key is an error at its second place") {
  const auto message =
      message_of([] { (void)parse_json("{\"a\": 1,\n \"b\": {\"a\": 2},\n \"a\": 3}", "f"); });
  CHECK(message.what == "f:3:2: key 'a' occurs twice in one object");
  CHECK(message.hint == "it was first given at line 1; keep one of the two");
  CHECK(refusal(R"({"a": 1, "\u0061": 2})") == "f:1:10: key 'a' occurs twice in one object");
}

TEST_CASE("An object's members are read by type, and a wrong type says what was found") {
  const std::string origin = "f";
  const JsonValue root =
      parse_json(R"({"t": "x", "i": 3, "l": ["a", "b"], "bad": ["a", 1], "n": null})", origin);
  JsonObject object(root, origin);
  CHECK(object.text("t") == "x");
  CHECK(object.integer("i") == 3);
  CHECK(object.texts("l") == std::vector<std::string>{"a", "b"});
  CHECK(object.find("absent") == nullptr);
  CHECK(object.find("n")->kind == Kind::kNull);
  const auto what = [](const auto& action) { return message_of(action).what; };
  CHECK(what([&] { (void)object.text("i"); }) == "f:1:17: 'i' must be a string, not an integer");
  CHECK(what([&] { (void)object.integer("t"); }) == "f:1:7: 't' must be an integer, not a string");
  CHECK(what([&] { (void)object.texts("t"); }) ==
        "f:1:7: 't' must be an array of strings, not a string");
  CHECK(what([&] { (void)object.texts("bad"); }) == "f:1:50: 'bad' must hold strings only");
  CHECK(what([&] { JsonObject(root.members[1].value, origin); }) ==
        "f:1:17: expected an object, found an integer");
}

TEST_CASE("A missing key names the misspelt one beside it, and an unknown key the nearest known") {
  const std::string origin = "f";
  const JsonValue root = parse_json("{\"toknes\": \"t5\",\n \"seed\": 1}", origin);
  JsonObject object(root, origin);
  CHECK(object.integer("seed") == 1);
  const auto missing = message_of([&] { (void)object.text("tokens"); });
  CHECK(missing.what == "f:1:1: key 'tokens' is missing");
  CHECK(missing.hint == "is 'toknes' meant to be 'tokens'?");
  const auto unknown = message_of([&] { object.finish(); });
  CHECK(unknown.what == "f:1:12: unknown key 'toknes'");
  CHECK(unknown.hint == "did you mean 'tokens'?");
  CHECK(object.text("toknes") == "t5");
  object.finish();
}

TEST_CASE("What is written parses to the same values") {
  JsonWriter out;
  out.begin_object().key("list").begin_array().value(std::int64_t{-3}).value(true).null();
  out.begin_object().end_object().begin_array().end_array().value("é\n\"").end_array();
  out.key("x").value(0.1).key("n").value(std::size_t{7}).end_object();
  const std::string text = out.str();
  CHECK(text.ends_with("}\n"));
  const JsonValue root = parse_json(text, "f");
  REQUIRE(root.members.size() == 3);
  const auto& list = root.members[0].value.items;
  REQUIRE(list.size() == 6);
  CHECK(list[0].integer == -3);
  CHECK(list[1].truth);
  CHECK(list[2].kind == Kind::kNull);
  CHECK(list[3].kind == Kind::kObject);
  CHECK(list[4].kind == Kind::kArray);
  CHECK(list[5].text == "é\n\"");
  CHECK(root.members[1].value.real == 0.1);
  CHECK(root.members[2].value.integer == 7);
}

TEST_CASE("Every double survives writing and parsing, sign of zero included") {
  std::mt19937_64 random(1);
  std::vector<double> numbers = {0.0,
                                 -0.0,
                                 1.0,
                                 1e22,
                                 1.0 / 3.0,
                                 std::numeric_limits<double>::min(),
                                 std::numeric_limits<double>::denorm_min(),
                                 std::numeric_limits<double>::max(),
                                 9007199254740993.0,
                                 1e18,
                                 12345678901234567890.0};
  while (numbers.size() < 2000) {
    const auto number = std::bit_cast<double>(random());
    if (std::isfinite(number)) numbers.push_back(number);
  }
  JsonWriter out;
  out.begin_array();
  for (const double number : numbers) out.value(number);
  out.end_array();
  const JsonValue root = parse_json(out.str(), "f");
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    CAPTURE(numbers[i]);
    CHECK(root.items.at(i).real == numbers[i]);
    CHECK(std::signbit(root.items.at(i).real) == std::signbit(numbers[i]));
  }
}

TEST_CASE("A compact document says the same without white space, in shorter numbers") {
  const auto written = [](JsonLayout layout) {
    JsonWriter out(layout);
    out.begin_object().key("list").begin_array().value(0.1).value(std::int64_t{-3}).value("a b");
    out.begin_array().end_array().end_array().key("x").value(1.0 / 3.0).end_object();
    return out.str();
  };
  CHECK(written(JsonLayout::kCompact) ==
        "{\"list\":[0.1,-3,\"a b\",[]],\"x\":0.3333333333333333}\n");
  std::mt19937_64 random(2);
  for (int i = 0; i < 2000; ++i) {
    const auto number = std::bit_cast<double>(random());
    if (!std::isfinite(number)) continue;
    JsonWriter out(JsonLayout::kCompact);
    CHECK(parse_json(out.begin_array().value(number).end_array().str(), "f").items[0].real ==
          number);
  }
}

TEST_CASE("Numbers that JSON does not have are a mistake of ours") {
  for (const double bad : {std::nan(""), std::numeric_limits<double>::infinity()})
    CHECK_THROWS_AS(JsonWriter().value(bad), std::logic_error);
}

TEST_CASE("Quoted text cannot disturb a terminal or break a document") {
  CHECK(cupel::json_quote("a\"\\\n\x1B\x7F") == "\"a\\\"\\\\\\u000a\\u001b\\u007f\"");
  CHECK(cupel::json_quote("\u2028\u2029é") == "\"\\u2028\\u2029é\"");
  CHECK(cupel::json_quote("\u0080\u009B\u009F\u00A0") == "\"\\u0080\\u009b\\u009f\u00A0\"");
  CHECK(cupel::json_quote(std::string_view("\0", 1)) == "\"\\u0000\"");
  for (int byte = 0; byte < 128; ++byte) {
    const std::string text = {'a', static_cast<char>(byte)};
    CHECK(parse_json(cupel::json_quote(text), "f").text == text);
  }
}
