// Prediction files of a million rows of 200 bytes: read in each format, and examined.
#include <memory>
#include <string>

#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include "harness/chem/molecule.h"
#include "harness/run/import_doctor.h"
#include "results/prediction_file.h"

namespace {

constexpr std::size_t kRows = 1'000'000;

/// Rows that are not equal to each other, 200 bytes each in a table.
std::string file_of(const std::string& format) {
  const bool jsonl = format == "jsonl";
  std::string bytes = jsonl             ? ""
                      : format == "csv" ? "description,ground truth,output\n"
                                        : "description\tground truth\toutput\n";
  for (std::size_t i = 0; i < kRows; ++i) {
    const std::string text = fmt::format(
        "The molecule is number {:07} of a long row and has a role as an example of a text of a "
        "hundred bytes and then of some thirty more.",
        i * 7919 % kRows);
    const std::string smiles = fmt::format("CC(C)[C@H]({:0>{}})C1=CC=CC=C1", "O", 1 + i % 20);
    const std::string output = fmt::format("CC{:C>{}}1=CC=CC=C1", "", 5 + i % 17);
    if (jsonl) {
      bytes += fmt::format(R"({{"description":"{}","reference":"{}","output":"{}"}})", text, smiles,
                           output);
    } else {
      const char cut = format == "csv" ? ',' : '\t';
      bytes += text + cut + smiles + cut + output;
    }
    bytes += '\n';
  }
  return bytes;
}

void read(benchmark::State& state, const std::string& format) {
  const std::string bytes = file_of(format);
  for (auto _ : state) {
    benchmark::DoNotOptimize(cupel::results::parse_prediction_file(
        bytes, "bench", {.task = "generation", .format = format}));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kRows));
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes.size()));
}

void examine(benchmark::State& state) {
  cupel::chem::silence_rdkit();
  const auto file = cupel::results::parse_prediction_file(
      file_of("molt5"), "bench", {.task = "generation", .format = "molt5"});
  for (auto _ : state) {
    benchmark::DoNotOptimize(cupel::examine_import(file, "generation"));
  }
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kRows));
}

BENCHMARK(examine)->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, molt5, "molt5")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, jsonl, "jsonl")->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(read, csv, "csv")->Unit(benchmark::kMillisecond);

}  // namespace
