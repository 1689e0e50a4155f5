// The LibTorch models as a plug-in. Compiles against LibTorch 2.6 and newer, from thin ATen headers
// alone.
#include <array>
#include <chrono>
#include <fstream>
#include <set>
#include <span>
#include <string>

#include <ATen/Parallel.h>
#include <ATen/Version.h>
#include <ATen/core/Tensor.h>
#include <ATen/ops/mm.h>
#include <ATen/ops/ones.h>
#include <c10/core/InferenceMode.h>
#include <fmt/format.h>
#include <torch/version.h>

#include "models/plugin/plugin.h"
#include "models/torch/compute.h"
#include "models/torch/text_model.h"

namespace {

/// The linear algebra libraries of this process, from its own memory map: what an alternative was
/// meant to be does not count.
std::string mapped_blas() {
  std::set<std::string> found;
  std::ifstream maps("/proc/self/maps");
  for (std::string line; std::getline(maps, line);) {
    const std::size_t slash = line.find('/');
    if (slash == std::string::npos) continue;
    const std::string path = line.substr(slash);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name.find("blas") != std::string::npos || name.find("blis") != std::string::npos ||
        name.find("mkl") != std::string::npos)
      found.insert(path);
  }
  std::string all;
  for (const std::string& path : found) all += (all.empty() ? "" : " ") + path;
  return all;
}

/// Best of five products 512 × 512 × 2048 in float32, in GFLOP/s: a reference BLAS is some 70 times
/// below an optimised one.
double gemm_gflops() {
  constexpr int kRows = 512;
  constexpr int kInner = 512;
  constexpr int kColumns = 2048;
  const at::Tensor a = at::ones({kRows, kInner});
  const at::Tensor b = at::ones({kInner, kColumns});
  double best = 0.0;
  for (int i = 0; i < 5; ++i) {
    const auto begin = std::chrono::steady_clock::now();
    const at::Tensor c = at::mm(a, b);
    const double seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    best = std::max(best, 2e-9 * kRows * kInner * kColumns / seconds);
  }
  return best;
}

cupel::plugin::Facts describe() {
  const c10::InferenceMode guard;
  cupel::plugin::Facts facts = {{"libtorch", TORCH_VERSION},
                                {"threads", fmt::format("{}", at::get_num_threads())},
                                {"cuda", cupel::nn::cuda_version()},
                                {"gemm-gflops", fmt::format("{:.0f}", gemm_gflops())},
                                {"blas", mapped_blas()}};
  if (const std::string devices = cupel::nn::cuda_devices(); !devices.empty())
    facts.emplace_back("cuda-devices", devices);
  return facts;
}

constexpr std::array<cupel::plugin::Implementation, 1> kImplementations = {
    {{"atomas", cupel::nn::make_text_model}}};

std::span<const cupel::plugin::Implementation> implementations() { return kImplementations; }

}  // namespace

CUPEL_PLUGIN("torch", implementations, describe)
