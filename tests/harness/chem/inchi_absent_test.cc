#include <catch2/catch_test_macros.hpp>

#include "harness/chem/inchi.h"
#include "metrics/molecule/exact_match.h"
#include "tests/support/molecules.h"

namespace {

template <typename Call>
cupel::Code code_of(Call call) {
  try {
    call();
  } catch (const cupel::Error& error) {
    CHECK(error.hint().contains("CUPEL_WITH_INCHI"));
    return error.code();
  }
  FAIL("nothing was thrown");
  return {};
}

}  // namespace

TEST_CASE("A build without InChI refuses instead of answering") {
  CHECK_FALSE(cupel::chem::has_inchi());
  CHECK(cupel::chem::inchi_version().empty());
  const auto methane = cupel::test::molecule("C");
  CHECK(code_of([&] { (void)cupel::chem::inchi(methane); }) == cupel::Code::kCapability);
  CHECK(code_of([] { (void)cupel::chem::inchi_key("InChI=1S/CH4/h1H4"); }) ==
        cupel::Code::kCapability);
  auto choices = cupel::test::molt5_choices();
  CHECK(code_of([&] { (void)cupel::metrics::make_exact(choices); }) == cupel::Code::kCapability);
  choices.set("exact", std::string("canonical"));
  CHECK(cupel::metrics::make_exact(choices) != nullptr);
}
