// What both classifiers share, and their areas beside scikit-learn's on real sets.
#include "models/baselines/ecfp_model.h"

#include <map>
#include <numeric>

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/csv.h"
#include "metrics/classification/roc_auc.h"
#include "tests/support/molecules.h"
#include "tests/support/real_tables.h"
#include "tests/support/small_models.h"

namespace cupel::models {
namespace {

using Catch::Matchers::WithinAbs;
using test::member;

TEST_CASE("unreadable molecules and labels of one class score the prior") {
  const std::string id = GENERATE("ecfp-logistic", "ecfp-forest");
  const std::vector<Sample> train = test::small_set();
  const auto model = test::fitted(id, Capability::kProperty, train);
  const auto majority = test::fitted("majority", Capability::kProperty, train);
  const std::string_view queries[] = {"C(", "CCO", "c1ccccc1CCC"};
  const auto scores = model->classify(queries, {});
  const auto priors = majority->classify(queries, {});
  for (std::size_t label = 0; label < 4; ++label) CHECK(scores[label] == priors[label]);
  for (std::size_t query = 1; query < 3; ++query) {
    CHECK(scores[query * 4] != priors[query * 4]);
    CHECK(scores[query * 4 + 2] == 1.0F);
    CHECK(scores[query * 4 + 3] == 0.5F);
  }
}

TEST_CASE("what sets the classes apart is learned") {
  const std::string id = GENERATE("ecfp-logistic", "ecfp-forest");
  const auto model = test::fitted(id, Capability::kProperty, test::small_set());
  const std::string_view queries[] = {"c1ccccc1CCCCCCCO", "NCCCCCCCO", "c1ccccc1CBr",
                                      "C(=O)(O)CBr"};
  const auto scores = model->classify(queries, {});
  CHECK(scores[0] > 0.6F);
  CHECK(scores[4] < 0.4F);
  CHECK(scores[8] > scores[12]);
}

TEST_CASE("the answers of a label do not depend on which other labels there are") {
  const std::string id = GENERATE("ecfp-logistic", "ecfp-forest");
  const std::vector<Sample> train = test::small_set();
  std::vector<Sample> alone = train;
  for (Sample& sample : alone) sample.labels.resize(1);
  const auto model = test::made(id);
  const std::vector<std::string> labels = {"both"};
  model->fit({.capability = Capability::kProperty, .train = alone, .labels = labels}, {});
  const auto of_four = test::fitted(id, Capability::kProperty, train);
  for (const Sample& sample : train) {
    const std::string_view smiles = sample.smiles;
    CHECK(model->classify({&smiles, 1}, {})[0] == of_four->classify({&smiles, 1}, {})[0]);
  }
}

// A set of $CUPEL_DATA/moleculenet/chemprop and the rows of a scaffold split of it.
struct RealSet {
  std::vector<std::string> labels;
  std::vector<Sample> train;
  std::vector<Sample> test;
};

std::map<std::size_t, std::string> parts_of(const std::string& name) {
  std::map<std::size_t, std::string> parts;
  if (name == "bace" || name == "bbbp") {
    for (const std::string part : {"train", "test"}) {
      const auto path = test::real_data("moleculenet/splits/ogb/ogbg_mol" + name +
                                        "/split/scaffold/" + part + ".csv.gz");
      for (const CsvRow& row : parse_csv(test::unpacked(path), part))
        parts[std::stoul(row.cells[0])] = part;
    }
    return parts;
  }
  const auto path = test::real_data("moleculenet/splits/chemvl_scaffold.tsv.gz");
  std::istringstream lines(test::unpacked(path));
  for (std::string task, row, part; lines >> task >> row >> part;) {
    if (task == name) parts[std::stoul(row)] = part;
  }
  return parts;
}

RealSet read_set(const std::string& name) {
  const std::string file = name == "bbbp" ? "BBBP" : name;
  const auto path = test::real_data("moleculenet/chemprop/" + file + ".csv");
  const auto rows = parse_csv(read_file(path), file);
  RealSet set{.labels = {rows[0].cells.begin() + 1, rows[0].cells.end()}, .train = {}, .test = {}};
  for (const auto& [row, part] : parts_of(name)) {
    const auto& cells = rows.at(row + 1).cells;
    Sample sample{.id = std::to_string(row), .smiles = cells[0], .text = {}, .labels = {}};
    for (std::size_t i = 1; i < cells.size(); ++i)
      sample.labels.push_back(cells[i].empty() ? 0 : std::stod(cells[i]) > 0.5 ? 1 : -1);
    if (part == "train") set.train.push_back(std::move(sample));
    if (part == "test") set.test.push_back(std::move(sample));
  }
  return set;
}

double area(const RealSet& set, const std::string& id, std::uint64_t seed) {
  const auto model = test::made(id);
  model->fit(
      {.capability = Capability::kProperty, .train = set.train, .labels = set.labels, .seed = seed},
      {});
  std::vector<std::string_view> smiles;
  for (const Sample& sample : set.test) smiles.push_back(sample.smiles);
  const std::vector<float> scores = model->classify(smiles, {});
  const metrics::RocAuc metric(set.labels);
  const std::size_t width = set.labels.size();
  StatisticTable rows(smiles.size(), 2 * width);
  for (std::size_t i = 0; i < smiles.size(); ++i) {
    const std::vector<double> labels(set.test[i].labels.begin(), set.test[i].labels.end());
    const auto first = scores.begin() + static_cast<std::ptrdiff_t>(i * width);
    const std::vector<double> logits(first, first + static_cast<std::ptrdiff_t>(width));
    metric.measure(labels, logits, rows.row(i));
  }
  return metric.score(rows).value();
}

JsonValue golden_property() {
  return member(parse_json(read_file(test::data("ecfp_golden.json")), "ecfp_golden.json"),
                "property");
}

TEST_CASE("logistic regression equals scikit-learn's on five real sets") {
  const JsonValue cases = golden_property();
  for (const JsonValue& one : cases.items) {
    const std::string& name = member(one, "set").text;
    INFO(name);
    const RealSet set = read_set(name);
    REQUIRE(set.train.size() == static_cast<std::size_t>(member(one, "train").integer));
    REQUIRE(set.test.size() == static_cast<std::size_t>(member(one, "test").integer));
    CHECK_THAT(area(set, "ecfp-logistic", 0), WithinAbs(member(one, "logistic").real, 0.001));
  }
}

TEST_CASE("the forest is as good as scikit-learn's on small real sets") {
  const JsonValue cases = golden_property();
  for (const JsonValue& one : cases.items) {
    const std::string& name = member(one, "set").text;
    const auto& areas = member(one, "forest").items;
    if (areas.empty()) continue;
#ifdef __SANITIZE_ADDRESS__
    if (name != "bace") continue;  // the others take minutes there
#endif
    INFO(name);
    const RealSet set = read_set(name);
    double expected = 0.0;
    double found = 0.0;
    for (std::size_t seed = 0; seed < areas.size(); ++seed) {
      expected += areas[seed].real / static_cast<double>(areas.size());
      found += area(set, "ecfp-forest", seed) / static_cast<double>(areas.size());
    }
    CHECK_THAT(found, WithinAbs(expected, 0.01));
  }
}

}  // namespace
}  // namespace cupel::models
