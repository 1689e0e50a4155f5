#include "harness/run/paper_tables.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/run/paper_layouts.h"
#include "metrics/builtin.h"
#include "tests/harness/run/made_plans.h"
#include "tests/support/paths.h"

namespace cupel {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::WithinAbs;

constexpr std::size_t kRows = 60;
constexpr std::size_t kLevenshtein = 2;  // its place in the layout of generation

/// Distances that `shift` of each ten rows have one more of.
std::vector<unsigned> distances(unsigned mean, unsigned shift) {
  std::vector<unsigned> all;
  for (unsigned i = 0; i < kRows; ++i) all.push_back(mean + i % 7 + (i % 10 < shift ? 1 : 0));
  return all;
}

struct Made {
  test::TempDir dir;
  std::string path = (dir / "s.db").string();

  void run(const std::string& model, std::optional<std::int64_t> seed, unsigned mean,
           unsigned shift, const std::string& dataset = "made") const {
    results::StoreWriter writer(path, true, "{}");
    const test::MadeCell cell{
        .name = model, .options = R"("x":")" + model + '"', .dataset = dataset, .seed = seed};
    test::put_run(writer, cell.cell(), distances(mean, shift));
  }
  [[nodiscard]] std::vector<PaperTable> tables() const {
    test::score_in(path, {.resamples = 100}, test::kDistanceProtocol);
    results::Store store(path);
    return paper_tables(store, {}, {.resamples = 500, .trials = 500});
  }
};

const PaperRow& row_of(const PaperTable& table, const std::string& model) {
  return *std::ranges::find(table.rows, model, &PaperRow::model);
}

TEST_CASE_METHOD(Made, "The best model of a column is marked, and who cannot be told from it") {
  run("worse", std::nullopt, 9, 0);
  run("best", std::nullopt, 4, 0);
  run("near", std::nullopt, 4, 1);  // six rows of sixty differ by one
  const auto all = tables();
  REQUIRE(all.size() == 1);
  const PaperTable& table = all.front();
  CHECK(table.id == "generation-made-distance");
  CHECK(table.columns.size() == 7);
  REQUIRE(table.rows.size() == 3);
  CHECK(table.rows.front().model == "worse");  // in the order of the runs
  const PaperScore& best = row_of(table, "best").scores[kLevenshtein];
  CHECK(best.best);
  CHECK_FALSE(best.tied);
  REQUIRE(best.interval.has_value());
  CHECK(best.interval->first < *best.value);
  CHECK_FALSE(best.sd.has_value());
  CHECK_FALSE(row_of(table, "worse").scores[kLevenshtein].tied);
  CHECK_FALSE(row_of(table, "worse").scores[kLevenshtein].best);
  // A difference that is the same wherever it occurs is clear, however small.
  CHECK_FALSE(row_of(table, "near").scores[kLevenshtein].tied);
  CHECK(row_of(table, "near").scores[0].runs == 0);  // not scored
  CHECK_THAT(table.notes.front(), ContainsSubstring("n = 60"));
  CHECK(std::ranges::any_of(
      table.notes, [](const std::string& note) { return note.starts_with("levenshtein|"); }));
}

TEST_CASE_METHOD(Made, "Models with the same scores tie") {
  run("one", std::nullopt, 4, 3);
  results::StoreWriter writer(path, true, "{}");
  auto mixed = distances(4, 3);
  std::swap(mixed[0], mixed[5]);
  std::swap(mixed[11], mixed[13]);
  test::put_run(writer, test::MadeCell{.name = "two", .options = R"("x":2)", .seed = {}}.cell(),
                mixed);
  {
    const results::StoreWriter closing = std::move(writer);
  }
  const auto all = tables();
  REQUIRE(all.size() == 1);
  const PaperScore& first = row_of(all.front(), "one").scores[kLevenshtein];
  const PaperScore& second = row_of(all.front(), "two").scores[kLevenshtein];
  CHECK(first.best);
  CHECK(second.tied);
}

TEST_CASE_METHOD(Made, "Several seeds are a mean with the sample's standard deviation") {
  for (const int seed : {1, 2, 3}) {
    run("seeded", seed, 4 + static_cast<unsigned>(seed), 0);
    run("far", seed, 20 + static_cast<unsigned>(seed), 0);
  }
  run("fixed", std::nullopt, 30, 0);
  const auto all = tables();
  REQUIRE(all.size() == 1);
  const PaperScore& seeded = row_of(all.front(), "seeded").scores[kLevenshtein];
  CHECK(seeded.runs == 3);
  CHECK_THAT(seeded.sd.value(), WithinAbs(1.0, 1e-12));
  CHECK_FALSE(seeded.interval.has_value());
  CHECK(seeded.best);
  CHECK(row_of(all.front(), "fixed").scores[kLevenshtein].runs == 1);
  CHECK(std::ranges::any_of(all.front().notes, [](const std::string& note) {
    return note == "mean ± standard deviation of the sample over 3 seeds";
  }));
}

TEST_CASE_METHOD(Made, "Each data set has a table of its own, and one model has no best") {
  run("one", std::nullopt, 4, 0, "made");
  run("one", std::nullopt, 4, 0, "other");
  const auto all = tables();
  REQUIRE(all.size() == 2);
  CHECK(all[0].id == "generation-made-distance");
  CHECK(all[1].id == "generation-other-distance");
  CHECK_FALSE(all[0].rows[0].scores[kLevenshtein].best);
}

TEST_CASE("The columns of layouts are metrics that exist") {
  for (const PaperLayout& layout : paper_layouts()) {
    for (const LayoutColumn& column : layout.columns) {
      CAPTURE(layout.id, column.heading);
      CHECK_NOTHROW(metrics::metric_registry().get(std::string(column.metric)));
    }
  }
  CHECK(data_of(paper_layouts().back(), "mini-bbbp") == "the bundled suite");
  CHECK(data_of(paper_layouts().back(), "bbbp") == "MoleculeNet");
  CHECK(data_of(paper_layouts().front(), "pcdes") == "pcdes");
}

}  // namespace
}  // namespace cupel
