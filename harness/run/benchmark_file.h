/// Files that Google Benchmark writes (--benchmark_format=json), as the gate reads them.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel {

/// The repetitions of one benchmark.
struct BenchmarkTimes {
  std::string name;
  std::vector<double> times;  ///< real time of an iteration, one a repetition, in their order
  std::string unit;           ///< ns us ms s
  std::string error;          ///< why it failed; empty: it did not
};

struct BenchmarkFile {
  std::string origin;  ///< the file, or the first of several
  std::vector<BenchmarkTimes> benchmarks;
  /// When each file was measured, as its context says; "" where it does not.
  std::vector<std::string> dates;
  /// What the context says of the machine and the library, for comparing: "num_cpus",
  /// "mhz_per_cpu", "host_name", "library_build_type", …
  std::map<std::string, std::string> machine;

  [[nodiscard]] const BenchmarkTimes* find(std::string_view name) const;  ///< null: not there
};

/// Aggregates (mean, median, …) are left out. Throws Error{kUsage} with file, line and column: bad
/// JSON, not such a file, a time that is not above 0, two units for one benchmark; a file with
/// aggregates alone, or without any benchmark.
[[nodiscard]] BenchmarkFile parse_benchmark_file(std::string_view json, const std::string& origin);
[[nodiscard]] BenchmarkFile read_benchmark_file(const std::filesystem::path& path);

/// The repetitions of all files, one file after the other, as of one; the machine is that of the
/// first. `paths` is not empty. Throws Error{kUsage} also when a benchmark has another unit in
/// another file.
[[nodiscard]] BenchmarkFile read_benchmark_files(std::span<const std::filesystem::path> paths);

/// Were these files measured in turns? Two or more of each side, all dates known and different, and
/// by date never more than two of one side one after the other (so pairs in random order will do).
[[nodiscard]] bool measured_in_turns(const BenchmarkFile& baseline, const BenchmarkFile& candidate);

}  // namespace cupel
