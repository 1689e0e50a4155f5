// Times a training step and greedy decoding on the GPU, or on the CPU where there is none, and
// writes what tests/gpu/run prints: cupel_torch_timing FILE PASSED SKIPPED FAILED
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <functional>
#include <string>
#include <vector>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <torch/version.h>

#include "harness/core/file.h"
#include "harness/core/json.h"
#include "models/torch/atomas_network.h"
#include "models/torch/compute.h"
#include "models/torch/optimizer.h"
#include "models/torch/t5_stepper.h"

namespace {

using namespace cupel;
using Clock = std::chrono::steady_clock;

constexpr std::int64_t kRows = 16;
constexpr std::int64_t kLength = 128;  // of inputs and of what is written
constexpr std::int64_t kSmallVocabulary = 800;

struct Timing {
  std::string work, size, precision;
  double milliseconds = 0.0;  ///< of a training step, or of a whole decoding
  double tokens_per_second = 0.0;
};

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// Median of at least three rounds and one second, after one that does not count. `work` waits for
/// the device.
double median_seconds(const std::function<void()>& work) {
  work();
  std::vector<double> rounds;
  const auto begin = Clock::now();
  while (rounds.size() < 3 || seconds_since(begin) < 1.0) {
    const auto start = Clock::now();
    work();
    rounds.push_back(seconds_since(start));
  }
  std::ranges::nth_element(rounds, rounds.begin() + static_cast<std::ptrdiff_t>(rounds.size() / 2));
  return rounds[rounds.size() / 2];
}

nn::NetworkOptions network_options(const std::string& size, const nn::Compute& compute) {
  nn::NetworkOptions options;
  options.t5 = nn::t5_size(size, size == "tiny" ? kSmallVocabulary : nn::kT5Vocabulary).value();
  options.alignment = nn::strict();
  options.compute = compute;
  return options;
}

at::Tensor some_ids(std::string_view name) {
  return nn::Initializer(1)
      .uniform(name, {kRows, kLength}, 390.0)
      .add(400.0)
      .to(at::kLong)
      .clamp_min(3);
}

double training_seconds(nn::AtomasNetwork& network) {
  nn::Adam adam(network.parameters(), {});
  const nn::PairBatch batch{.text = some_ids("text"), .smiles = some_ids("smiles")};
  std::int64_t step = 0;
  return median_seconds([&] {
    network.losses(batch, nn::Targets::kSmiles, step++, 1).total.backward();
    adam.step(1.0);
    static_cast<void>(network.parameters().get("temp").item<float>());
  });
}

double decoding_seconds(nn::AtomasNetwork& network, const nn::Compute& compute) {
  const c10::InferenceMode guard;
  const nn::Autocast autocast(compute);
  // No end: every row is written to its full length.
  network.parameters().get("molt5.lm_head.weight").detach().select(0, nn::kEnd).zero_();
  const at::Tensor ids = some_ids("text");
  return median_seconds([&] {
    const nn::Tokens tokens = network.encode(nn::Modality::kText, ids, nn::Weights::kOnline);
    nn::T5Stepper stepper(network.decoder(nn::Weights::kOnline), tokens.states, tokens.valid, 1,
                          kLength);
    static_cast<void>(nn::search(stepper, kRows, {.beams = 1, .max_length = kLength}));
  });
}

std::vector<Timing> measured(at::Device device) {
  std::vector<Timing> all;
  for (const std::string size : {"tiny", "small"}) {
    for (const at::ScalarType precision : {at::kFloat, at::kBFloat16}) {
      const nn::Compute compute{.device = device, .precision = precision};
      nn::AtomasNetwork network(network_options(size, compute), 1);
      const std::string name = precision == at::kFloat ? "float32" : "bfloat16";
      const double training = training_seconds(network);
      all.push_back(
          {"training step", size, name, 1e3 * training, 2.0 * kRows * kLength / training});
      const double decoding = decoding_seconds(network, compute);
      all.push_back({"greedy decoding", size, name, 1e3 * decoding,
                     static_cast<double>(kRows * (kLength - 1)) / decoding});
    }
  }
  return all;
}

std::string document(const std::string& device, char** counts, const std::vector<Timing>& all) {
  JsonWriter json;
  json.begin_object();
  json.key("device").value(device);
  json.key("libtorch").value(TORCH_VERSION);
  json.key("cuda").value(nn::cuda_version());
  json.key("threads").value(static_cast<std::int64_t>(at::get_num_threads()));
  json.key("tests").begin_object();
  for (const char* count : {"passed", "skipped", "failed"})
    json.key(count).value(static_cast<std::int64_t>(std::stoll(*counts++)));
  json.end_object().key("rows").value(kRows).key("length").value(kLength);
  json.key("timings").begin_array();
  for (const Timing& timing : all) {
    json.begin_object();
    json.key("work").value(timing.work).key("size").value(timing.size);
    json.key("precision").value(timing.precision);
    json.key("milliseconds").value(timing.milliseconds);
    json.key("tokens-per-second").value(timing.tokens_per_second).end_object();
  }
  return json.end_array().end_object().str();
}

void run(char** arguments) {
  const bool cuda = at::globalContext().hasCUDA();
  const at::Device device(cuda ? at::kCUDA : at::kCPU);
  nn::prepare({.device = device});
  const std::string name = cuda ? nn::cuda_devices() : "no CUDA device, so the CPU";
  fmt::print("device    {}\nLibTorch  {}, CUDA {}, {} threads\n", name, TORCH_VERSION,
             nn::cuda_version(), at::get_num_threads());
  fmt::print("tests     {} passed, {} skipped, {} failed\n\n", arguments[1], arguments[2],
             arguments[3]);
  const std::vector<Timing> all = measured(device);
  fmt::print("{:<16} {:<6} {:<9} {:>10} {:>12}\n", "work", "size", "precision", "ms", "tokens/s");
  for (const Timing& one : all) {
    fmt::print("{:<16} {:<6} {:<9} {:>10.2f} {:>12.0f}\n", one.work, one.size, one.precision,
               one.milliseconds, one.tokens_per_second);
  }
  write_file(arguments[0], document(name, arguments + 1, all));
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 5) {
    std::fputs("usage: cupel_torch_timing FILE PASSED SKIPPED FAILED\n", stderr);
    return 2;
  }
  try {
    run(arguments + 1);
    return 0;
  } catch (const std::exception& error) {
    fmt::print(stderr, "cupel_torch_timing: {}\n", error.what());
    return 1;
  }
}
