#include "metrics/alignment/ari_metric.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "metrics/alignment/truth.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

using Row = std::vector<double>;
using Names = std::vector<std::string>;

std::string truth(bool two) {
  Sample sample{.id = "1",
                .smiles = "CCO",
                .text = "ab",
                .labels = {},
                .phrases = {{.begin = 0, .end = 1, .fragment = true, .atoms = {0, 1}},
                            {.begin = 1, .end = 2, .fragment = true, .atoms = {2}}}};
  if (!two) sample.phrases.pop_back();
  return write_truth(sample);
}

Row measured(AlignedKind kind, std::size_t level, const std::string& prediction,
             const std::string& reference) {
  const auto metric = make_ari(kind, level);
  Row row(metric->statistics().size(), 7.0);
  metric->measure(Pair(prediction, reference, {}), row);
  return row;
}

const std::string kPerfect = R"({"levels":[{"molecule":[0,0,1],"text":[0,1],"match":[0,1]}]})";

TEST_CASE("an example has its index, whether it counts, and its controls") {
  CHECK(make_ari(AlignedKind::kText, 2)->statistics() == Names{"", "n", "shuffled", "rotated"});
  CHECK(make_ari(AlignedKind::kPair, 2)->statistics() ==
        Names{"", "n", "shuffled", "rotated", "rematched"});
  const Row row = measured(AlignedKind::kPair, 1, kPerfect, truth(true));
  CHECK(row[0] == 1.0);
  CHECK(row[1] == 1.0);
}

TEST_CASE("a malformed answer counts with 0, and what cannot be asked does not count") {
  for (const char* answer : {"", "no JSON", R"({"levels":[]})"})
    CHECK(measured(AlignedKind::kMolecule, 2, answer, truth(true)) == Row{0, 1, 0, 0});
  // Perfect, but without a second level.
  CHECK(measured(AlignedKind::kMolecule, 2, kPerfect, truth(true)) == Row{0, 0, 0, 0});
  // One set in the truth.
  CHECK(measured(AlignedKind::kMolecule, 1, kPerfect, truth(false)) == Row{0, 0, 0, 0});
  CHECK(measured(AlignedKind::kMolecule, 1, kPerfect, "no truth") == Row{0, 0, 0, 0});
}

TEST_CASE("the score is the mean over the examples that count") {
  const auto metric = make_ari(AlignedKind::kMolecule, 1);
  StatisticTable rows(3, 4);
  rows.row(0)[0] = 0.5;
  rows.row(0)[1] = 1.0;
  rows.row(1)[0] = -0.25;
  rows.row(1)[1] = 1.0;
  CHECK(metric->score(rows) == 0.125);
  CHECK(metric->counted(rows) == 2);
  CHECK(metric->score(StatisticTable(2, 4)).error() == "no example counts");
}

}  // namespace
}  // namespace cupel::metrics
