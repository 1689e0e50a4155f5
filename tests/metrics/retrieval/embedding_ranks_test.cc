#include "metrics/retrieval/embedding_ranks.h"

#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

using cupel::metrics::dot;
using cupel::metrics::Embeddings;
using cupel::metrics::PairRanks;
using cupel::metrics::rank_of;
using cupel::metrics::rank_pairs;
using cupel::metrics::TieRank;

namespace {

struct Table {
  std::vector<float> values;
  std::size_t rows;
  std::size_t dimension;
  [[nodiscard]] Embeddings view() const { return {values, rows, dimension}; }
  float* row(std::size_t i) { return values.data() + i * dimension; }
};

/// Coarse numbers, so that scores tie often; some rows repeat others.
Table some_table(std::size_t rows, std::size_t dimension, unsigned seed, bool coarse) {
  std::mt19937 random(seed);
  Table table{std::vector<float>(rows * dimension), rows, dimension};
  for (float& x : table.values)
    x = coarse ? static_cast<float>(random() % 3) - 1.0F
               : static_cast<float>(random()) * 0x1p-32F - 0.5F;
  for (std::size_t i = 7; i < rows; i += 7) std::copy_n(table.row(i - 5), dimension, table.row(i));
  return table;
}

/// All similarities, one row at a time.
PairRanks by_whole_rows(const Embeddings& queries, const Embeddings& candidates,
                        const std::vector<std::uint32_t>& targets) {
  PairRanks ranks;
  for (std::size_t i = 0; i < queries.rows; ++i) {
    std::vector<float> row;
    std::vector<float> column;
    for (std::size_t j = 0; j < candidates.rows; ++j)
      row.push_back(dot(queries.row(i), candidates.row(j)));
    for (std::size_t j = 0; j < queries.rows; ++j)
      column.push_back(dot(queries.row(j), candidates.row(targets[i])));
    ranks.forward.push_back(rank_of(row, targets[i]));
    ranks.backward.push_back(rank_of(column, i));
  }
  return ranks;
}

void check_same(const Table& queries, const Table& candidates,
                const std::vector<std::uint32_t>& targets) {
  const PairRanks expected = by_whole_rows(queries.view(), candidates.view(), targets);
  for (const unsigned jobs : {1U, 3U}) {
    const PairRanks ranks = rank_pairs(queries.view(), candidates.view(), targets, jobs);
    CHECK(ranks.forward == expected.forward);
    CHECK(ranks.backward == expected.backward);
  }
}

std::vector<std::uint32_t> identity(std::size_t n) {
  std::vector<std::uint32_t> targets(n);
  for (std::size_t i = 0; i < n; ++i) targets[i] = static_cast<std::uint32_t>(i);
  return targets;
}

}  // namespace

TEST_CASE("Blocked ranks equal those of the whole matrix, for sizes around the block edges") {
  for (const std::size_t n : {1, 3, 31, 63, 64, 65, 130, 200}) {
    for (const std::size_t dimension : {1, 5, 40}) {
      CAPTURE(n, dimension);
      for (const bool coarse : {true, false})
        check_same(some_table(n, dimension, 1, coarse), some_table(n, dimension, 2, coarse),
                   identity(n));
    }
  }
}

TEST_CASE("Several queries may look for one candidate, and a candidate may be nobody's target") {
  std::mt19937 random(3);
  for (const auto& [queries, candidates] : {std::pair{150, 70}, std::pair{40, 190}}) {
    std::vector<std::uint32_t> targets;
    for (int i = 0; i < queries; ++i)
      targets.push_back(static_cast<std::uint32_t>(random() % static_cast<unsigned>(candidates)));
    targets[1] = targets[0];
    targets[2] = targets[0];
    check_same(some_table(static_cast<std::size_t>(queries), 9, 4, true),
               some_table(static_cast<std::size_t>(candidates), 9, 5, true), targets);
  }
}

TEST_CASE("NaN and infinite similarities rank as rank_of ranks them") {
  Table queries = some_table(90, 6, 6, true);
  Table candidates = some_table(90, 6, 7, true);
  queries.row(5)[2] = std::numeric_limits<float>::quiet_NaN();
  candidates.row(70)[0] = std::numeric_limits<float>::quiet_NaN();
  candidates.row(8)[0] = std::numeric_limits<float>::infinity();
  queries.row(33)[1] = -std::numeric_limits<float>::infinity();
  check_same(queries, candidates, identity(90));
  const PairRanks ranks = rank_pairs(queries.view(), candidates.view(), identity(90));
  CHECK(ranks.forward[5] == TieRank{.better = 0, .equal = 89, .candidates = 90, .finite = false});
  CHECK_FALSE(ranks.backward[70].finite);
}

TEST_CASE("Repeated rows tie exactly, wherever they stand") {
  Table queries = some_table(130, 300, 8, false);
  Table candidates = queries;
  for (const std::size_t copy : {0, 40, 64, 129})
    std::copy_n(candidates.row(17), candidates.dimension, candidates.row(copy));
  const PairRanks ranks = rank_pairs(queries.view(), candidates.view(), identity(130));
  CHECK(ranks.forward[17].equal == 4);
}

TEST_CASE("No queries have no ranks, and zero dimensions tie everything") {
  const Table none{{}, 0, 4};
  CHECK(rank_pairs(none.view(), none.view(), {}).forward.empty());
  const Table flat{{}, 3, 0};
  CHECK(rank_pairs(flat.view(), flat.view(), identity(3)).forward[0].equal == 2);
}

TEST_CASE("Sizes that do not fit are refused") {
  const Table a = some_table(4, 3, 1, true);
  const Table b = some_table(4, 2, 1, true);
  const std::vector<std::uint32_t> outside = {0, 1, 2, 4};
  const std::vector<std::uint32_t> short_of_one = {0, 1, 2};
  CHECK_THROWS_AS(rank_pairs(a.view(), b.view(), identity(4)), std::invalid_argument);
  CHECK_THROWS_AS(rank_pairs(a.view(), a.view(), outside), std::invalid_argument);
  CHECK_THROWS_AS(rank_pairs(a.view(), a.view(), short_of_one), std::invalid_argument);
  CHECK_THROWS_AS(rank_pairs({a.values, 5, 3}, a.view(), identity(5)), std::invalid_argument);
}

TEST_CASE("Normalised rows have length one, and a zero row stays zero") {
  Table table = some_table(5, 7, 9, false);
  std::fill_n(table.row(2), 7, 0.0F);
  cupel::metrics::normalize_rows(table.values, 7);
  for (std::size_t i = 0; i < 5; ++i) {
    const auto row = table.view().row(i);
    CHECK_THAT(dot(row, row), Catch::Matchers::WithinAbs(i == 2 ? 0.0 : 1.0, 1e-6));
  }
}
