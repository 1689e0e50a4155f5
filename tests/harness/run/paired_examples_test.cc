#include "harness/run/paired_examples.h"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/harness/run/compared_runs.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;

class Mean final : public metrics::AdditiveMetric {
 public:
  [[nodiscard]] std::vector<std::string> statistics() const override { return {"", "n"}; }
  [[nodiscard]] metrics::Value finish(std::span<const double> sum) const override {
    if (sum[1] == 0.0) return std::unexpected("no example counts");
    return sum[0] / sum[1];
  }
};

StatisticTable column(const std::vector<double>& values) {
  StatisticTable table(values.size(), 2);
  for (std::size_t i = 0; i < values.size(); ++i) {
    table.row(i)[0] = std::max(values[i], 0.0);
    table.row(i)[1] = values[i] < 0.0 ? 0.0 : 1.0;  // negative: does not count
  }
  return table;
}

std::vector<std::size_t> positions(const MovedExamples& moved, bool better) {
  std::vector<std::size_t> all;
  for (const MovedExample& one : moved.examples)
    if (one.better == better) all.push_back(one.position);
  return all;
}

using Positions = std::vector<std::size_t>;

TEST_CASE("Runs on one example set are paired by position, even where an example repeats") {
  const test::TempDir dir;
  results::StoreWriter store(dir / "s.db", true, "{}");
  const std::vector<results::Row> rows = {test::alcohol(1), test::alcohol(1), test::alcohol(2)};
  auto others = rows;
  others[0].prediction = "C";
  const auto pairs =
      pair_examples(store, test::add_run(store, "a", rows), test::add_run(store, "b", others));
  CHECK(pairs.same);
  CHECK(pairs.size == 3);
}

TEST_CASE("Runs on other examples are paired by input and reference, in the baseline's order") {
  const test::TempDir dir;
  results::StoreWriter store(dir / "s.db", true, "{}");
  auto right = test::alcohols(3, 9, 2, 1);
  std::ranges::reverse(right);
  right[1].reference = "CCN";  // alcohol 7 with another reference is another example
  const auto left = test::add_run(store, "a", test::alcohols(0, 8, 2, 2));
  const auto pairs = pair_examples(store, left, test::add_run(store, "b", right));
  CHECK_FALSE(pairs.same);
  CHECK(pairs.size == 4);
  CHECK(pairs.baseline == std::vector<std::uint32_t>{3, 4, 5, 6});
  CHECK(pairs.candidate == std::vector<std::uint32_t>{5, 4, 3, 2});
}

TEST_CASE("Examples that cannot be paired are refused with a remedy") {
  const test::TempDir dir;
  results::StoreWriter store(dir / "s.db", true, "{}");
  const auto left = test::add_run(store, "a", test::alcohols(0, 5, 2, 1));
  auto repeated = test::alcohols(3, 9, 2, 1);
  repeated.push_back(test::alcohol(4));
  const auto refused = [&](const results::Run& a, const results::Run& b) -> std::string {
    try {
      static_cast<void>(pair_examples(store, a, b));
    } catch (const Error& error) {
      CHECK(error.code() == Code::kUsage);
      CHECK_FALSE(error.hint().empty());
      return error.what();
    }
    return "paired";
  };
  const auto twice = test::add_run(store, "twice", repeated);
  CHECK_THAT(refused(left, twice), ContainsSubstring("example 1 of run " + twice.id()));
  CHECK_THAT(refused(twice, left), ContainsSubstring("example 1 of run " + twice.id()));
  const auto one = test::add_run(store, "one", test::alcohols(4, 9, 2, 1));
  CHECK_THAT(refused(left, one), ContainsSubstring("share 1 examples"));
  const auto none = test::add_run(store, "none", test::alcohols(5, 9, 2, 1));
  CHECK_THAT(refused(left, none), ContainsSubstring("share 0 examples"));
  repeated.back() = test::alcohol(8);  // now one repeats that `left` lacks
  CHECK(refused(left, test::add_run(store, "other", repeated)) == "paired");
}

TEST_CASE("The examples that moved most stand by size, then by position, each way") {
  const Mean mean;
  //                          0    1    2    3    4    5    6    7
  const auto before = column({0.5, 0.1, 0.9, 0.3, 0.3, -1., 0.2, 1.0});
  const auto after = column({0.5, 0.6, 0.4, 0.8, 0.2, 0.7, 0.1, -1.});
  const auto both = most_moved({mean, before, after}, true, 5);
  CHECK(positions(both, true) == Positions{1, 3});
  CHECK(positions(both, false) == Positions{2, 6, 4});  // 0.2 − 0.1 exceeds 0.3 − 0.2 in binary
  CHECK(both.unranked == 2);
  const auto lower = most_moved({mean, before, after}, false, 1);
  CHECK(positions(lower, true) == Positions{2});
  CHECK(positions(lower, false) == Positions{1});
  CHECK(lower.unranked == 2);
  CHECK(most_moved({mean, before, after}, true, 0).examples.empty());
  CHECK(most_moved({mean, before, before}, true, 5).examples.empty());
}

TEST_CASE("The examples that moved most are those of a full sort, whatever their order") {
  const Mean mean;
  std::mt19937 random(31);
  std::vector<double> sides[2];
  for (int i = 0; i < 500; ++i)
    for (auto& side : sides) side.push_back(static_cast<double>(random() % 8));
  std::vector<std::pair<double, std::size_t>> worse;
  for (std::size_t i = 0; i < 500; ++i)
    if (sides[1][i] < sides[0][i]) worse.emplace_back(sides[1][i] - sides[0][i], i);
  std::ranges::sort(worse);
  Positions expected;
  for (std::size_t k = 0; k < 40; ++k) expected.push_back(worse[k].second);
  const auto moved = most_moved({mean, column(sides[0]), column(sides[1])}, true, 40);
  CHECK(positions(moved, false) == expected);
}

}  // namespace
