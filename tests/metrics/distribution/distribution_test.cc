#include "metrics/distribution/distribution.h"

#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/error.h"
#include "tests/support/molecules.h"

using Catch::Matchers::WithinAbs;
using cupel::metrics::internal_diversity;
using cupel::metrics::novelty;
using cupel::metrics::Suite;
using cupel::metrics::uniqueness;
using cupel::metrics::valid_canonical;
using cupel::test::member;

namespace {

using Strings = std::vector<std::string>;

std::string with_single_backslashes(const std::string& text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '\\' && i + 1 < text.size() && text[i + 1] == '\\') ++i;
  }
  return result;
}

}  // namespace

TEST_CASE("Uniqueness counts distinct molecules, with or without stereo") {
  cupel::chem::silence_rdkit();
  const Strings generated = {"CCO", "OCC", "C(", "", "F/C=C/F", "F/C=C\\F"};
  CHECK(valid_canonical(generated, Suite::kMoses) == Strings{"CCO", "CCO", "F/C=C/F", "F/C=C\\F"});
  CHECK(uniqueness(generated, Suite::kMoses).value() == 3.0 / 4.0);
  CHECK(uniqueness(generated, Suite::kGuacamol).value() == 2.0 / 4.0);
  CHECK(uniqueness(generated, Suite::kMoses, 2).value() == 1.0 / 2.0);
  CHECK(uniqueness(generated, Suite::kMoses, 100).value() == 3.0 / 4.0);
}

TEST_CASE("Novelty takes MOSES' training strings as they are and makes GuacaMol's canonical") {
  cupel::chem::silence_rdkit();
  const Strings generated = {"CCO", "OCC", "CCN", "F/C=C/F"};
  CHECK(novelty(generated, Strings{"OCC"}, Suite::kMoses).value() == 1.0);
  CHECK(novelty(generated, Strings{"CCO"}, Suite::kMoses).value() == 2.0 / 3.0);
  CHECK(novelty(generated, Strings{"OCC", "FC=CF"}, Suite::kGuacamol).value() == 1.0 / 3.0);
  CHECK(novelty(generated, Strings{}, Suite::kGuacamol).value() == 1.0);
}

TEST_CASE("Internal diversity is 0 for one molecule and counts each with itself") {
  cupel::chem::silence_rdkit();
  CHECK(internal_diversity(Strings{"CCO"}).value() == 0.0);
  CHECK(internal_diversity(Strings{"CCO", "OCC"}, 2).value() == 0.0);
  const auto a = morgan_bits(cupel::test::molecule("CCO"), 1024);
  const auto b = morgan_bits(cupel::test::molecule("c1ccccc1"), 1024);
  const double likeness = tanimoto(a, b);
  CHECK_THAT(internal_diversity(Strings{"CCO", "c1ccccc1", "C("}).value(),
             WithinAbs(1.0 - (1.0 + likeness) / 2.0, 1e-15));
  CHECK_THROWS_AS(internal_diversity(Strings{"C"}, 0), cupel::Error);
}

TEST_CASE("Without a valid molecule there is no value") {
  cupel::chem::silence_rdkit();
  const Strings generated = {"", "C("};
  CHECK_FALSE(uniqueness(generated, Suite::kMoses).has_value());
  CHECK_FALSE(novelty(generated, Strings{"C"}, Suite::kGuacamol).has_value());
  CHECK_FALSE(internal_diversity(generated).has_value());
}

TEST_CASE("Distribution metrics of 500 real outputs equal those of MOSES and GuacaMol") {
  cupel::chem::silence_rdkit();
  const auto golden = cupel::parse_json(
      cupel::read_file(cupel::test::real_data("golden/distribution.json")), "distribution.json");
  const auto file =
      cupel::test::table(cupel::test::real_data("molt5/molt5-large-caption2smiles.txt"), '\t');
  Strings generated;
  for (std::size_t i = 1; i <= 500; ++i) generated.push_back(file[i].at(2));
  Strings train;
  const auto validation =
      cupel::test::table(cupel::test::real_data("chebi20/validation.txt"), '\t');
  for (std::size_t i = 1; i < validation.size(); ++i)
    train.push_back(with_single_backslashes(validation[i].at(1)));
  const auto moses = [&](const char* key) { return member(member(golden, "moses"), key).real; };
  const auto guacamol = [&](const char* key) {
    return member(member(golden, "guacamol"), key).real;
  };

  CHECK(static_cast<double>(valid_canonical(generated, Suite::kMoses).size()) == moses("n_valid"));
  CHECK_THAT(uniqueness(generated, Suite::kMoses).value(), WithinAbs(moses("unique"), 1e-15));
  CHECK_THAT(uniqueness(generated, Suite::kMoses, 100).value(),
             WithinAbs(moses("unique@100"), 1e-15));
  CHECK_THAT(novelty(generated, train, Suite::kMoses).value(),
             WithinAbs(moses("novelty_train_as_is"), 1e-15));
  CHECK_THAT(novelty(generated, valid_canonical(train, Suite::kMoses), Suite::kMoses).value(),
             WithinAbs(moses("novelty_train_canonical"), 1e-15));
  CHECK_THAT(internal_diversity(generated).value(), WithinAbs(moses("IntDiv"), 1e-6));
  CHECK_THAT(internal_diversity(generated, 2).value(), WithinAbs(moses("IntDiv2"), 1e-6));
  CHECK_THAT(uniqueness(generated, Suite::kGuacamol).value(),
             WithinAbs(guacamol("uniqueness_over_valid"), 1e-15));
  CHECK_THAT(novelty(generated, train, Suite::kGuacamol).value(),
             WithinAbs(guacamol("novelty_over_unique"), 1e-15));
}
