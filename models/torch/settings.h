/// What a user can choose of the T5 and Atomas models, from the options of their presets.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "models/plugin/options.h"
#include "models/torch/atomas_network.h"
#include "models/torch/search.h"
#include "models/torch/training.h"

namespace cupel::nn {

/// What a stage of training is for.
enum class Objective : std::uint8_t {
  kPretraining,
  kRetrieval,
  kCaptioning,
  kGeneration,
  kProperty
};

/// "pretraining", "retrieval", "captioning", "generation" or "property". Throws UsageError.
[[nodiscard]] Objective objective_of(std::string_view stage);

struct Settings {
  explicit Settings(const plugin::Options& options);

  std::string size;        ///< of t5_size()
  std::string vocabulary;  ///< a sentencepiece model; empty: one is trained on the first stage
  std::int64_t vocabulary_size;  ///< of one that is trained
  std::int64_t length;           ///< tokens of an input or target, at most
  std::string weights;           ///< to start from; empty: random
  std::string weights_sha256;    ///< that the file must have; empty: any
  NetworkOptions network;        ///< all but the vocabulary's size
  Targets targets;               ///< of pre-training and retrieval
  double fraction;               ///< of the training side that is learned from
  /// What retrieval compares: the token interaction of this level of L_haa (from 1), or with 0 the
  /// vectors of the global alignment.
  int retrieval_level;
  bool learned_property_pool;  ///< the property head reads the learned pool, not the masked mean

  Weights generation_weights;  ///< [A04]
  SearchOptions search;
  std::uint64_t sampling_seed;   ///< of the draws, beside an input's own tokens
  bool truncate;                 ///< inputs at prediction to `length` [A24]
  std::int64_t prediction_rows;  ///< at most so many inputs are computed together
  std::int64_t extra_pads;       ///< behind every row of these, to see that they change nothing

  /// `examples` of the training side: stages that are counted in epochs.
  [[nodiscard]] TrainingOptions training(Objective objective, std::size_t examples,
                                         std::uint64_t seed) const;

 private:
  std::int64_t pretraining_steps_;
  std::int64_t finetuning_steps_;
  std::int64_t property_epochs_;
  std::int64_t validations_;
  double pretraining_rate_;
  double finetuning_rate_;
  double property_rate_;
  TrainingOptions common_;
};

}  // namespace cupel::nn
