#include "reports/throughput.h"

#include <vector>

#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>

namespace {

using namespace cupel;
using reports::throughput_rows;
using results::Timing;

results::Run run_of(unsigned char digit) {
  results::Run run;
  run.cell.model = std::string(1, static_cast<char>('a' + digit));
  run.digest[0] = digit;
  return run;
}

Timing timing_of(unsigned char digit, std::size_t repetition, double seconds,
                 const std::string& at = "2025-01-01T00:00:00Z") {
  Timing timing{.batch = 8,
                .examples = 64,
                .repetition = repetition,
                .passes = 1,
                .seconds = seconds,
                .p50 = seconds / 8,
                .p95 = seconds / 4,
                .p99 = seconds / 2,
                .read_tokens = 640.0,
                .padded_tokens = 800.0,
                .written_tokens = {},
                .flop = 3e9,
                .peak_flop_per_second = 100e9,
                .peak_memory = {},
                .environment = "{}",
                .measured_at = at};
  timing.cell[0] = digit;
  return timing;
}

}  // namespace

TEST_CASE("repetitions become medians, of the last measurement, in the order of the runs") {
  const std::vector<results::Run> runs = {run_of(2), run_of(1)};
  std::vector<Timing> timings = {timing_of(1, 0, 9.0, "2024-12-31T23:59:59Z"),
                                 timing_of(1, 0, 0.2),
                                 timing_of(2, 0, 0.5),
                                 timing_of(1, 1, 0.1),
                                 timing_of(3, 0, 0.1),  // of no run
                                 timing_of(1, 2, 0.4),
                                 timing_of(2, 1, 0.3)};
  const auto rows = throughput_rows(runs, timings);
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].run.cell.model == "c");
  CHECK(rows[0].repetitions == 2);
  CHECK(rows[0].rate == Catch::Approx(64 / 0.4));
  CHECK(rows[1].repetitions == 3);
  CHECK(rows[1].rate == Catch::Approx(320));
  CHECK(rows[1].slowest == Catch::Approx(160));
  CHECK(rows[1].fastest == Catch::Approx(640));
  CHECK(rows[1].p95 == Catch::Approx(0.05));
  CHECK(*rows[1].read_tokens == Catch::Approx(3200));
  CHECK_FALSE(rows[1].written_tokens);
  CHECK(*rows[1].padding_waste == Catch::Approx(0.2));
  CHECK(*rows[1].flop_share == Catch::Approx(0.15));
  CHECK(rows[1].measured_at == "2025-01-01T00:00:00Z");
}

TEST_CASE("what a model does not tell is absent, never zero") {
  Timing silent = timing_of(1, 0, 0.2);
  silent.read_tokens = silent.padded_tokens = silent.flop = {};
  const std::vector<results::Run> runs = {run_of(1)};
  const auto rows = throughput_rows(runs, std::vector{silent});
  REQUIRE(rows.size() == 1);
  const std::string csv =
      reports::print_tables(std::vector{reports::throughput_table(rows)}, "csv");
  CHECK(csv.ends_with(",,,,,,\n"));
}
