#include "harness/chem/drawing.h"

#include <algorithm>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "tests/support/molecules.h"

using cupel::chem::draw_svg;
using cupel::test::molecule;

namespace {

constexpr const char* kHighlight = "#FF7F7F";  // RDKit's default highlight colour

// Tags open and close in order, attributes are quoted, nothing stands after the root.
bool well_formed(const std::string& text) {
  std::vector<std::string> open;
  std::size_t at = 0;
  while ((at = text.find('<', at)) != std::string::npos) {
    const std::size_t end = text.find('>', at);
    if (end == std::string::npos) return false;
    const std::string tag = text.substr(at + 1, end - at - 1);
    at = end + 1;
    if (tag.starts_with("!--")) continue;
    if (std::ranges::count(tag, '\'') % 2 != 0 || std::ranges::count(tag, '"') % 2 != 0)
      return false;
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return false;
      open.pop_back();
      if (open.empty()) return text.find_first_not_of(" \n", at) == std::string::npos;
    } else if (!tag.ends_with('/')) {
      open.push_back(tag.substr(0, tag.find_first_of(" \n")));
    }
  }
  return false;
}

cupel::Code code_of(const std::string& smiles, const cupel::chem::DrawingOptions& options) {
  try {
    (void)draw_svg(molecule(smiles), options);
  } catch (const cupel::Error& error) {
    return error.code();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE("A drawing is one well-formed svg element of the wanted size") {
  for (const char* smiles : {"CC(=O)Oc1ccccc1C(=O)O", "C[C@H](N)C(=O)[O-].[Na+]", "", "[U]", "*C~C",
                             "CCO |(0,0,;1,0,;2,0,)|"}) {
    INFO(smiles);
    const std::string svg = draw_svg(molecule(smiles), {.width = 320, .height = 200});
    CHECK(svg.starts_with("<svg"));
    CHECK(svg.ends_with("</svg>"));
    CHECK(well_formed(svg));
    CHECK(svg.contains("width='320px' height='200px'"));
  }
}

TEST_CASE("A drawing is the same every time, and does not use coordinates from the input") {
  const std::string once = draw_svg(molecule("CC(=O)Oc1ccccc1C(=O)O"));
  CHECK(draw_svg(molecule("CC(=O)Oc1ccccc1C(=O)O")) == once);
  CHECK(draw_svg(molecule("CCO |(0,0,;9,0,;0,9,)|")) == draw_svg(molecule("CCO")));
}

TEST_CASE("Atoms and bonds are highlighted by their place in the string") {
  const auto aspirin = molecule("CC(=O)Oc1ccccc1C(=O)O");
  CHECK_FALSE(draw_svg(aspirin).contains(kHighlight));
  const std::string first = draw_svg(aspirin, {.highlight_atoms = {0}});
  const std::string fifth = draw_svg(aspirin, {.highlight_atoms = {4}});
  CHECK(first.contains(kHighlight));
  CHECK(fifth.contains(kHighlight));
  CHECK(first != fifth);
  CHECK(draw_svg(aspirin, {.highlight_bonds = {3}}).contains(kHighlight));

  // In Cl-C-C-Br, atom 0 is the chlorine: its highlight is drawn where the label stands.
  const std::string chlorine = draw_svg(molecule("ClCCBr"), {.highlight_atoms = {0}});
  const std::string bromine = draw_svg(molecule("BrCCCl"), {.highlight_atoms = {3}});
  CHECK(chlorine.contains("atom-0"));
  CHECK(bromine.contains("atom-3"));
}

TEST_CASE("A drawing refuses indices, sizes and molecules that it cannot draw") {
  using cupel::Code;
  CHECK(code_of("CC", {.highlight_atoms = {2}}) == Code::kUsage);
  CHECK(code_of("CC", {.highlight_atoms = {-1}}) == Code::kUsage);
  CHECK(code_of("CC", {.highlight_bonds = {1}}) == Code::kUsage);
  CHECK(code_of("CC", {.width = 15}) == Code::kUsage);
  CHECK(code_of("CC", {.height = 4097}) == Code::kUsage);
  CHECK(code_of(std::string(cupel::chem::kMaxDrawnAtoms + 1, 'C'), {}) == Code::kUsage);
}
