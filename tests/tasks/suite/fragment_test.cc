#include "tasks/suite/fragment.h"

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

#include <catch2/catch_test_macros.hpp>

using namespace cupel::tasks::suite;

namespace {

const Fragment& scaffold_called(std::string_view name) {
  return *std::ranges::find_if(scaffolds(), [&](const auto& one) { return one.row.name == name; });
}

}  // namespace

TEST_CASE("a template is taken apart into atoms, centres, rings and places") {
  const Fragment fragment = compile({"x", "N1{1}[C*H]{2}/C=C/[C*H:5](O)[O-]{7!RM}1", "C", 1});
  CHECK(fragment.atoms == 7);
  CHECK(fragment.charge == -1);
  CHECK(fragment.has_slashes);
  REQUIRE(fragment.sites.size() == 3);
  CHECK(fragment.sites[0].accepts == "N");
  CHECK(fragment.sites[1].accepts == "C");
  CHECK(fragment.sites[2].accepts == "RM");
  CHECK(fragment.sites[2].required);
  CHECK(fragment.sites[2].atom == 6);
  REQUIRE(fragment.centres.size() == 2);
  CHECK(fragment.centres[0].locant == "2");
  CHECK(fragment.centres[0].needs_site);
  CHECK(fragment.centres[1].locant == "5");
  CHECK_FALSE(fragment.centres[1].needs_site);
}

TEST_CASE("a place behind a branch belongs to the atom that the branch stands on") {
  const Fragment fragment = compile({"x", "S(=O)(=O){!R}", "C", 1});
  CHECK(fragment.sites[0].atom == 0);
  CHECK(compile({"x", "[C*H:1](C){1!R}", "C", 1}).sites[0].atom == 0);
  CHECK(compile({"x", "c(C(=O)N{N})c", "C", 1}).sites[0].atom == 3);
}

TEST_CASE("a template that breaks the rules is refused") {
  for (const char* bad : {"{1}C", "C{1", "[C*H]C", "CX", "C(C", "C)C"})
    CHECK_THROWS_AS(compile({"x", bad, "C", 1}), std::logic_error);
}

TEST_CASE("every row of the tables compiles; scaffolds have one name each") {
  std::set<std::string_view> names;
  for (const Fragment& one : scaffolds()) CHECK(names.insert(one.row.name).second);
  CHECK(names.size() > 130);
  CHECK(substituents().size() > 120);
  for (const Fragment& one : substituents()) {
    INFO(one.row.name << " " << one.row.smiles);
    CHECK(std::ranges::all_of(one.row.kinds,
                              [](char kind) { return std::string_view("CNRMP").contains(kind); }));
    if (!one.row.reverse.empty()) CHECK(compile({"", one.row.reverse, "", 1}).atoms == one.atoms);
  }
}

TEST_CASE("symmetries move places, and only to such as accept the same") {
  CHECK(scaffold_called("benzene").symmetries.size() == 12);
  CHECK(scaffold_called("quinoline").symmetries.size() == 1);
  const Fragment& piperidine = scaffold_called("piperidine");
  REQUIRE(piperidine.symmetries.size() == 2);
  CHECK(std::ranges::contains(piperidine.symmetries[1], kNoSite));  // 2 would become 6
}
