#include "reports/html/molecule_table.h"

#include <cstdint>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"
#include "tests/support/molecules.h"

namespace cupel::reports {
namespace {

using test::molecule;
using Ranges = std::vector<std::size_t>;

}  // namespace

TEST_CASE("A layout that is written can be read back: places, labels, bonds and wedges") {
  const chem::Layout layout = chem::lay_out(molecule("C[C@H]([NH3+])C(=O)[O-]"));
  JsonWriter json(JsonLayout::kCompact);
  write_layout(json, layout);
  const JsonValue value = parse_json(json.str(), "layout");
  REQUIRE(value.items.size() == 4);
  std::int64_t x = 0;
  std::int64_t y = 0;
  REQUIRE(value.items[0].items.size() == layout.atoms.size());
  for (std::size_t i = 0; i < layout.atoms.size(); ++i) {
    x += value.items[0].items[i].integer;
    y += value.items[1].items[i].integer;
    CHECK(x == layout.atoms[i].x);
    CHECK(y == layout.atoms[i].y);
  }
  const auto& marks = value.items[2].items;
  REQUIRE(marks.size() == 3);  // the carbons are corners
  CHECK(marks[0].items.size() == 4);
  CHECK(marks[0].items[0].integer == 2);
  CHECK(marks[0].items[1].text == "N");
  CHECK(marks[0].items[2].integer == 3);
  CHECK(marks[0].items[3].integer == 1);
  CHECK(marks[1].items.size() == 2);  // =O has neither hydrogens nor a charge
  CHECK(marks[2].items[3].integer == -1);
  const auto& bonds = value.items[3].items;
  REQUIRE(bonds.size() == 3 * layout.bonds.size());
  std::int64_t begin = 0;
  for (std::size_t i = 0; i < layout.bonds.size(); ++i) {
    begin += bonds[3 * i].integer;
    CHECK(begin == layout.bonds[i].begin);
    CHECK(begin + bonds[3 * i + 1].integer == layout.bonds[i].end);
    CHECK(bonds[3 * i + 2].integer == static_cast<std::int64_t>(layout.bonds[i].stroke));
  }
}

TEST_CASE("A molecule is kept once, and what is none says so") {
  MoleculeTable table;
  CHECK(table.add("CCO") == 0);
  CHECK(table.add("C(") == 1);
  CHECK(table.add("CCO") == 0);
  CHECK(table.add("") == 2);
  CHECK(table.add("C(C)(C)(C)(C)C") == 3);
  table.lay_out(1);
  CHECK(table.size() == 4);
  CHECK(table.blocks() == 1);
  CHECK(table.valid(0));
  CHECK_FALSE(table.valid(1));
  CHECK_FALSE(table.valid(2));
  const JsonValue block = parse_json(table.block(0), "block");
  REQUIRE(block.items.size() == 4);
  CHECK(block.items[0].items.size() == 4);
  CHECK(block.items[1].text == "not a valid molecule: no SMILES");
  CHECK(block.items[2].text == "no atoms");
  CHECK(block.items[3].text == "not a valid molecule: impossible chemistry");
}

TEST_CASE("Differences of pairs are ranges; what is no pair of molecules has none") {
  MoleculeTable table;
  const std::size_t alcohol = table.add("CCCCO");
  const std::size_t amine = table.add("NCCCC");
  const std::size_t bad = table.add("C(");
  table.lay_out(1);
  const auto found =
      table.differences({{alcohol, amine}, {alcohol, alcohol}, {bad, amine}, {alcohol, bad}}, 2);
  REQUIRE(found.size() == 4);
  CHECK(found[0].first == Ranges{3, 2});
  CHECK(found[0].second == Ranges{0, 2});
  for (const std::size_t i : {1U, 2U, 3U}) {
    CHECK(found[i].first.empty());
    CHECK(found[i].second.empty());
  }
}

}  // namespace cupel::reports
