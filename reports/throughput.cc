#include "reports/throughput.h"

#include <algorithm>
#include <map>
#include <tuple>

#include "metrics/significance/resample.h"

namespace cupel::reports {
namespace {

using results::Timing;
using Repetitions = std::vector<const Timing*>;

template <typename Value>
double median(const Repetitions& all, const Value& value) {
  std::vector<double> values;
  for (const Timing* one : all) values.push_back(value(*one));
  std::ranges::sort(values);
  return metrics::quantile(values, 0.5);
}

ThroughputRow row_of(const results::Run& run, const Repetitions& all) {
  const Timing& one = *all.front();
  const auto rate = [](const Timing& timing) {
    return static_cast<double>(timing.examples) / timing.seconds;
  };
  // What a pass asks for is the same in all of them.
  const double seconds = median(all, [](const Timing& timing) { return timing.seconds; });
  const auto per_second = [&](const std::optional<double>& of_pass) {
    return of_pass ? std::optional(*of_pass / seconds) : std::nullopt;
  };
  ThroughputRow row{.run = run,
                    .batch = one.batch,
                    .examples = one.examples,
                    .repetitions = all.size(),
                    .rate = static_cast<double>(one.examples) / seconds,
                    .slowest = rate(**std::ranges::max_element(all, {}, &Timing::seconds)),
                    .fastest = rate(**std::ranges::min_element(all, {}, &Timing::seconds)),
                    .p50 = median(all, [](const Timing& timing) { return timing.p50; }),
                    .p95 = median(all, [](const Timing& timing) { return timing.p95; }),
                    .p99 = median(all, [](const Timing& timing) { return timing.p99; }),
                    .read_tokens = per_second(one.read_tokens),
                    .written_tokens = per_second(one.written_tokens),
                    .padding_waste = {},
                    .flop_rate = per_second(one.flop),
                    .flop_share = {},
                    .peak_memory = one.peak_memory,
                    .environment = one.environment,
                    .measured_at = one.measured_at};
  if (one.read_tokens && one.padded_tokens && *one.padded_tokens > 0.0)
    row.padding_waste = 1.0 - *one.read_tokens / *one.padded_tokens;
  if (row.flop_rate && one.peak_flop_per_second)
    row.flop_share = *row.flop_rate / *one.peak_flop_per_second;
  return row;
}

Cell scaled(const std::optional<double>& value, double factor) {
  if (!value) return {};
  return *value * factor;
}

}  // namespace

std::vector<ThroughputRow> throughput_rows(std::span<const results::Run> runs,
                                           std::span<const Timing> timings) {
  std::map<std::tuple<Digest, std::size_t>, Repetitions> found;
  for (const Timing& timing : timings) {
    Repetitions& known = found[{timing.cell, timing.batch}];
    // Of several measurements the last one.
    if (!known.empty() && known.front()->measured_at < timing.measured_at) known.clear();
    if (known.empty() || known.front()->measured_at == timing.measured_at) known.push_back(&timing);
  }
  std::vector<ThroughputRow> rows;
  for (const results::Run& run : runs) {
    for (auto at = found.lower_bound({run.digest, 0});
         at != found.end() && std::get<0>(at->first) == run.digest; ++at)
      rows.push_back(row_of(run, at->second));
  }
  return rows;
}

Table throughput_table(std::span<const ThroughputRow> rows) {
  using For = Column::For;
  Table table{.id = "throughput",
              .columns = {{.id = "model", .heading = "model"},
                          {.id = "task", .heading = "task"},
                          {.id = "dataset", .heading = "data set"},
                          {.id = "seed", .heading = "seed"},
                          {.id = "batch", .heading = "batch"},
                          {.id = "examples", .heading = "examples", .whom = For::kMachines},
                          {.id = "repetitions", .heading = "repetitions", .whom = For::kMachines},
                          {.id = "examples_per_second", .heading = "examples/s", .digits = 1},
                          {.id = "slowest", .heading = "slowest", .digits = 1},
                          {.id = "fastest", .heading = "fastest", .digits = 1},
                          {.id = "p50_ms", .heading = "p50 ms", .digits = 2},
                          {.id = "p95_ms", .heading = "p95 ms", .digits = 2},
                          {.id = "p99_ms", .heading = "p99 ms", .digits = 2},
                          {.id = "read_tokens_per_second", .heading = "tokens read/s", .digits = 0},
                          {.id = "written_tokens_per_second", .heading = "written/s", .digits = 0},
                          {.id = "padding_waste", .heading = "padding", .digits = 3},
                          {.id = "gflop_per_second", .heading = "GFLOP/s", .digits = 1},
                          {.id = "flop_share", .heading = "of peak", .digits = 3},
                          {.id = "peak_memory_mb", .heading = "memory MB", .digits = 0}}};
  for (const ThroughputRow& row : rows) {
    table.rows.push_back(
        {row.run.cell.model, row.run.cell.task, row.run.cell.dataset,
         row.run.cell.seed ? Cell(*row.run.cell.seed) : Cell(),
         static_cast<std::int64_t>(row.batch), static_cast<std::int64_t>(row.examples),
         static_cast<std::int64_t>(row.repetitions), row.rate, row.slowest, row.fastest,
         row.p50 * 1e3, row.p95 * 1e3, row.p99 * 1e3, scaled(row.read_tokens, 1.0),
         scaled(row.written_tokens, 1.0), scaled(row.padding_waste, 1.0),
         scaled(row.flop_rate, 1e-9), scaled(row.flop_share, 1.0), scaled(row.peak_memory, 1e-6)});
  }
  return table;
}

}  // namespace cupel::reports
