// cupel report --format html as scripts see it; tests/browser clicks through what it prints.
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "tests/support/cli.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using test::Ran;
using test::run;

}  // namespace

TEST_CASE("cupel report --format html prints one page and nothing else") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  test::import_into(store, 40, 1);
  test::score_in(store, {.resamples = 0});
  const std::string before = test::content(store);
  const Ran page = run("report --format html --store " + store);
  CHECK(page.status == 0);
  CHECK(page.err.empty());
  CHECK(page.out.starts_with("<!doctype html>"));
  CHECK(page.out.ends_with("</html>\n"));
  CHECK_THAT(page.out, ContainsSubstring("\"program\":\"cupel "));
  CHECK(test::content(store) == before);
  CHECK(run("report --format html --protocol quick --task generation --store " + store).status ==
        0);
}

TEST_CASE("A page of incomplete runs is printed, and the status says so") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  test::run_in(store, 30, 1, 10);
  const Ran page = run("report --format html --store " + store);
  CHECK(page.status == 4);
  CHECK_THAT(page.out, ContainsSubstring("\"stored\":10"));
  CHECK_THAT(page.err, ContainsSubstring("incomplete"));
  CHECK(run("report --format html --task cooking --store " + store).status == 2);
}
