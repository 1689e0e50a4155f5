#include "harness/run/import.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <numeric>
#include <random>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "results/store.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel;

Imported import_text(const fs::path& store, const std::string& tsv, const ImportLabels& labels,
                     const std::string& source = "{}") {
  results::StoreWriter writer(store, true, "{}");
  return import_predictions(writer, results::parse_prediction_file(tsv, "f.tsv", "generation"),
                            labels, source);
}

}  // namespace

TEST_CASE("importing in any order and grouping gives the same content digest") {
  const test::TempDir dir;
  // Three models on 60 examples, two on others, in every order; scored at once, or one by one.
  std::vector<std::pair<std::size_t, unsigned>> files = {
      {60, 1}, {60, 2}, {25, 1}, {25, 4}, {9, 5}};
  std::mt19937 random(5);
  Digest expected{};
  for (int round = 0; round < 6; ++round) {
    const fs::path store = dir / ("s" + std::to_string(round));
    for (const auto& [rows, variant] : files) {
      test::import_into(store, rows, variant);
      if (round % 2 == 1) test::score_in(store, {.resamples = 20});
    }
    if (round % 3 == 2) test::score_in(store, {.resamples = 0});
    test::score_in(store, {.resamples = 20, .jobs = 1U + static_cast<unsigned>(round) % 3});
    if (round == 0) expected = test::content_digest(store);
    CHECK(test::content_digest(store) == expected);
    std::ranges::shuffle(files, random);
  }
}

TEST_CASE("the same predictions from another format are the same run") {
  const test::TempDir dir;
  const ImportLabels labels{.model = "m", .task = "generation"};
  const Imported first =
      import_text(dir / "s.db", "description\tground truth\toutput\na\tC\tCC\nb\tO\t\n", labels,
                  R"({"file":1})");
  CHECK(first.before == 0);
  const std::string before = test::bytes_of(dir / "s.db");
  for (const char* tsv : {"output\tscore\tground truth\ttext\r\nCC\t1\tC\ta\r\n\t2\tO\tb\r\n",
                          "\xEF\xBB\xBF"
                          "text\toutput\tground truth\n\na\tCC\tC\n\nb\t\tO"}) {
    const Imported again = import_text(dir / "s.db", tsv, labels, R"({"file":2})");
    CHECK(again.run.digest == first.run.digest);
    CHECK(again.before == 2);
  }
  CHECK((test::bytes_of(dir / "s.db") == before));
}

TEST_CASE("every label, every text and the order of rows make another run") {
  const test::TempDir dir;
  const std::string head = "description\tground truth\toutput\n";
  const ImportLabels plain{.model = "m", .task = "generation"};
  std::vector<Digest> seen;
  const auto add = [&](const std::string& tsv, const ImportLabels& labels) {
    seen.push_back(import_text(dir / "s.db", head + tsv, labels).run.digest);
  };
  add("a\tC\tCC\nb\tO\tN\n", plain);
  add("b\tO\tN\na\tC\tCC\n", plain);
  add("a\tC\tN\nb\tO\tCC\n", plain);
  add("a\tC\tCC\nb\tO\tN\nb\tO\tN\n", plain);
  add("a\tC\tCC\n", plain);
  add("a \tC\tCC\nb\tO\tN\n", plain);
  for (const ImportLabels& labels :
       {ImportLabels{.model = "n", .task = "generation"},
        ImportLabels{.model = "m", .task = "generation", .dataset = "d"},
        ImportLabels{.model = "m", .task = "generation", .split = "test"},
        ImportLabels{.model = "m", .task = "generation", .seed = 0},
        ImportLabels{.model = "m", .task = "generation", .seed = -1},
        ImportLabels{.model = "m", .task = "captioning"}}) {
    add("a\tC\tCC\nb\tO\tN\n", labels);
  }
  std::ranges::sort(seen);
  CHECK(std::ranges::adjacent_find(seen) == seen.end());
  CHECK(results::Store(dir / "s.db").runs().size() == seen.size());
  CHECK(test::complaints(dir / "s.db").empty());
}

TEST_CASE("importing again adds nothing and changes no byte") {
  const test::TempDir dir;
  test::import_into(dir / "s.db", 500, 1);
  const std::string before = test::bytes_of(dir / "s.db");
  for (int round = 0; round < 2; ++round) {
    std::size_t told = 0;
    const Imported again = test::import_into(dir / "s.db", 500, 1, [&](std::size_t) { ++told; });
    CHECK(again.before == 500);
    CHECK(again.run.complete());
    CHECK(told == 0);
    CHECK((test::bytes_of(dir / "s.db") == before));
  }
}

TEST_CASE("an import that was stopped between transactions goes on there, others in between") {
  const test::TempDir dir;
  constexpr std::size_t kRows = 40'000;
  test::import_into(dir / "whole.db", kRows, 1);
  test::import_into(dir / "whole.db", kRows, 2);
  struct Stop {};
  const auto stop_at_first = [](std::size_t) { throw Stop(); };
  CHECK_THROWS_AS(test::import_into(dir / "s.db", kRows, 1, stop_at_first), Stop);
  CHECK_THROWS_AS(test::import_into(dir / "s.db", kRows, 2, stop_at_first), Stop);
  CHECK_THROWS_AS(test::import_into(dir / "s.db", kRows, 2, stop_at_first), Stop);
  {
    results::Store store(dir / "s.db");
    const auto runs = store.runs();
    REQUIRE(runs.size() == 2);
    CHECK(runs[0].stored == 16'384);
    CHECK(runs[1].stored == 32'768);
    CHECK_FALSE(runs[0].complete());
    // What is unfinished is no part of the content.
    CHECK(store.content_digest() != test::content_digest(dir / "whole.db"));
    CHECK(store.rows(runs[0], 16'380, 10).size() == 4);
  }
  CHECK_THROWS_AS(
      [&] {
        results::StoreWriter store(dir / "s.db", false, "{}");
        (void)store.find_run("model-3");
      }(),
      Error);
  const Imported first = test::import_into(dir / "s.db", kRows, 1);
  CHECK(first.before == 16'384);
  const Imported second = test::import_into(dir / "s.db", kRows, 2);
  CHECK(second.before == 32'768);
  CHECK(test::content_digest(dir / "s.db") == test::content_digest(dir / "whole.db"));
  CHECK(test::complaints(dir / "s.db").empty());
}
