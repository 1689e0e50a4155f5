#include "harness/core/nearest.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

using cupel::nearest_name;
using cupel::suggest;

TEST_CASE("The known name with the fewest edits is the nearest") {
  const std::vector<std::string> known = {"bleu-2", "bleu-4", "rouge-1", "meteor", "validity"};
  CHECK(nearest_name("blue-4", known) == "bleu-4");
  CHECK(nearest_name("metor", known) == "meteor");
  CHECK(nearest_name("valditiy", known) == "validity");
  CHECK(nearest_name("meteor", known) == "meteor");
  CHECK(nearest_name("bleu-", known) == "bleu-2");  // of equals, the first
}

TEST_CASE("A name further away than a third of the longer one is not offered") {
  const std::vector<std::string> known = {"validity", "ab"};
  CHECK(nearest_name("novelty", known).empty());  // four edits of eight
  CHECK(nearest_name("va", known).empty());
  CHECK(nearest_name("ax", known).empty());  // one edit of two
  CHECK(nearest_name("abc", known) == "ab");
  CHECK(nearest_name("", known).empty());
  CHECK(nearest_name("validity", {}).empty());
  CHECK(nearest_name(std::string(100'000, 'v'), known).empty());
}

TEST_CASE("A hint is the near name, or all names, or nothing when there are none") {
  const std::vector<std::string> known = {"exact", "maccs"};
  CHECK(suggest("maacs", known) == "did you mean 'maccs'?");
  CHECK(suggest("levenshtein", known) == "known: exact, maccs");
  CHECK(suggest("exact", {}).empty());
}
