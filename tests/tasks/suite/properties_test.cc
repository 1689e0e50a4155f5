#include "tasks/suite/properties.h"

#include <cmath>
#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <utility>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/csv.h"
#include "harness/core/file.h"
#include "tests/support/paths.h"

using namespace cupel;
using namespace cupel::tasks;

namespace {

std::vector<CsvRow> rows_of(const char* set, double scale = 1.0) {
  chem::silence_rdkit();
  auto files = make_suite_set(set, {.scale = scale});
  REQUIRE(files.size() == 1);
  CHECK(!files[0].bytes.contains('\r'));
  return parse_csv(files[0].bytes, files[0].path);
}

std::string first_line(const std::string& bytes) { return bytes.substr(0, bytes.find('\n')); }

}  // namespace

TEST_CASE("the sets have the published numbers of tasks") {
  const std::map<std::string, std::size_t> tasks = {
      {"mini-bbbp", 1},    {"mini-tox21", 12}, {"mini-toxcast", 617}, {"mini-sider", 27},
      {"mini-clintox", 2}, {"mini-muv", 17},   {"mini-hiv", 1},       {"mini-bace", 1}};
  CHECK(suite::property_sets().size() == 8);
  for (const std::string& set : suite::property_sets())
    CHECK(suite::label_columns(set).size() == tasks.at(set));
}

TEST_CASE("headers equal those of the real files") {
  for (const auto& [set, real] : {std::pair{"mini-bbbp", "BBBP.csv"},
                                  {"mini-tox21", "tox21.csv"},
                                  {"mini-sider", "sider.csv"},
                                  {"mini-clintox", "clintox.csv"},
                                  {"mini-bace", "bace.csv"}}) {
    const auto path = test::real_data(std::string("moleculenet/chemprop/") + real);
    const auto made = make_suite_set(set, {.scale = 0.1});
    CHECK(made[0].path == std::string(set) + "/" + real);
    CHECK(first_line(made[0].bytes) == first_line(read_file(path)));
  }
}

TEST_CASE("every row parses and has a label; every label is 0, 1 or missing at about its rate") {
  for (const std::string& set : suite::property_sets()) {
    const auto columns = suite::label_columns(set);
    const auto rows = rows_of(set.c_str());
    const std::string one = set == "mini-toxcast" ? "1.0" : "1";
    const std::string zero = set == "mini-toxcast" ? "0.0" : "0";
    std::vector<std::size_t> missing(columns.size());
    std::vector<std::size_t> positive(columns.size());
    std::set<std::string> seen;
    for (std::size_t i = 1; i < rows.size(); ++i) {
      const auto& cells = rows[i].cells;
      INFO(set << " line " << rows[i].line);
      REQUIRE(cells.size() == columns.size() + 1);
      CHECK(seen.insert(chem::Molecule::from_smiles(cells[0]).value().canonical_smiles()).second);
      std::size_t labels = 0;
      for (std::size_t k = 0; k < columns.size(); ++k) {
        const std::string& cell = cells[k + 1];
        if (!cell.empty() && cell != one && cell != zero) FAIL(cell);
        missing[k] += cell.empty();
        positive[k] += cell == one;
        labels += !cell.empty();
      }
      CHECK(labels > 0);
    }
    const auto n = static_cast<double>(rows.size() - 1);
    for (std::size_t k = 0; k < columns.size(); ++k) {
      INFO(set << " " << columns[k].name);
      const double rate = static_cast<double>(columns[k].missing) / 1000;
      // Six standard deviations, and what rows without any label took back.
      CHECK(std::abs(static_cast<double>(missing[k]) / n - rate) < 0.01 + 6 * std::sqrt(0.25 / n));
      if (missing[k] + 1 < rows.size() - 1) CHECK(positive[k] > 0);
      CHECK(positive[k] < rows.size() - 1 - missing[k] + (missing[k] + 1 >= rows.size() - 1));
    }
  }
}

TEST_CASE("labels follow the molecule: another seed's set obeys the same rules") {
  // A class that makes HIV labels positive in one set does so in the other.
  const auto share = [](std::uint64_t seed) {
    auto files = make_suite_set("mini-hiv", {.seed = seed, .scale = 0.5});
    std::map<bool, std::pair<double, double>> counts;  // has nitrogen in a ring: positive, all
    const auto rows = parse_csv(files[0].bytes, "hiv");
    for (std::size_t i = 1; i < rows.size(); ++i) {
      auto& [positive, all] = counts[rows[i].cells[0].contains('n')];
      positive += rows[i].cells[1] == "1";
      ++all;
    }
    return counts[true].first / counts[true].second - counts[false].first / counts[false].second;
  };
  chem::silence_rdkit();
  CHECK(share(1) * share(2) > 0);
  CHECK(std::abs(share(1)) > 0.02);
}
