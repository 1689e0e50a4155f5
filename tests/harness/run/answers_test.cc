#include "harness/run/answers.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "tests/support/fake_runs.h"

namespace {

using namespace cupel;
using Candidates = std::vector<std::uint32_t>;

}  // namespace

// Values: tests/oracle/other_candidates.py.
TEST_CASE("the other candidates of an example are the same on every machine") {
  CHECK(other_candidates(0, 20, 19) ==
        Candidates{3, 1, 12, 2, 11, 8, 6, 10, 18, 14, 16, 15, 17, 5, 7, 4, 19, 13, 9});
  CHECK(other_candidates(3, 3000, 19) == Candidates{1911, 1600, 2194, 2213, 2221, 2086, 2378, 2806,
                                                    2316, 2990, 2266, 2476, 1280, 999, 640, 628, 4,
                                                    517, 2625});
  CHECK(other_candidates(2999, 3000, 19) == Candidates{2295, 1327, 104, 1265, 1287, 1005, 1866,
                                                       2400, 1491, 1711, 1477, 325, 1097, 2671,
                                                       2188, 1120, 2280, 51, 791});
  CHECK(other_candidates(3, 3000, 3) == Candidates{1911, 1600, 2194});
}

TEST_CASE("other candidates are distinct, and never the example itself") {
  for (const std::size_t rows : {2U, 4U, 20U, 21U, 500U}) {
    for (std::size_t row = 0; row < rows; ++row) {
      const std::size_t count = std::min<std::size_t>(rows - 1, 19);
      const Candidates others = other_candidates(row, rows, count);
      CHECK(others.size() == count);
      const std::set<std::uint32_t> distinct(others.begin(), others.end());
      CHECK(distinct.size() == count);
      CHECK_FALSE(distinct.contains(static_cast<std::uint32_t>(row)));
      CHECK(*distinct.rbegin() < rows);
    }
  }
}

TEST_CASE("every row is another's candidate about as often, at each place") {
  constexpr std::size_t kRows = 1000;
  std::vector<double> all(kRows);
  std::vector<double> first(kRows);
  for (std::size_t row = 0; row < kRows; ++row) {
    const Candidates others = other_candidates(row, kRows, 19);
    ++first[others.front()];
    for (const std::uint32_t other : others) ++all[other];
  }
  const auto chi_square = [](const std::vector<double>& counts, double expected) {
    double sum = 0;
    for (const double count : counts) sum += (count - expected) * (count - expected) / expected;
    return sum;
  };
  // 999 degrees of freedom; five standard deviations of the statistic are 224.
  CHECK(std::abs(chi_square(all, 19) - 999) < 224);
  CHECK(std::abs(chi_square(first, 1) - 999) < 224);
}

TEST_CASE("a choice among more than there are is refused") {
  CHECK(test::said_by([] { return other_candidates(0, 19, 19); }) ==
        "2: a choice among 20 needs as many test rows; there are 19 // use a larger data set");
}

TEST_CASE("answers do not depend on how examples are grouped") {
  const test::TempDir dir;
  const auto set = test::made_set(dir, "pairs", {});
  const auto dataset = tasks::load_dataset(set, test::roots(dir));
  test::FakeModel model(std::make_shared<test::Script>());
  for (const char* id : {"generation", "molecule-to-text-retrieval", "molecule-to-text-choice"}) {
    CAPTURE(id);
    const tasks::Task& task = tasks::task_registry().get(id);
    const CellExamples examples(task, dataset, 0);
    const models::Work work{.jobs = 2};
    Answers answers(model, task, examples, work);
    const auto whole = answers.predict(0, 40);
    std::vector<std::string> parts;
    for (const auto& [from, count] : {std::pair{0U, 1U}, {1U, 16U}, {17U, 23U}})
      std::ranges::move(answers.predict(from, count), std::back_inserter(parts));
    CHECK(parts == whole);
    CHECK(answers.batch() == 1024);
  }
}
