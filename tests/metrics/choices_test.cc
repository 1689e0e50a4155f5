#include "metrics/choices.h"

#include <set>
#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>

using cupel::metrics::Choices;

TEST_CASE("choice keys are unique, long and short") {
  std::set<std::string_view> names;
  for (const auto& spec : cupel::metrics::choice_specs()) {
    CHECK(names.insert(spec.key).second);
    CHECK(names.insert(spec.short_key).second);
    CHECK_FALSE(spec.meaning.empty());
  }
}

TEST_CASE("choices print as signatures want them") {
  Choices choices;
  choices.set("max-tokens", std::int64_t{512});
  choices.set("morgan-chirality", false);
  choices.set("tokens", std::string("scibert"));
  choices.set("invalid", std::vector<std::string>{"chemistry", "syntax"});
  CHECK(choices.printed("max-tokens") == "512");
  CHECK(choices.printed("morgan-chirality") == "no");
  CHECK(choices.printed("tokens") == "scibert");
  CHECK(choices.printed("invalid") == "chemistry+syntax");
  CHECK(choices.contains("invalid", "syntax"));
  CHECK_FALSE(choices.contains("invalid", "empty"));
}

TEST_CASE("a choice that was never made is our mistake, not a default") {
  const Choices choices;
  CHECK_THROWS_AS(choices.text("tokens"), std::logic_error);
}
