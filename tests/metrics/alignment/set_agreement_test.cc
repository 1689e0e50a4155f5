#include "metrics/alignment/set_agreement.h"

#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "metrics/alignment/truth.h"

namespace cupel::metrics {
namespace {

using Catch::Matchers::WithinAbs;

/// Two sets of three atoms and of three bytes each, and a blank between.
std::string truth() {
  return write_truth({.id = "1",
                      .smiles = "CCCOOO",
                      .text = "aaa bbb",
                      .labels = {},
                      .phrases = {{.begin = 0, .end = 3, .fragment = true, .atoms = {0, 1, 2}},
                                  {.begin = 4, .end = 7, .fragment = true, .atoms = {3, 4, 5}}}});
}

Agreement agreement(const std::string& level, AlignedKind kind) {
  const SetAgreement found = set_agreement(R"({"levels":[)" + level + "]}", truth());
  REQUIRE(found.counts);
  REQUIRE(found.readable);
  return found.levels.at(0).at(static_cast<std::size_t>(kind));
}

double value(const std::string& level, AlignedKind kind) { return agreement(level, kind).found; }

TEST_CASE("a perfect answer scores 1, whatever the blanks between are in") {
  for (const char* text : {"[0,0,0,0,1,1,1]", "[0,0,0,-1,1,1,1]", "[0,0,0,1,1,1,1]"}) {
    const std::string level =
        R"({"molecule":[0,0,0,1,1,1],"match":[0,1],"text":)" + std::string(text) + "}";
    for (const auto kind : {AlignedKind::kMolecule, AlignedKind::kText, AlignedKind::kPair})
      CHECK(value(level, kind) == 1.0);
  }
}

TEST_CASE("right sets with the wrong partners are right on each side, and wrong across") {
  const std::string level = R"({"molecule":[0,0,0,1,1,1],"text":[0,0,0,-1,1,1,1],"match":[1,0]})";
  CHECK(value(level, AlignedKind::kMolecule) == 1.0);
  CHECK(value(level, AlignedKind::kText) == 1.0);
  CHECK_THAT(value(level, AlignedKind::kPair), WithinAbs(-1.0, 1e-12));
  CHECK(agreement(level, AlignedKind::kMolecule).rematched == 1.0);
}

TEST_CASE("what is in no set is alone, and what has no partner belongs to no atom") {
  const std::string cut = R"({"molecule":[0,0,0,1,1,1],"text":[0,0,0,-1,-1,-1,-1],"match":[0]})";
  // Of 15 pairs of bytes 6 are together in truth and 3 as found, all of these in truth.
  CHECK_THAT(value(cut, AlignedKind::kText), WithinAbs((3 - 1.2) / (4.5 - 1.2), 1e-12));
  // Of 36 pairs of atom and byte: 18 and 9.
  CHECK_THAT(value(cut, AlignedKind::kPair), WithinAbs((9 - 4.5) / (13.5 - 4.5), 1e-12));
  const std::string without =
      R"({"molecule":[0,0,0,1,1,1],"text":[0,0,0,-1,1,1,1],"match":[0,-1]})";
  CHECK(value(without, AlignedKind::kText) == 1.0);
  CHECK_THAT(value(without, AlignedKind::kPair), WithinAbs((9 - 4.5) / (13.5 - 4.5), 1e-12));
}

TEST_CASE("each level is measured, and the controls are the same each time") {
  const std::string tokens =
      R"({"molecule":[0,1,2,3,4,5],"text":[0,1,2,-1,3,4,5],"match":[0,1,2,3,4,5]})";
  const std::string sets = R"({"molecule":[0,0,0,1,1,1],"text":[0,0,0,-1,1,1,1],"match":[0,1]})";
  const std::string answer = R"({"levels":[)" + tokens + "," + sets + "]}";
  const SetAgreement once = set_agreement(answer, truth());
  REQUIRE(once.levels.size() == 2);
  CHECK(once.levels[0][0].found == 0.0);  // all alone
  CHECK(once.levels[0][0].shuffled == 0.0);
  CHECK(once.levels[1][0].found == 1.0);
  CHECK(once.levels[1][0].shuffled < 1.0);
  CHECK(once.levels[1][2].rotated < 1.0);
  const SetAgreement again = set_agreement(answer, truth());
  for (std::size_t kind = 0; kind < kAlignedKinds; ++kind) {
    CHECK(again.levels[1][kind].shuffled == once.levels[1][kind].shuffled);
    CHECK(again.levels[1][kind].rotated == once.levels[1][kind].rotated);
    CHECK(again.levels[1][kind].rematched == once.levels[1][kind].rematched);
  }
}

TEST_CASE("what cannot be read says so, and never throws") {
  CHECK_FALSE(set_agreement("", truth()).readable);
  CHECK(set_agreement("", truth()).counts);
  CHECK_FALSE(
      set_agreement(R"({"levels":[{"molecule":[0],"text":[0],"match":[0]}]})", truth()).readable);
  CHECK_FALSE(set_agreement("", "no truth").counts);
  const Sample nothing{.id = "1", .smiles = "C", .text = "a", .labels = {}, .phrases = {}};
  CHECK_FALSE(set_agreement("", write_truth(nothing)).counts);
}

}  // namespace
}  // namespace cupel::metrics
