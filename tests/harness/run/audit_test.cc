#include "harness/run/audit.h"

#include <limits>
#include <optional>

#include <catch2/catch_test_macros.hpp>

#include "harness/run/audit_checks.h"

namespace {

using namespace cupel;

bool passes(const Expected& expected, std::optional<double> value) {
  return audit_check("task", "probe", "metric", expected, value).passed;
}

}  // namespace

TEST_CASE("an audit check fails for a wrong, a missing and an unexpected value") {
  CHECK(passes(Expected::exactly(0.5), 0.5));
  CHECK_FALSE(passes(Expected::exactly(0.5), 0.5 + 1e-9));
  CHECK_FALSE(passes(Expected::exactly(0.5), std::numeric_limits<double>::quiet_NaN()));
  CHECK_FALSE(passes(Expected::exactly(0.0), std::nullopt));
  CHECK(passes(Expected::below(1.0), 0.0));
  CHECK_FALSE(passes(Expected::below(1.0), 1.0));
  CHECK_FALSE(passes(Expected::below(1.0), -0.1));
  CHECK(passes(Expected::above(0.0), 0.1));
  CHECK_FALSE(passes(Expected::above(0.0), 0.0));
  CHECK(passes(Expected::nothing(), std::nullopt));
  CHECK_FALSE(passes(Expected::nothing(), 0.0));
}
