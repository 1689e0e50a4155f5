/// One number for all bits of a model's state, to see where two trainings part.
#pragma once

#include <cstdint>

#include "models/torch/parameters.h"

namespace cupel::nn {

/// In [0, 2^52), so that a double holds it. Covers every bit of every tensor but the optimiser's
/// own, each with its place: what is trained, momentum copies, queues. A change of one value always
/// changes the sum below it, and the number but for one time in 2^52. The sum is of integers, so
/// neither the number of threads nor how the work is cut changes it. Tensors of another device are
/// copied to the CPU.
[[nodiscard]] std::uint64_t state_checksum(const Parameters& parameters);

}  // namespace cupel::nn
