#include "metrics/retrieval/rank.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numeric>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using Catch::Matchers::WithinRel;
using cupel::metrics::rank_of;
using cupel::metrics::TieRank;
using cupel::metrics::TieRule;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr std::uint32_t kEnough = 6;

/// The position of the target in each order of the tied candidates, by trying all orders.
std::vector<int> positions_by_brute_force(std::uint32_t better, std::uint32_t equal) {
  std::vector<int> tied(equal + 1);
  std::iota(tied.begin(), tied.end(), 0);  // 0 is the target
  std::vector<int> positions;
  do {
    const auto at = std::ranges::find(tied, 0) - tied.begin();
    positions.push_back(static_cast<int>(better) + static_cast<int>(at) + 1);
  } while (std::ranges::next_permutation(tied).found);
  return positions;
}

template <typename Function>
double mean_of(const std::vector<int>& positions, const Function& value) {
  double sum = 0.0;
  for (const int position : positions) sum += value(position);
  return sum / static_cast<double>(positions.size());
}

}  // namespace

TEST_CASE("Candidates with the target's score are equal, higher ones are better") {
  const std::vector<float> scores = {0.5F, 0.9F, 0.5F, 0.1F, 0.5F};
  CHECK(rank_of(scores, 0) == TieRank{.better = 1, .equal = 2, .candidates = 5});
  CHECK(rank_of(scores, 1) == TieRank{.better = 0, .equal = 0, .candidates = 5});
  CHECK(rank_of(scores, 3) == TieRank{.better = 4, .equal = 0, .candidates = 5});
}

TEST_CASE("Minus zero ties with zero") {
  CHECK(rank_of(std::vector<float>{0.0F, -0.0F}, 0).equal == 1);
}

TEST_CASE("NaN is the lowest score and never helps a target") {
  const std::vector<double> scores = {kNan, 1.0, -kInfinity, kNan};
  CHECK(rank_of(scores, 0) == TieRank{.better = 2, .equal = 1, .candidates = 4, .finite = false});
  CHECK(rank_of(scores, 1) == TieRank{.better = 0, .equal = 0, .candidates = 4});
  CHECK(rank_of(scores, 2) == TieRank{.better = 1, .equal = 0, .candidates = 4, .finite = false});
}

TEST_CASE("The expected values equal the mean over all orders of the tied candidates") {
  for (std::uint32_t better = 0; better < kEnough; ++better) {
    for (std::uint32_t equal = 0; equal < kEnough; ++equal) {
      const TieRank rank{.better = better, .equal = equal, .candidates = 12};
      const auto all = positions_by_brute_force(better, equal);
      CAPTURE(better, equal);
      CHECK_THAT(position(rank, TieRule::kExpected),
                 WithinAbs(mean_of(all, [](int p) { return p; }), 1e-12));
      CHECK_THAT(reciprocal(rank, TieRule::kExpected),
                 WithinAbs(mean_of(all, [](int p) { return 1.0 / p; }), 1e-12));
      for (std::size_t k = 1; k < 14; ++k) {
        const auto hit = [k](int p) { return p <= static_cast<int>(k) ? 1.0 : 0.0; };
        CHECK_THAT(hits(rank, TieRule::kExpected, k), WithinAbs(mean_of(all, hit), 1e-12));
      }
      CHECK(position(rank, TieRule::kOptimistic) == std::ranges::min(all));
      CHECK(position(rank, TieRule::kPessimistic) == std::ranges::max(all));
    }
  }
}

TEST_CASE("Atomas counts a tied target at every position, and drops one that is not finite") {
  const TieRank tied{.better = 3, .equal = 2, .candidates = 10};
  CHECK(weight(tied, TieRule::kAtomas) == 3.0);
  CHECK(hits(tied, TieRule::kAtomas, 5) == 2.0);
  CHECK(position(tied, TieRule::kAtomas) == 4.0 + 5.0 + 6.0);
  CHECK_THAT(reciprocal(tied, TieRule::kAtomas), WithinRel(1.0 / 4 + 1.0 / 5 + 1.0 / 6, 1e-15));
  const TieRank dropped{.better = 3, .equal = 0, .candidates = 10, .finite = false};
  CHECK(weight(dropped, TieRule::kAtomas) == 0.0);
  CHECK(hits(dropped, TieRule::kAtomas, 5) == 0.0);
  CHECK(weight(dropped, TieRule::kExpected) == 1.0);
  CHECK(hits(dropped, TieRule::kExpected, 4) == 1.0);
}

TEST_CASE("Long ties have the same reciprocal as adding them up one by one") {
  for (const std::uint32_t better : {0U, 1U, 100U, 127U, 128U, 129U, 5000U}) {
    for (const std::uint32_t equal : {0U, 1U, 27U, 128U, 1000U, 100'000U}) {
      long double sum = 0.0L;
      for (std::uint32_t i = better + equal + 1; i > better; --i) sum += 1.0L / i;
      const TieRank rank{.better = better, .equal = equal};
      CAPTURE(better, equal);
      CHECK_THAT(reciprocal(rank, TieRule::kAtomas), WithinRel(static_cast<double>(sum), 1e-14));
    }
  }
}

TEST_CASE("A constant scorer has the chance level under the expected rule") {
  const TieRank rank = rank_of(std::vector<float>(20, 0.5F), 7);
  CHECK(hits(rank, TieRule::kExpected, 5) == 0.25);
  CHECK(position(rank, TieRule::kExpected) == 10.5);
  CHECK(hits(rank, TieRule::kOptimistic, 1) == 1.0);
  CHECK(hits(rank, TieRule::kPessimistic, 19) == 0.0);
}

TEST_CASE("Ranks equal scipy's rankdata") {
  const auto golden = cupel::parse_json(cupel::read_file(cupel::test::data("rank_golden.json")),
                                        "rank_golden.json");
  cupel::JsonObject root(golden, "rank_golden.json");
  for (const cupel::JsonValue& item : root.member("ranks").items) {
    cupel::JsonObject one(item, "rank_golden.json");
    std::vector<double> scores;
    for (const auto& score : one.member("scores").items)
      scores.push_back(score.text.empty()     ? score.real
                       : score.text == "-inf" ? -kInfinity
                                              : kInfinity);
    CAPTURE(one.text("name"));
    REQUIRE(!scores.empty());
    for (std::size_t i = 0; i < scores.size(); ++i) {
      const TieRank rank = rank_of(scores, i);
      CHECK(position(rank, TieRule::kOptimistic) == one.member("optimistic").items.at(i).real);
      CHECK(position(rank, TieRule::kExpected) == one.member("expected").items.at(i).real);
      CHECK(position(rank, TieRule::kPessimistic) == one.member("pessimistic").items.at(i).real);
    }
  }
}

TEST_CASE("Tie rules have the names of the protocols, and a misspelt one is suggested") {
  CHECK(cupel::metrics::tie_rule("optimistic") == TieRule::kOptimistic);
  CHECK(cupel::metrics::tie_rule("expected") == TieRule::kExpected);
  CHECK(cupel::metrics::tie_rule("pessimistic") == TieRule::kPessimistic);
  CHECK(cupel::metrics::tie_rule("atomas") == TieRule::kAtomas);
  try {
    (void)cupel::metrics::tie_rule("pesimistic");
    FAIL("accepted");
  } catch (const cupel::Error& error) {
    CHECK(error.code() == cupel::Code::kUsage);
    CHECK(error.hint() == "did you mean 'pessimistic'?");
  }
}
