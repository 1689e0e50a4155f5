#include "metrics/significance/binomial.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "tests/support/paths.h"

using Catch::Matchers::WithinAbs;
using cupel::metrics::binomial_interval;

// tests/oracle/gate_golden.py
TEST_CASE("binomial intervals equal scipy's exact ones") {
  const std::string origin = "gate_golden.json";
  const cupel::JsonValue root =
      cupel::parse_json(cupel::read_file(cupel::test::data(origin)), origin);
  cupel::JsonObject golden(root, origin);
  for (const cupel::JsonValue& item : golden.member("intervals").items) {
    cupel::JsonObject row(item, origin);
    const auto found = binomial_interval(static_cast<std::size_t>(row.integer("successes")),
                                         static_cast<std::size_t>(row.integer("trials")),
                                         row.member("confidence").real);
    CHECK_THAT(found.low, WithinAbs(row.member("low").real, 1e-9));
    CHECK_THAT(found.high, WithinAbs(row.member("high").real, 1e-9));
  }
  CHECK(binomial_interval(0, 0, 0.95).low == 0.0);
  CHECK(binomial_interval(0, 0, 0.95).high == 1.0);
}
