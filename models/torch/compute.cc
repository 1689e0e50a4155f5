#include "models/torch/compute.h"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/Context.h>
#include <ATen/autocast_mode.h>
#include <ATen/detail/CUDAHooksInterface.h>
#include <dlfcn.h>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <torch/version.h>

#include "harness/core/error.h"

namespace cupel::nn {
namespace {

constexpr const char* kWorkspace = "CUBLAS_WORKSPACE_CONFIG";
constexpr const char* kWorkspaceValue = ":4096:8";

/// Throws unless cuBLAS works in buffers of a fixed size. LibTorch's own check is gone in newer
/// versions.
void check_workspace() {
  const char* value = std::getenv(kWorkspace);
  if (value == nullptr) {
    const auto& hooks = at::detail::getCUDAHooks();
    if (hooks.hasCUDA() && hooks.hasPrimaryContext(0)) {
      throw Error(Code::kCapability, fmt::format("{} was not set before CUDA started", kWorkspace),
                  fmt::format("start again with {}={}", kWorkspace, kWorkspaceValue));
    }
    ::setenv(kWorkspace, kWorkspaceValue, 0);
    value = std::getenv(kWorkspace);
  }
  const std::string_view found = value == nullptr ? "" : value;
  if (found != kWorkspaceValue && found != ":16:8") {
    throw Error(
        Code::kCapability,
        fmt::format("{} is '{}', with which cuBLAS is not deterministic", kWorkspace, found),
        fmt::format("set it to {} or to :16:8, or not at all", kWorkspaceValue));
  }
}

/// The driver's own function: LibTorch has a name for a device only in headers that need CUDA's.
std::string device_name(void* driver, int index) {
  using Init = int (*)(unsigned);
  using Get = int (*)(int*, int);
  using Name = int (*)(char*, int, int);
  const auto init = reinterpret_cast<Init>(::dlsym(driver, "cuInit"));
  const auto get = reinterpret_cast<Get>(::dlsym(driver, "cuDeviceGet"));
  const auto name = reinterpret_cast<Name>(::dlsym(driver, "cuDeviceGetName"));
  std::array<char, 256> text{};
  int device = 0;
  const bool known = init != nullptr && get != nullptr && name != nullptr && init(0) == 0 &&
                     get(&device, index) == 0 &&
                     name(text.data(), static_cast<int>(text.size() - 1), device) == 0;
  return known ? text.data() : "unknown";
}

}  // namespace

std::string cuda_version() {
  if (!at::globalContext().hasCUDART()) return "no";
  const long version = at::globalContext().versionCUDART();
  return fmt::format("{}.{}", version / 1000, version % 1000 / 10);
}

std::string cuda_devices() {
  if (!at::globalContext().hasCUDA()) return {};
  const int count = at::detail::getCUDAHooks().getNumGPUs();
  void* driver = ::dlopen("libcuda.so.1", RTLD_LAZY | RTLD_LOCAL);
  std::vector<std::string> names;
  for (int i = 0; i < count; ++i)
    names.push_back(driver == nullptr ? "unknown" : device_name(driver, i));
  return fmt::format("{}: {}", count, fmt::join(names, ", "));
}

void deterministic_mode() {
  check_workspace();
  at::Context& context = at::globalContext();
  context.setDeterministicAlgorithms(true, false);
  context.setDeterministicCuDNN(true);
  context.setBenchmarkCuDNN(false);
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
  const bool algorithms =
      context.deterministicAlgorithms() && !context.deterministicAlgorithmsWarnOnly();
  const std::array<std::pair<std::string_view, bool>, 5> flags = {{
      {"deterministic algorithms", algorithms},
      {"deterministic cuDNN", context.deterministicCuDNN()},
      {"no cuDNN benchmark", !context.benchmarkCuDNN()},
      {"no TF32 in products", !context.allowTF32CuBLAS()},
      {"no TF32 in convolutions", !context.allowTF32CuDNN()},
  }};
  for (const auto& [what, holds] : flags) {
    if (!holds) {
      throw Error(Code::kCapability,
                  fmt::format("LibTorch {} does not keep to: {}", TORCH_VERSION, what),
                  "is TORCH_ALLOW_TF32_CUBLAS_OVERRIDE or NVIDIA_TF32_OVERRIDE set? else set "
                  "'device' to cpu");
    }
  }
}

void prepare(const Compute& compute) {
  if (compute.device.is_cpu()) return;
  if (!at::globalContext().hasCUDA()) {
    const std::string cuda = cuda_version();
    throw Error(Code::kCapability,
                cuda == "no"
                    ? fmt::format("'device' is cuda, and this LibTorch {} is built without CUDA",
                                  TORCH_VERSION)
                    : fmt::format("'device' is cuda, and LibTorch {} with CUDA {} sees no device",
                                  TORCH_VERSION, cuda),
                cuda == "no" ? "set 'device' to cpu, or build with a CUDA LibTorch: ./dev --help"
                             : "set 'device' to cpu, or look at nvidia-smi and "
                               "CUDA_VISIBLE_DEVICES");
  }
  deterministic_mode();
}

Autocast::Autocast(const Compute& compute)
    : active_(compute.precision != at::kFloat), type_(compute.device.type()) {
  if (!active_) return;
  enabled_before_ = at::autocast::is_autocast_enabled(type_);
  dtype_before_ = at::autocast::get_autocast_dtype(type_);
  at::autocast::increment_nesting();
  at::autocast::set_autocast_enabled(type_, true);
  at::autocast::set_autocast_dtype(type_, compute.precision);
}

Autocast::~Autocast() {
  if (!active_) return;
  // Copies of weights do not outlive a step of the optimiser.
  if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
  at::autocast::set_autocast_enabled(type_, enabled_before_);
  at::autocast::set_autocast_dtype(type_, dtype_before_);
}

}  // namespace cupel::nn
