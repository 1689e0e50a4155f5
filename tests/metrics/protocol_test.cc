#include "metrics/protocol.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel::metrics;

std::string document(const Protocol& protocol) {
  cupel::JsonWriter json;
  write_protocol(json, protocol);
  return json.str();
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string complaint(const std::string& text) {
  try {
    (void)parse_protocol(text, "p.json");
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    return std::string(error.what()) + " // " + error.hint();
  }
  return "accepted";
}

}  // namespace

TEST_CASE("every built-in protocol survives writing and reading") {
  REQUIRE(builtin_protocols().entries().size() >= 5);
  for (const Protocol& protocol : builtin_protocols().entries()) {
    const std::string text = document(protocol);
    CHECK(document(parse_protocol(text, "again")) == text);
  }
}

TEST_CASE("every choice of every built-in protocol names its source") {
  for (const Protocol& protocol : builtin_protocols().entries()) {
    for (const auto& [name, task] : protocol.tasks) {
      for (const auto& [key, source] : task.sources) {
        INFO(protocol.id << " " << name << " " << key);
        CHECK(source.size() > 10);
        CHECK(task.choices.has(key));
      }
    }
  }
}

TEST_CASE("a protocol file is refused with the place and the nearest name") {
  const std::string good = document(builtin_protocols().get("molt5"));
  REQUIRE(complaint(good) == "accepted");
  CHECK_THAT(complaint(replaced(good, "\"bleu-2\"", "\"bleu2\"")),
             ContainsSubstring("p.json:9:9: 'bleu2' is no metric of captioning") &&
                 ContainsSubstring("did you mean 'bleu-2'?"));
  CHECK_THAT(complaint(replaced(good, "\"scibert\"", "\"scibart\"")),
             ContainsSubstring("did you mean 'scibert'?"));
  CHECK_THAT(
      complaint(replaced(good, "\"max-tokens\"", "\"max-token\"")),
      ContainsSubstring("key 'max-tokens' is missing") && ContainsSubstring("'max-token' meant"));
  CHECK_THAT(complaint(replaced(good, "\"tokens\"", "\"max-tokens\"")),
             ContainsSubstring("occurs twice"));
  CHECK_THAT(complaint(replaced(good, "\"summary\"", "\"sumary\"")),
             ContainsSubstring("'summary' is missing"));
  CHECK_THAT(complaint(replaced(good, "\"origin\"", "\"note\": 1, \"origin\"")),
             ContainsSubstring("unknown key 'note'"));
  CHECK_THAT(complaint(replaced(good, "512", "-1")), ContainsSubstring("between 0 and"));
  CHECK_THAT(complaint(replaced(good, "512", "\"512\"")),
             ContainsSubstring("must be an integer, not a string"));
  CHECK_THAT(complaint(replaced(good, "\"syntax\"", "\"empty\"")),
             ContainsSubstring("must hold 'syntax'"));
  CHECK_THAT(complaint(replaced(good, "\"captioning\"", "\"caption\"")),
             ContainsSubstring("did you mean 'captioning'?"));
  CHECK_THAT(complaint("{"), ContainsSubstring("p.json:1:1"));
  CHECK_THAT(complaint(""), ContainsSubstring("p.json:1:1"));
}

TEST_CASE("a choice that no metric of the task needs is refused") {
  const std::string good = document(builtin_protocols().get("atomas"));
  const std::string extra =
      R"("morphy": {"value": "nltk-3.9", "source": "nowhere at all"}, "columns")";
  CHECK_THAT(complaint(replaced(good, "\"columns\"", extra)),
             ContainsSubstring("unknown key 'morphy'"));
}

TEST_CASE("unknown protocols and undefined tasks are usage errors with a suggestion") {
  CHECK_THROWS_AS(find_protocol("molt6"), cupel::Error);
  try {
    (void)find_protocol("molt6");
  } catch (const cupel::Error& error) {
    CHECK_THAT(error.hint(), ContainsSubstring("molt5"));
  }
  CHECK_THROWS_AS(find_protocol("no/such/file.json"), cupel::Error);
  CHECK_THROWS_AS(builtin_protocols().get("openbiomed-from-file").task("generation"), cupel::Error);
}

TEST_CASE("a section without a choice names its source, and T-choose-one knows no rule of Atomas") {
  const std::string stm = document(builtin_protocols().get("moleculestm"));
  REQUIRE(complaint(stm) == "accepted");
  const std::size_t at = stm.rfind("\"source\":");
  const std::size_t end = stm.find('\n', at) + 1;
  CHECK_THAT(complaint(stm.substr(0, at) + stm.substr(end)),
             ContainsSubstring("'property' makes no choice and names no source"));
  CHECK_THAT(complaint(replaced(stm, "\"optimistic\"", "\"atomas\"")),
             ContainsSubstring("'ties' of the task 'choice' cannot be 'atomas'") &&
                 ContainsSubstring("pessimistic"));
  CHECK_THAT(complaint(replaced(stm, "\"accuracy@4\"", "\"recall@5\"")),
             ContainsSubstring("'recall@5' is no metric of choice"));
}
