/// The loop around a loss: batches, accumulation, learning rate, validation, checkpoints.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "models/torch/optimizer.h"
#include "models/torch/parameters.h"

namespace cupel::nn {

struct TrainingOptions {
  std::int64_t steps = 1;       ///< of the optimiser
  std::size_t batch = 16;       ///< examples of one forward pass
  std::size_t bucket = 1;       ///< batches that are cut by length together, see EpochOrder
  std::int64_t accumulate = 1;  ///< forward passes a step; their gradients are averaged
  OptimizerOptions optimizer;
  std::int64_t warmup = 0;       ///< steps over which the rate grows from 0
  bool decay = false;            ///< the rate falls linearly to 0 behind the warm-up; else constant
  std::int64_t validations = 0;  ///< evenly spread, the last at the end; the best one is kept.
                                 ///< 0: the last step is
  std::uint64_t seed = 0;
  double save_seconds = 60.0;  ///< between checkpoints
};

/// What is trained.
class Trainee {
 public:
  using Parts = std::vector<std::pair<std::string, at::Tensor>>;

  virtual ~Trainee() = default;
  [[nodiscard]] virtual Parameters& parameters() = 0;
  [[nodiscard]] virtual std::size_t examples() const = 0;  ///< some
  /// Of some examples: the loss first, then its parts. `step` decides all that is drawn.
  [[nodiscard]] virtual Parts losses(std::span<const std::size_t> examples, std::int64_t step) = 0;
  /// Of the validation side: a name and a number, less is better.
  [[nodiscard]] virtual std::pair<std::string, double> validate() = 0;
  /// Tokens of an example, for the speed and for batches of similar length.
  [[nodiscard]] virtual std::size_t tokens(std::size_t example) const = 0;
};

/// How the loop talks to the world; all are set.
struct TrainingWatch {
  std::function<void(double share)> progress;
  std::function<void(std::string_view name, std::int64_t step, double value)> fact;
  std::function<bool()> cancelled;
};

/// A loss or a gradient was no finite number.
struct Diverged {
  std::string what;  ///< step, which of the losses, norm of the gradients, learning rate
};

/// Trains until done, or until cancelled: then it has left a checkpoint in `folder`, and a later
/// call with the same trainee and options goes on from there to the same bits. Returns false when
/// cancelled. At the end the parameters are the chosen ones. Facts of every step: "loss", its
/// parts, "gradient-norm", "learning-rate", and before it "state-checksum" (see state_checksum),
/// once more behind the last step; of every validation its name. "tokens-per-second" is told about
/// once a second. Throws Diverged.
[[nodiscard]] bool train(Trainee& trainee, const TrainingOptions& options,
                         const std::filesystem::path& folder, const TrainingWatch& watch);

}  // namespace cupel::nn
