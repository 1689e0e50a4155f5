#include "harness/run/benchmark_file.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;

constexpr std::size_t kMaxFile = std::size_t{64} << 20U;
constexpr const char* kMachine[] = {"host_name",       "num_cpus",           "mhz_per_cpu",
                                    "library_version", "library_build_type", "cpu_scaling_enabled"};

bool is_number(const JsonValue& value) {
  return value.kind == Kind::kInteger || value.kind == Kind::kReal;
}

std::string plain(const JsonValue& value) {
  if (value.kind == Kind::kText) return value.text;
  if (value.kind == Kind::kBool) return value.truth ? "true" : "false";
  return is_number(value) ? fmt::format("{}", value.real) : "";
}

void read_context(const JsonValue& value, BenchmarkFile& file) {
  JsonObject context(value, file.origin);
  const JsonValue* date = context.find("date");
  file.dates.push_back(date != nullptr ? plain(*date) : "");
  for (const char* key : kMachine) {
    if (const JsonValue* fact = context.find(key)) file.machine[key] = plain(*fact);
  }
}

BenchmarkTimes& times_of(BenchmarkFile& file, const std::string& name) {
  const auto at = std::ranges::find(file.benchmarks, name, &BenchmarkTimes::name);
  if (at != file.benchmarks.end()) return *at;
  return file.benchmarks.emplace_back(BenchmarkTimes{.name = name});
}

/// One element of "benchmarks".
void read_repetition(const JsonValue& value, BenchmarkFile& file) {
  JsonObject object(value, file.origin);
  const JsonValue* type = object.find("run_type");
  if (type != nullptr && type->text != "iteration") return;
  const bool full = object.find("run_name") != nullptr;
  BenchmarkTimes& one = times_of(file, object.text(full ? "run_name" : "name"));
  const JsonValue* failed = object.find("error_occurred");
  if (failed != nullptr && failed->truth) {
    const JsonValue* message = object.find("error_message");
    one.error = message != nullptr && !message->text.empty() ? message->text : "it failed";
    return;
  }
  const JsonValue& time = object.member("real_time");
  if (!is_number(time) || !(time.real > 0.0))
    object.fail(time, "'real_time' must be a number above 0");
  const std::string& unit = object.text("time_unit");
  if (!one.unit.empty() && one.unit != unit)
    object.fail(value,
                fmt::format("'{}' is in {} here and in {} before", one.name, unit, one.unit));
  one.unit = unit;
  one.times.push_back(time.real);
}

}  // namespace

const BenchmarkTimes* BenchmarkFile::find(std::string_view name) const {
  const auto at = std::ranges::find(benchmarks, name, &BenchmarkTimes::name);
  return at == benchmarks.end() ? nullptr : &*at;
}

BenchmarkFile parse_benchmark_file(std::string_view json, const std::string& origin) {
  const JsonValue root = parse_json(json, origin);
  BenchmarkFile file{.origin = origin};
  JsonObject object(root, origin);
  read_context(object.member("context"), file);
  const JsonValue& benchmarks = object.member("benchmarks");
  if (benchmarks.kind != Kind::kArray) object.fail(benchmarks, "'benchmarks' must be an array");
  for (const JsonValue& one : benchmarks.items) read_repetition(one, file);
  if (file.benchmarks.empty())
    object.fail(benchmarks, "no repetition of any benchmark",
                "measure with --benchmark_repetitions=10, and without "
                "--benchmark_report_aggregates_only");
  return file;
}

BenchmarkFile read_benchmark_file(const std::filesystem::path& path) {
  return parse_benchmark_file(read_file(path, kMaxFile), path.string());
}

BenchmarkFile read_benchmark_files(std::span<const std::filesystem::path> paths) {
  BenchmarkFile all = read_benchmark_file(paths.front());
  for (const std::filesystem::path& path : paths.subspan(1)) {
    const BenchmarkFile next = read_benchmark_file(path);
    all.dates.push_back(next.dates.front());
    for (const BenchmarkTimes& more : next.benchmarks) {
      BenchmarkTimes& one = times_of(all, more.name);
      if (one.unit.empty()) one.unit = more.unit;
      if (!more.unit.empty() && one.unit != more.unit)
        throw Error(Code::kUsage,
                    fmt::format("{}: '{}' is in {} here and in {} in {}", next.origin, one.name,
                                more.unit, one.unit, all.origin),
                    "measure all files with the same program");
      if (one.error.empty()) one.error = more.error;
      one.times.insert(one.times.end(), more.times.begin(), more.times.end());
    }
  }
  return all;
}

bool measured_in_turns(const BenchmarkFile& baseline, const BenchmarkFile& candidate) {
  std::vector<std::pair<std::string, bool>> turns;
  for (const std::string& date : baseline.dates) turns.emplace_back(date, false);
  for (const std::string& date : candidate.dates) turns.emplace_back(date, true);
  if (baseline.dates.size() < 2 || candidate.dates.size() < 2) return false;
  std::ranges::sort(turns);
  if (turns.front().first.empty()) return false;
  for (std::size_t i = 1; i < turns.size(); ++i) {
    if (turns[i].first == turns[i - 1].first) return false;
    if (i > 1 && turns[i].second == turns[i - 1].second && turns[i].second == turns[i - 2].second)
      return false;
  }
  return true;
}

}  // namespace cupel
