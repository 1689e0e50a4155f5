// How often a gate is wrong and what it finds, on the statistics of real predictions.
//
//   cupel score molt5-large-caption2smiles.txt --task generation --protocol cupel --examples
//   large.csv cupel score molt5-small-caption2smiles.txt --task generation --protocol cupel
//   --examples small.csv cupel_gate_rates large.csv small.csv > reports/measured/gate.json
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <sstream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "metrics/significance/binomial.h"
#include "tests/metrics/significance/gate_simulation.h"

namespace {

using namespace cupel;

constexpr std::size_t kExamples = 3300;

/// The columns of these names; numbers alone stand in such a file.
std::vector<std::vector<double>> columns(const std::string& path,
                                         const std::vector<std::string>& names) {
  std::istringstream lines(read_file(path));
  std::string line, cell;
  std::vector<std::size_t> places(names.size());
  std::vector<std::vector<double>> found(names.size());
  for (bool head = true; std::getline(lines, line); head = false) {
    std::istringstream cells(line);
    for (std::size_t place = 0; std::getline(cells, cell, ','); ++place) {
      for (std::size_t m = 0; m < names.size(); ++m) {
        if (head && cell == names[m]) places[m] = place;
        if (!head && place == places[m]) found[m].push_back(std::strtod(cell.c_str(), nullptr));
      }
    }
  }
  for (std::size_t m = 0; m < names.size(); ++m) {
    if (places[m] == 0 || found[m].size() != kExamples)
      throw Error(Code::kUsage, fmt::format("{}: no column {} of 3300 rows", path, names[m]));
  }
  return found;
}

/// Moves the candidate's numbers to the mean of the baseline's: what is left is how much two models
/// differ example by example.
void centre(test::RealPairs& pairs) {
  for (std::size_t m = 0; m < pairs.baseline.size(); ++m) {
    double sum = 0.0;
    for (std::size_t i = 0; i < kExamples; ++i) sum += pairs.candidate[m][i] - pairs.baseline[m][i];
    for (double& number : pairs.candidate[m]) number -= sum / static_cast<double>(kExamples);
  }
}

void write_rate(JsonWriter& json, const char* name, std::size_t count, std::size_t trials) {
  const auto interval = metrics::binomial_interval(count, trials, 0.95);
  json.key(name).begin_object().key("count").value(count).key("gates").value(trials);
  json.key("rate").value(static_cast<double>(count) / static_cast<double>(trials));
  json.key("low").value(interval.low).key("high").value(interval.high).end_object();
}

void write_scores(JsonWriter& json, const std::string& large, const std::string& small) {
  const std::vector<std::string> names = {"morgan", "maccs", "exact"};
  test::RealPairs all{.baseline = columns(large, names), .candidate = columns(small, names)};
  centre(all);
  const test::RealPairs morgan{.baseline = {all.baseline[0]}, .candidate = {all.candidate[0]}};
  const metrics::Limits limits{.tolerance = 0.01, .minimum_effect = 0.005};
  json.key("scores").begin_object();
  json.key("what").value(
      "MolT5 large and small, generation, moved to one mean, sides exchanged "
      "at random; morgan, maccs and exact in one gate, alpha 0.05, Holm");
  const auto alike = test::simulate_scores(
      all,
      {.rows = 200, .gates = 10'000, .trials = 499, .draws = 50, .limits = {.tolerance = 0.01}});
  write_rate(json, "false_alarms_200_examples_no_minimum_effect", alike.regressions, alike.gates);
  const auto worse = test::simulate_scores(morgan, {.rows = kExamples,
                                                    .gates = 1000,
                                                    .trials = 499,
                                                    .draws = 200,
                                                    .limits = limits,
                                                    .drop = 0.01});
  write_rate(json, "passes_3300_examples_morgan_worse_by_tolerance", worse.passes, worse.gates);
  const auto planted = test::simulate_scores(morgan, {.rows = kExamples,
                                                      .gates = 1000,
                                                      .trials = 499,
                                                      .draws = 200,
                                                      .limits = limits,
                                                      .drop = 0.015});
  write_rate(json, "found_3300_examples_morgan_worse_by_0.015", planted.regressions, planted.gates);
  json.key("mean_detectable_with_power_0.8").value(planted.detectable);
  const auto stated = test::simulate_scores(morgan, {.rows = kExamples,
                                                     .gates = 1000,
                                                     .trials = 499,
                                                     .draws = 200,
                                                     .limits = limits,
                                                     .drop = planted.detectable});
  write_rate(json, "found_at_that_drop", stated.regressions, stated.gates);
  json.end_object();
}

void write_times(JsonWriter& json) {
  json.key("times").begin_array();
  for (const double noise : {0.01, 0.015, 0.02}) {
    for (const std::size_t repetitions : {5U, 10U, 20U}) {
      const test::SimulatedTimes what{
          .repetitions = repetitions, .gates = repetitions > 10 ? 2000U : 10'000U, .noise = noise};
      test::SimulatedTimes grown = what;
      grown.growth = 0.05;
      test::SimulatedTimes bare = what;  // the test alone
      bare.limits = {.tolerance = 1e-9};
      const auto found = test::simulate_times(grown);
      const auto alike = test::simulate_times(what);
      const auto tested = test::simulate_times(bare);
      json.begin_object().key("noise").value(noise).key("repetitions").value(repetitions);
      write_rate(json, "false_alarms", alike.regressions, alike.gates);
      write_rate(json, "passes", alike.passes, alike.gates);
      write_rate(json, "false_alarms_no_minimum_effect", tested.regressions, tested.gates);
      write_rate(json, "found_slower_by_0.05", found.regressions, found.gates);
      json.key("mean_detectable_with_power_0.8").value(found.detectable).end_object();
    }
  }
  json.end_array();
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (argc != 3) throw Error(Code::kUsage, "two files of statistics are needed");
    JsonWriter json;
    json.begin_object().key("conditions").begin_object();
    json.key("what").value(
        "simulated gates; tolerance 0.01 and minimum effect 0.005 of a score, "
        "5 % and 3 % of a time, unless said otherwise; log-normal noise of times");
    json.end_object();
    write_scores(json, argv[1], argv[2]);
    write_times(json);
    std::fputs(json.end_object().str().c_str(), stdout);
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
