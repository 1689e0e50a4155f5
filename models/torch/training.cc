#include "models/torch/training.h"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <limits>

#include <ATen/Context.h>
#include <ATen/TensorOperators.h>
#include <fmt/format.h>

#include "harness/core/split_mix.h"
#include "models/torch/batches.h"
#include "models/torch/state_checksum.h"
#include "models/torch/weight_files.h"

namespace cupel::nn {
namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kCheckpoint = "checkpoint.safetensors";
constexpr const char* kBest = "best.safetensors";

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

double rate_factor(const TrainingOptions& options, std::int64_t step) {
  const auto at = static_cast<double>(step + 1);
  if (step < options.warmup) return at / static_cast<double>(options.warmup);
  if (!options.decay) return 1.0;
  const auto left = static_cast<double>(options.steps - step);
  return left / static_cast<double>(options.steps - options.warmup);
}

std::vector<std::size_t> lengths(const Trainee& trainee) {
  std::vector<std::size_t> all;
  for (std::size_t i = 0; i < trainee.examples(); ++i) all.push_back(trainee.tokens(i));
  return all;
}

/// Is the parameters' state behind so many steps to be validated?
bool validates(const TrainingOptions& options, std::int64_t done) {
  if (options.validations == 0) return false;
  const std::int64_t before = (done - 1) * options.validations / options.steps;
  return done * options.validations / options.steps > before;
}

class Loop {
 public:
  Loop(Trainee& trainee, const TrainingOptions& options, std::filesystem::path folder,
       const TrainingWatch& watch)
      : trainee_(trainee),
        options_(options),
        folder_(std::move(folder)),
        watch_(watch),
        order_(lengths(trainee), options.batch, options.bucket, options.seed),
        adam_(trainee.parameters(), options.optimizer) {}

  bool run() {
    resume();
    auto saved = Clock::now();
    tell_state();
    while (done_ < options_.steps) {
      if (watch_.cancelled()) {
        save();
        return false;
      }
      step();
      ++done_;
      if (validates(options_, done_)) validate();
      tell_state();
      if (done_ < options_.steps && seconds_since(saved) > options_.save_seconds) {
        save();
        saved = Clock::now();
      }
      watch_.progress(static_cast<double>(done_) / static_cast<double>(options_.steps));
    }
    if (options_.validations > 0)
      load_parameters(trainee_.parameters(), models::TensorFile::open(folder_ / kBest),
                      {.may_lack = {kAdamState}});
    std::filesystem::remove(folder_ / kCheckpoint);
    std::filesystem::remove(folder_ / kBest);
    return true;
  }

 private:
  void resume() {
    if (!std::filesystem::exists(folder_ / kCheckpoint)) return;
    const auto file = models::TensorFile::open(folder_ / kCheckpoint);
    load_parameters(trainee_.parameters(), file);
    done_ = std::stoll(file.metadata().at("steps"));
    best_ = std::stod(file.metadata().at("best"));
  }

  void save() const {
    save_parameters(trainee_.parameters(), folder_ / kCheckpoint, {},
                    {{"steps", fmt::format("{}", done_)}, {"best", fmt::format("{}", best_)}});
  }

  /// Before each step and behind the last: a change of one bit is seen at the step that meets it,
  /// which the loss may hide for a while.
  void tell_state() const {
    watch_.fact("state-checksum", done_,
                static_cast<double>(state_checksum(trainee_.parameters())));
  }

  void step() {
    // All draws of a step start from it: there is no state of a generator to keep.
    at::manual_seed(split_mix(options_.seed ^ split_mix(static_cast<std::uint64_t>(done_) + 1)));
    Trainee::Parts sums;
    for (std::int64_t pass = 0; pass < options_.accumulate; ++pass) {
      const auto group = order_.group(static_cast<std::size_t>(done_ * options_.accumulate + pass));
      Trainee::Parts parts = trainee_.losses(group, done_);
      const auto share = 1.0 / static_cast<double>(options_.accumulate);
      (parts.front().second * share).backward();
      for (const std::size_t example : group) tokens_ += trainee_.tokens(example);
      for (std::size_t i = 0; i < parts.size(); ++i) {
        const at::Tensor part = parts[i].second.detach() * share;
        if (pass == 0)
          sums.emplace_back(parts[i].first, part);
        else
          sums[i].second = sums[i].second + part;
      }
    }
    tell(sums, adam_.step(rate_factor(options_, done_)));
  }

  void tell(const Trainee::Parts& sums, double norm) {
    std::string bad;
    for (const auto& [name, part] : sums) {
      const double value = part.item<double>();
      if (!std::isfinite(value)) bad += fmt::format("{}{}", bad.empty() ? "" : ", ", name);
      if (bad.empty()) watch_.fact(name, done_, value);
    }
    if (!bad.empty() || !std::isfinite(norm)) {
      throw Diverged{fmt::format(
          "training diverged at step {} of {}: {} not finite; norm of the gradients {}, learning "
          "rate {}",
          done_ + 1, options_.steps, bad.empty() ? "gradients" : bad, norm,
          options_.optimizer.rate * rate_factor(options_, done_))};
    }
    watch_.fact("gradient-norm", done_, norm);
    watch_.fact("learning-rate", done_, options_.optimizer.rate * rate_factor(options_, done_));
    if (const double seconds = seconds_since(counted_); seconds > 1.0) {
      watch_.fact("tokens-per-second", done_, static_cast<double>(tokens_) / seconds);
      counted_ = Clock::now();
      tokens_ = 0;
    }
  }

  void validate() {
    const auto [name, value] = trainee_.validate();
    watch_.fact(name, done_ - 1, value);
    if (!(value < best_)) return;
    best_ = value;
    save_parameters(trainee_.parameters(), folder_ / kBest, {kAdamState}, {});
  }

  Trainee& trainee_;
  const TrainingOptions& options_;
  std::filesystem::path folder_;
  const TrainingWatch& watch_;
  EpochOrder order_;
  Adam adam_;
  std::int64_t done_ = 0;
  double best_ = std::numeric_limits<double>::infinity();
  std::size_t tokens_ = 0;
  Clock::time_point counted_ = Clock::now();
};

}  // namespace

bool train(Trainee& trainee, const TrainingOptions& options, const std::filesystem::path& folder,
           const TrainingWatch& watch) {
  return Loop(trainee, options, folder, watch).run();
}

}  // namespace cupel::nn
