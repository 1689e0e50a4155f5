#include "metrics/retrieval/rank_text.h"

#include <algorithm>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/json.h"

using namespace cupel::metrics;

namespace {

TieRank some_rank(std::mt19937& random) {
  const auto candidates = static_cast<std::uint32_t>(1 + random() % 4'000'000'000U);
  const auto better = static_cast<std::uint32_t>(random() % candidates);
  return {.better = better,
          .equal = static_cast<std::uint32_t>(random() % (candidates - better)),
          .candidates = candidates,
          .finite = random() % 4 != 0};
}

std::string complaint(const std::string& text) {
  const auto ranks = read_ranks(text);
  return ranks ? "accepted" : ranks.error();
}

}  // namespace

TEST_CASE("the text of a ranking example is the documented line") {
  const std::vector<TieRank> ranks = {{.better = 3, .equal = 0, .candidates = 3000}};
  const std::vector<ScoredRow> top = {{17, 0.83F}, {2, std::numeric_limits<float>::quiet_NaN()}};
  CHECK(write_ranks(ranks, {}) ==
        R"({"ranks":[{"better":3,"candidates":3000,"equal":0,"finite":true}]})");
  CHECK(write_ranks(ranks, top) ==
        R"({"ranks":[{"better":3,"candidates":3000,"equal":0,"finite":true}],)"
        R"("top":[{"row":17,"score":0.83},{"row":2,"score":null}]})");
}

TEST_CASE("ranks are read back as they were written, and the text is JSON") {
  std::mt19937 random(2);
  for (int round = 0; round < 2'000; ++round) {
    std::vector<TieRank> ranks(1 + random() % 4);
    std::ranges::generate(ranks, [&] { return some_rank(random); });
    std::vector<ScoredRow> top(random() % 11);
    for (ScoredRow& one : top)
      one = {static_cast<std::uint32_t>(random()),
             static_cast<float>(random()) / static_cast<float>(1 + random())};
    const std::string text = write_ranks(ranks, top);
    INFO(text);
    CHECK(read_ranks(text).value() == ranks);
    if (round % 20 != 0) continue;
    const auto json = cupel::parse_json(text, "ranks");
    REQUIRE(json.members.size() == (top.empty() ? 1 : 2));
    CHECK(json.members[0].value.items.size() == ranks.size());
    for (std::size_t i = 0; i < top.size(); ++i) {
      const auto& one = json.members[1].value.items.at(i).members;
      CHECK(one.at(0).value.integer == top[i].row);
      CHECK(static_cast<float>(one.at(1).value.real) == top[i].score);
    }
  }
}

TEST_CASE("a damaged rank text is refused with the place") {
  CHECK(complaint("") == "byte 1: {\"ranks\":[ is missing");
  CHECK(complaint("CCO") == "byte 1: {\"ranks\":[ is missing");
  CHECK(complaint(R"({"ranks":[]})") == "byte 11: {\"better\": is missing");
  CHECK(complaint(R"({"ranks":[{"better":-1,"candidates":4,"equal":0,"finite":true}]})") ==
        "byte 21: a whole number is missing");
  CHECK(complaint(R"({"ranks":[{"better":3,"candidates":4,"equal":1,"finite":true}]})")
            .ends_with("a target among the candidates is missing"));
  CHECK(complaint(R"({"ranks":[{"better":3,"candidates":4,"equal":0,"finite":1}]})") ==
        "byte 57: true or false is missing");
  const std::string good = write_ranks(std::vector<TieRank>{{.better = 1, .candidates = 20}},
                                       std::vector<ScoredRow>{{4, 0.5F}, {19, -1e-9F}});
  REQUIRE(complaint(good) == "accepted");
  CHECK(complaint(good + "\n").ends_with("the end of the text is missing"));
  for (std::size_t at = 0; at < good.size(); ++at) {
    INFO(at);
    CHECK(complaint(good.substr(0, at)) != "accepted");
    CHECK(complaint(good.substr(0, at) + " " + good.substr(at)) != "accepted");
  }
}

TEST_CASE("the best rows come by falling score, equal ones by row, NaN last") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float infinity = std::numeric_limits<float>::infinity();
  const std::vector<float> scores = {0.5F, nan, 0.5F, infinity, -infinity, 2.0F, nan};
  const auto rows = [&](std::size_t count) {
    std::vector<std::uint32_t> all;
    for (const ScoredRow& one : best_rows(scores, count)) all.push_back(one.row);
    return all;
  };
  CHECK(rows(3) == std::vector<std::uint32_t>{3, 5, 0});
  CHECK(rows(10) == std::vector<std::uint32_t>{3, 5, 0, 2, 4, 1, 6});
  CHECK(best_rows(scores, 2)[1] == ScoredRow{5, 2.0F});
  CHECK(rows(0).empty());
}
