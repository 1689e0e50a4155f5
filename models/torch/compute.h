/// Where a model computes and in which precision, and what makes a GPU give the same bits twice.
#pragma once

#include <string>

#include <c10/core/Device.h>
#include <c10/core/ScalarType.h>

namespace cupel::nn {

/// Weights, optimiser, losses and all of the alignment are float32 in any case.
struct Compute {
  at::Device device{at::kCPU};
  at::ScalarType precision = at::kFloat;  ///< of products in encoder and decoder; or kBFloat16
};

/// To be called before anything is computed. On a GPU: puts LibTorch into deterministic mode, see
/// deterministic_mode(). Throws Error{kCapability}, which names what was found and a remedy, when
/// there is no such device or a flag of this mode does not hold.
void prepare(const Compute& compute);

/// Of this process: deterministic algorithms on, search of cuDNN algorithms off, TF32 off in
/// products and convolutions, and CUBLAS_WORKSPACE_CONFIG set to :4096:8 unless it is set. cuBLAS
/// reads that once, and LibTorch says nothing when it comes too late, so it must be set before a
/// CUDA context exists (PyTorch, "Reproducibility"). Then reads each of them back: throws
/// Error{kCapability} for one that does not hold.
void deterministic_mode();

/// The CUDA runtime that LibTorch was built with, "13.0"; "no" for a LibTorch without CUDA.
[[nodiscard]] std::string cuda_version();

/// The GPUs that LibTorch sees, by the driver's names: "2: NVIDIA H100 80GB HBM3, …"; empty: none.
[[nodiscard]] std::string cuda_devices();

/// While it lives, products of float32 tensors on the device are computed in the precision of
/// `compute`, from copies of the weights that are kept until the outermost one ends. Backward is
/// not for its scope.
class Autocast {
 public:
  explicit Autocast(const Compute& compute);
  ~Autocast();
  Autocast(const Autocast&) = delete;
  Autocast& operator=(const Autocast&) = delete;

 private:
  bool active_;
  at::DeviceType type_;
  bool enabled_before_ = false;
  at::ScalarType dtype_before_ = at::kFloat;
};

}  // namespace cupel::nn
