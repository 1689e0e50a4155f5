#include "tasks/suite/names.h"

#include <algorithm>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

using namespace cupel;
using namespace cupel::tasks::suite;

namespace {

const Fragment& called(const std::vector<Fragment>& from, std::string_view name,
                       bool with_sites = false) {
  return *std::ranges::find_if(from, [&](const Fragment& one) {
    return one.row.name == name && (!with_sites || !one.sites.empty());
  });
}

Node leaf(std::string_view name, bool with_sites = false) {
  return {.fragment = &called(substituents(), name, with_sites)};
}

std::string name_on_benzene(Node substituent) {
  Structure structure;
  structure.root.fragment = &called(scaffolds(), "benzene");
  structure.root.branches.push_back({.site = 0, .node = std::move(substituent)});
  const auto facts = chem::facts(test::molecule(write(structure)));
  Text text;
  append_name(text, structure.root.branches[0].node, facts);
  return text.bytes();
}

}  // namespace

TEST_CASE("articles follow the sound") {
  for (const char* an :
       {"ethyl", "amino", "iodo", "8-azabicyclo", "(E)-ethenyl", "(ethoxy)", "11-x"})
    CHECK(article(an) == "an");
  for (const char* a : {"methyl", "urea", "1H-indole", "(2R)-hexane", "4-ethyl", "hydroxy"})
    CHECK(article(a) == "a");
}

TEST_CASE("numbers are words up to twelve") {
  CHECK(number_word(1) == "one");
  CHECK(number_word(12) == "twelve");
  CHECK(number_word(13) == "13");
}

TEST_CASE("names are put together as chemists do") {
  CHECK(name_on_benzene(leaf("chloro")) == "chloro");
  Node phenyl = leaf("phenyl");
  phenyl.branches = {{.site = 1, .node = leaf("chloro")}, {.site = 3, .node = leaf("chloro")}};
  CHECK(name_on_benzene(phenyl) == "3,5-dichlorophenyl");
  phenyl.branches = {{.site = 1, .node = leaf("methoxy")}, {.site = 2, .node = leaf("hydroxy")}};
  CHECK(name_on_benzene(phenyl) == "4-hydroxy-3-methoxyphenyl");
  phenyl.branches = {{.site = 2, .node = leaf("trifluoromethyl")}};
  CHECK(name_on_benzene(phenyl) == "4-(trifluoromethyl)phenyl");
  phenyl.branches = {{.site = 1, .node = leaf("propan-2-yl")},
                     {.site = 3, .node = leaf("propan-2-yl")}};
  CHECK(name_on_benzene(phenyl) == "3,5-bis(propan-2-yl)phenyl");
  Node indole = leaf("1H-indol-3-yl");
  indole.branches = {{.site = 1, .node = leaf("bromo")}};
  CHECK(name_on_benzene(indole) == "5-bromo-1H-indol-3-yl");
  Node amino = leaf("amino", true);
  amino.branches = {{.site = 0, .node = leaf("pyridin-3-yl")}};
  CHECK(name_on_benzene(amino) == "(pyridin-3-yl)amino");
}

TEST_CASE("configurations stand in front of the name") {
  Node ethenyl = leaf("ethenyl", true);
  ethenyl.branches = {{.site = 0, .node = leaf("phenyl")}};
  CHECK(name_on_benzene(ethenyl) == "2-phenylethenyl");
  ethenyl.stereo = true;
  CHECK(name_on_benzene(ethenyl) == "(E)-2-phenylethenyl");
  ethenyl.signs = std::uint64_t{1} << 63U;
  CHECK(name_on_benzene(ethenyl) == "(Z)-2-phenylethenyl");
  Node hydroxyethyl = leaf("1-hydroxyethyl");
  hydroxyethyl.stereo = true;
  const std::string first = name_on_benzene(hydroxyethyl);
  hydroxyethyl.signs = 1;
  const std::string second = name_on_benzene(hydroxyethyl);
  // c1([C@H](O)C)ccccc1: from the ring H, O, C turn anticlockwise; O > phenyl > methyl makes it R.
  CHECK(first == "(1R)-1-hydroxyethyl");
  CHECK(second == "(1S)-1-hydroxyethyl");
}
