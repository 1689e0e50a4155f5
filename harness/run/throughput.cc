#include "harness/run/throughput.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <sstream>
#include <string_view>
#include <utility>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/run/answer_agreement.h"
#include "harness/run/answers.h"
#include "harness/run/cell_models.h"
#include "harness/run/resident_memory.h"
#include "harness/run/stage_training.h"
#include "harness/version.h"

namespace cupel {
namespace {

using Clock = std::chrono::steady_clock;
using results::Timing;
using Facts = std::map<std::string, double, std::less<>>;

/// A model that has learnt, and what it is asked.
class Subject {
 public:
  Subject(results::StoreWriter& store, const Plan& plan, const PlanCell& cell, std::size_t examples,
          const RunResources& resources, RunWatcher& watcher)
      : cell_(cell), models_(plan, resources.data) {
    work_.jobs = resources.jobs;
    work_.cancelled = [&watcher] { return watcher.cancelled(); };
    const auto run = store.run_of(cell.cell.digest());
    if (!run || !run->complete()) {
      throw Error(Code::kIncomplete,
                  fmt::format("'{}' has not answered {} on {} yet", cell.cell.model, cell.cell.task,
                              cell.cell.dataset),
                  "run the manifest into this store first: cupel run");
    }
    models_.load(cell);
    StageTraining stages(store, resources.artifacts, resources.jobs, watcher,
                         [this](const tasks::DatasetDescriptor& set) -> const tasks::Dataset& {
                           return models_.training_sides(set);
                         });
    model_ = models_.make(cell, cell.model->options, stages, [&](const char* what) {
      models::Work work = work_;
      work.progress = [&watcher, what](double share) { watcher.stage(what, share); };
      return work;
    });
    counting_ = work_;
    counting_.fact = [this](std::string_view name, std::uint64_t, double value) {
      facts_[std::string(name)] += value;
    };
    answers_.emplace(*model_, *cell.task->task, models_.examples(), counting_);
    for (results::Row& row : store.rows(*run, 0, std::min(examples, run->size)))
      expected_.push_back(std::move(row.prediction));
  }
  Subject(const Subject&) = delete;
  Subject& operator=(const Subject&) = delete;

  [[nodiscard]] const PlanCell& cell() const { return cell_; }
  [[nodiscard]] std::size_t examples() const { return expected_.size(); }
  /// As many of `batch` as one call may ask for.
  [[nodiscard]] std::size_t at_once(std::size_t batch) const {
    return std::min({batch, examples(), answers_->batch()});
  }

  /// Answers the first `examples`; the seconds of each call are added to `calls`. Returns what is
  /// wrong with the answers; empty: nothing.
  [[nodiscard]] std::string pass(std::size_t batch, std::size_t examples,
                                 std::vector<double>& calls) {
    facts_.clear();
    std::size_t wrong = 0;
    for (std::size_t first = 0; first < examples; first += batch) {
      if (work_.cancelled()) throw models::Cancelled();
      const std::size_t count = std::min(batch, examples - first);
      const auto start = Clock::now();
      const std::vector<std::string> texts = answers_->predict(first, count);
      calls.push_back(std::chrono::duration<double>(Clock::now() - start).count());
      for (std::size_t i = 0; i < count; ++i) {
        const Capability capability = cell_.task->task->capability;
        if (!answers_agree(capability, expected_[first + i], texts[i])) ++wrong;
      }
    }
    if (wrong == 0) return {};
    return fmt::format("{} of {} answers are not those of the run", wrong, examples);
  }

  /// What the model told in the last pass.
  [[nodiscard]] std::optional<double> fact(std::string_view name) const {
    const auto at = facts_.find(name);
    return at == facts_.end() ? std::nullopt : std::optional(at->second);
  }

 private:
  const PlanCell& cell_;
  CellModels models_;
  models::Work work_;
  models::Work counting_;
  Facts facts_;
  std::unique_ptr<models::Model> model_;
  std::optional<Answers> answers_;
  std::vector<std::string> expected_;
};

/// One benchmark. The timing holds what every repetition has in common.
struct Benchmark {
  std::string name;
  Subject* subject;
  Timing timing;
};

/// FLOP/s that the libraries of these models reach in a matrix product: "torch.gemm-gflops".
void raise_peaks(std::vector<Benchmark>& all) {
  std::map<const models::ModelEntry*, double> peaks;
  for (Benchmark& one : all) {
    const models::ModelEntry& entry = *one.subject->cell().model->entry;
    const models::Options& options = one.subject->cell().model->options;
    const auto device = options.find("device");
    if (!entry.runs_on || !one.timing.flop) continue;
    if (device != options.end() && device->second != models::OptionValue("cpu")) continue;
    if (!peaks.contains(&entry)) {
      for (const auto& [key, value] : entry.runs_on()) {
        if (key.ends_with(".gemm-gflops")) peaks[&entry] = std::stod(value) * 1e9;
      }
    }
    const double peak = peaks[&entry];
    if (peak > one.timing.peak_flop_per_second.value_or(0.0))
      one.timing.peak_flop_per_second = peak;
  }
}

using Counter = benchmark::Counter;

/// Of one pass and all its calls; those of a second are Google Benchmark's to divide.
void count(benchmark::State& state, const Timing& timing, std::vector<double>& calls) {
  const auto rate = [&](const char* name, std::optional<double> of_pass) {
    if (of_pass) state.counters[name] = Counter(*of_pass, Counter::kIsIterationInvariantRate);
  };
  rate("items_per_second", static_cast<double>(timing.examples));
  rate("read_tokens_per_second", timing.read_tokens);
  rate("written_tokens_per_second", timing.written_tokens);
  rate("flop_per_second", timing.flop);
  if (timing.flop && timing.peak_flop_per_second) {
    rate("flop_share_of_peak", *timing.flop / *timing.peak_flop_per_second);
    state.counters["peak_flop_per_second"] = *timing.peak_flop_per_second;
  }
  if (timing.read_tokens && timing.padded_tokens)
    state.counters["padding_waste"] = 1.0 - *timing.read_tokens / *timing.padded_tokens;
  if (timing.peak_memory) state.counters["peak_memory_bytes"] = *timing.peak_memory;
  std::ranges::sort(calls);
  state.counters["p50_seconds"] = percentile(calls, 0.5);
  state.counters["p95_seconds"] = percentile(calls, 0.95);
  state.counters["p99_seconds"] = percentile(calls, 0.99);
}

/// What Google Benchmark calls, and what it is to remember of it.
class Measuring {
 public:
  Measuring(const std::vector<Benchmark>& all, std::size_t repetitions, RunWatcher& watcher)
      : all_(all), total_(static_cast<double>(all.size() * repetitions)), watcher_(watcher) {}

  void run(const Benchmark& one, benchmark::State& state) {
    const auto place = static_cast<std::size_t>(&one - all_.data());
    watcher_.begin(one.subject->cell(), place + 1, all_.size());
    ++calls_;  // the library also calls to find out how many passes it takes
    watcher_.stage("timing", std::min(1.0, static_cast<double>(calls_) / total_));
    std::string wrong;
    std::vector<double> calls;
    try {
      if (interrupted_) throw models::Cancelled();
      std::vector<double> warm;
      wrong = one.subject->pass(one.timing.batch, one.timing.batch, warm);
      for ([[maybe_unused]] auto _ : state) {
        const std::size_t before = calls.size();
        const std::string found = one.subject->pass(one.timing.batch, one.timing.examples, calls);
        if (!found.empty()) wrong = found;
        double seconds = 0.0;
        for (std::size_t i = before; i < calls.size(); ++i) seconds += calls[i];
        state.SetIterationTime(seconds);
      }
    } catch (const models::Cancelled&) {
      interrupted_ = true;
      wrong = "interrupted";
    } catch (const std::exception& error) {
      wrong = error.what();
    }
    if (wrong.empty())
      count(state, one.timing, calls);
    else
      state.SkipWithError(wrong);
  }

  [[nodiscard]] bool interrupted() const { return interrupted_; }

 private:
  const std::vector<Benchmark>& all_;
  double total_;
  std::size_t calls_ = 0;
  RunWatcher& watcher_;
  bool interrupted_ = false;
};

/// Takes what is reported apart into timings, beside the document that Google Benchmark writes.
class Reporter final : public benchmark::BenchmarkReporter {
 public:
  Reporter(const std::vector<Benchmark>& all, Throughput& out) : all_(all), out_(out) {
    json_.SetOutputStream(&document_);
    json_.SetErrorStream(&document_);
  }

  bool ReportContext(const Context& context) override { return json_.ReportContext(context); }
  void ReportRuns(const std::vector<Run>& runs) override {
    for (const Run& run : runs) {
      if (run.run_type == Run::RT_Iteration) add(run);
    }
    json_.ReportRuns(runs);
  }
  void Finalize() override {
    json_.Finalize();
    out_.json = document_.str();
  }

 private:
  void add(const Run& run) {
    const auto one = std::ranges::find(all_, run.run_name.function_name, &Benchmark::name);
    if (one == all_.end()) return;
    if (run.skipped != benchmark::internal::NotSkipped) {
      const std::string failure = one->name + ": " + run.skip_message;
      if (!std::ranges::contains(out_.failures, failure)) out_.failures.push_back(failure);
      return;
    }
    Timing timing = one->timing;
    timing.repetition = static_cast<std::size_t>(std::max<std::int64_t>(0, run.repetition_index));
    timing.passes = static_cast<std::size_t>(run.iterations);
    timing.seconds = run.real_accumulated_time / static_cast<double>(run.iterations);
    timing.p50 = run.counters.at("p50_seconds");
    timing.p95 = run.counters.at("p95_seconds");
    timing.p99 = run.counters.at("p99_seconds");
    out_.timings.push_back(timing);
  }

  const std::vector<Benchmark>& all_;
  Throughput& out_;
  std::ostringstream document_;
  benchmark::JSONReporter json_;
};

/// Loads the subject, answers one pass of each size, and says what was found.
std::vector<Benchmark> benchmarks_of(Subject& subject, const ResidentMemory& memory,
                                     const ThroughputRequest& request,
                                     std::vector<std::string>& failures) {
  std::vector<Benchmark> made;
  const std::size_t examples = subject.examples();
  for (const std::size_t wanted : request.batches) {
    const std::size_t batch = subject.at_once(wanted);
    const std::string name = benchmark_name(subject.cell(), batch);
    if (std::ranges::contains(made, name, &Benchmark::name)) continue;
    std::vector<double> calls;
    const std::string wrong = subject.pass(batch, examples, calls);
    if (!wrong.empty()) failures.push_back(name + ": " + wrong);
    made.push_back({.name = name,
                    .subject = &subject,
                    .timing = {.cell = subject.cell().cell.digest(),
                               .batch = batch,
                               .examples = examples,
                               .read_tokens = subject.fact("read-tokens"),
                               .padded_tokens = subject.fact("padded-tokens"),
                               .written_tokens = subject.fact("tokens"),
                               .flop = subject.fact("flop"),
                               .peak_flop_per_second = {},
                               .peak_memory = memory.risen(),
                               .environment = {},
                               .measured_at = {}}});
  }
  return made;
}

/// The library keeps flags, the program's name and the context for good. (Repetitions of a
/// benchmark itself would stand in its name, with the least time.)
void start_library(const ThroughputRequest& request) {
  static std::string name = "cupel";
  std::array<std::string, 3> flags = {
      "--benchmark_enable_random_interleaving=true",
      fmt::format("--benchmark_repetitions={}", request.repetitions),
      fmt::format("--benchmark_min_time={}s", request.least_seconds)};
  std::array<char*, 5> words = {name.data(), flags[0].data(), flags[1].data(), flags[2].data(),
                                nullptr};
  int count = 4;
  benchmark::Initialize(&count, words.data());
  static const bool once = [] {
    benchmark::AddCustomContext("cupel_version", kVersion);
    return true;
  }();
  static_cast<void>(once);
}

}  // namespace

std::string benchmark_name(const PlanCell& cell, std::size_t batch) {
  return fmt::format("{}/{}/{}{}/batch:{}", cell.cell.model, cell.cell.task, cell.cell.dataset,
                     cell.seed ? fmt::format("/seed:{}", *cell.seed) : "", batch);
}

double percentile(std::span<const double> sorted, double q) {
  const double rank = std::ceil(q * static_cast<double>(sorted.size()));
  return sorted[static_cast<std::size_t>(std::max(1.0, rank)) - 1];
}

Throughput measure_throughput(results::StoreWriter& store, const Plan& plan,
                              const ThroughputRequest& request, const RunResources& resources,
                              RunWatcher& watcher) {
  Throughput out;
  std::vector<std::unique_ptr<Subject>> subjects;
  std::vector<Benchmark> all;
  try {
    for (std::size_t i = 0; i < request.cells.size(); ++i) {
      const PlanCell& cell = plan.cells()[request.cells[i]];
      watcher.begin(cell, i + 1, request.cells.size());
      const ResidentMemory memory;
      subjects.push_back(
          std::make_unique<Subject>(store, plan, cell, request.examples, resources, watcher));
      std::ranges::move(benchmarks_of(*subjects.back(), memory, request, out.failures),
                        std::back_inserter(all));
    }
  } catch (const models::Cancelled&) {
    return {.timings = {}, .failures = {}, .json = {}, .interrupted = true};
  }
  raise_peaks(all);
  start_library(request);
  Measuring measuring(all, request.repetitions, watcher);
  for (const Benchmark& one : all) {
    benchmark::RegisterBenchmark(
        one.name, [&measuring, &one](benchmark::State& state) { measuring.run(one, state); })
        ->UseManualTime()
        ->Unit(benchmark::kMillisecond);
  }
  Reporter reporter(all, out);
  benchmark::RunSpecifiedBenchmarks(&reporter, ".");
  benchmark::ClearRegisteredBenchmarks();
  if (measuring.interrupted())
    return {.timings = {}, .failures = {}, .json = {}, .interrupted = true};
  return out;
}

}  // namespace cupel
