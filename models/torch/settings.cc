#include "models/torch/settings.h"

#include <algorithm>
#include <array>
#include <limits>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "models/plugin/plugin.h"

namespace cupel::nn {
namespace {

template <typename T>
using Choice = std::pair<std::string_view, T>;

/// The value that a text option names.
template <typename T, std::size_t N>
T chosen(const plugin::Options& options, const std::string& name,
         const std::array<Choice<T>, N>& choices) {
  std::string known;
  for (const auto& [word, value] : choices) {
    if (word == options.text(name)) return value;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  throw plugin::UsageError(
      fmt::format("option '{}' is '{}'; it must be one of: {}", name, options.text(name), known));
}

constexpr std::array<Choice<Objective>, 5> kObjectives = {{
    {"pretraining", Objective::kPretraining},
    {"retrieval", Objective::kRetrieval},
    {"captioning", Objective::kCaptioning},
    {"generation", Objective::kGeneration},
    {"property", Objective::kProperty},
}};

std::string known_size(const plugin::Options& options) {
  const std::string& size = options.text("size");
  if (t5_size(size, 1)) return size;
  std::string known;
  for (const std::string_view name : t5_sizes())
    known += (known.empty() ? "" : ", ") + std::string(name);
  throw plugin::UsageError(
      fmt::format("option 'size' is '{}'; it must be one of: {}", size, known));
}

AtomasOptions alignment_options(const plugin::Options& options) {
  AtomasOptions made;
  made.length = options.integer("length");
  made.ranks = options.integer("ranks");
  made.pool = chosen<Pool, 2>(
      options, "pool", {{{"position-linear", Pool::kPositionLinear}, {"mean", Pool::kMaskedMean}}});
  made.gather_positives = options.flag("gather-positives");
  made.queue_size = options.integer("queue-size");
  made.queue_remainder = options.flag("queue-remainder");
  made.momentum = options.real("momentum");
  made.alpha = options.real("alpha");
  made.alpha_ramp_steps = options.integer("alpha-ramp-steps");
  made.levels = static_cast<int>(options.integer("levels"));
  made.heads = options.integer("alignment-heads");
  const double scale_max = options.real("scale-max");
  made.scale_max = scale_max > 0.0 ? scale_max : std::numeric_limits<double>::infinity();
  made.pad_similarity = chosen<PadSimilarity, 2>(
      options, "pad-similarity",
      {{{"zero", PadSimilarity::kZero}, {"excluded", PadSimilarity::kExcluded}}});
  made.cluster_mask = options.flag("cluster-mask");
  made.masked_convolution = options.flag("masked-convolution");
  made.stable_exp = options.flag("stable-exp");
  made.noise = chosen<DensityNoise, 2>(
      options, "density-noise", {{{"off", DensityNoise::kOff}, {"seeded", DensityNoise::kSeeded}}});
  made.pad_distance =
      chosen<PadDistance, 2>(options, "pad-distance",
                             {{{"batch", PadDistance::kBatch}, {"sample", PadDistance::kSample}}});
  made.cluster_count = chosen<ClusterCount, 2>(
      options, "cluster-count",
      {{{"padded", ClusterCount::kPadded}, {"valid", ClusterCount::kValid}}});
  made.exact_gradient = options.flag("exact-gradient");
  return made;
}

Compute compute_options(const plugin::Options& options) {
  return {.device = {chosen<at::DeviceType, 2>(options, "device",
                                               {{{"cpu", at::kCPU}, {"cuda", at::kCUDA}}})},
          .precision = chosen<at::ScalarType, 2>(
              options, "precision", {{{"float32", at::kFloat}, {"bfloat16", at::kBFloat16}}})};
}

NetworkOptions network_options(const plugin::Options& options, const std::string& size,
                               bool momentum_answers) {
  NetworkOptions made;
  made.t5 = t5_size(size, 0).value();
  made.t5.dropout = options.real("dropout");
  made.unified = chosen<bool, 2>(options, "encoder", {{{"unified", true}, {"separate", false}}});
  made.global_weight = options.real("ga");
  made.language_weight = options.real("lm");
  made.hierarchical_weight = options.real("haa");
  made.momentum_copy = made.global_weight != 0.0 || momentum_answers;
  made.teacher_dropout = options.flag("teacher-dropout");
  made.both_contexts =
      chosen<bool, 2>(options, "decoder-context", {{{"source", false}, {"both", true}}});
  made.alignment = alignment_options(options);
  made.compute = compute_options(options);
  if (made.global_weight == 0.0 && made.language_weight == 0.0 &&
      (made.hierarchical_weight == 0.0 || made.alignment.levels == 0))
    throw plugin::UsageError("'ga', 'lm' and 'haa' are all 0: there is nothing to learn");
  return made;
}

/// The network must have the level that retrieval compares.
void check_level(const NetworkOptions& network, int level) {
  if (level == 0) return;
  const auto refuse = [&](const char* what, double value, const std::string& remedy) {
    throw plugin::UsageError(fmt::format(
        "'retrieval-score' is 'wti-{}', and '{}' is {}: set '{}' to {}, or 'retrieval-score' to "
        "'global'",
        level, what, value, what, remedy));
  };
  if (network.hierarchical_weight == 0.0) refuse("haa", 0.0, "more than 0");
  if (network.alignment.levels < level)
    refuse("levels", network.alignment.levels, fmt::format("{} at least", level));
}

SearchOptions search_options(const plugin::Options& options) {
  SearchOptions made{.beams = options.integer("beams"),
                     .max_length = options.integer("max-length"),
                     .length_penalty = options.real("length-penalty")};
  if (!options.flag("sample")) return made;
  if (made.beams > 1) {
    throw plugin::UsageError(fmt::format(
        "'sample' draws one token after the other, and 'beams' is {}: set 'beams' to 1 or 'sample' "
        "to false",
        made.beams));
  }
  made.sampling = Sampling{.temperature = options.real("temperature"),
                           .top_k = options.integer("top-k"),
                           .top_p = options.real("top-p")};
  return made;
}

}  // namespace

Objective objective_of(std::string_view stage) {
  const auto found = std::ranges::find(kObjectives, stage, &Choice<Objective>::first);
  if (found == kObjectives.end())
    throw plugin::UsageError(fmt::format("there is no training for '{}'", stage));
  return found->second;
}

Settings::Settings(const plugin::Options& options)
    : size(known_size(options)),
      vocabulary(options.text("vocabulary")),
      vocabulary_size(options.integer("vocabulary-size")),
      length(options.integer("length")),
      weights(options.text("weights")),
      weights_sha256(options.text("weights-sha256")),
      targets(chosen<Targets, 3>(options, "targets",
                                 {{{"captioning", Targets::kText},
                                   {"generation", Targets::kSmiles},
                                   {"both", Targets::kBoth}}})),
      fraction(options.real("fraction")),
      retrieval_level(chosen<int, 4>(options, "retrieval-score",
                                     {{{"global", 0}, {"wti-1", 1}, {"wti-2", 2}, {"wti-3", 3}}})),
      learned_property_pool(
          chosen<bool, 2>(options, "property-pool", {{{"learned", true}, {"mean", false}}})),
      generation_weights(
          chosen<Weights, 2>(options, "generation-weights",
                             {{{"online", Weights::kOnline}, {"momentum", Weights::kMomentum}}})),
      search(search_options(options)),
      sampling_seed(static_cast<std::uint64_t>(options.integer("sampling-seed"))),
      truncate(options.flag("truncate")),
      prediction_rows(options.integer("prediction-rows")),
      extra_pads(options.integer("extra-pads")),
      pretraining_steps_(options.integer("pretraining-steps")),
      finetuning_steps_(options.integer("finetuning-steps")),
      property_epochs_(options.integer("property-epochs")),
      validations_(options.integer("validations")),
      pretraining_rate_(options.real("pretraining-rate")),
      finetuning_rate_(options.real("finetuning-rate")),
      property_rate_(options.real("property-rate")) {
  network = network_options(options, size, generation_weights == Weights::kMomentum);
  check_level(network, retrieval_level);
  common_.batch = static_cast<std::size_t>(options.integer("batch"));
  common_.bucket = static_cast<std::size_t>(options.integer("bucket"));
  common_.accumulate = options.integer("accumulate");
  common_.optimizer.clip = options.real("clip");
  common_.optimizer.beta2 = options.real("beta2");
  common_.optimizer.scale_parameter = options.flag("scale-parameter");
  common_.warmup = options.integer("warmup");
  common_.decay = options.flag("decay");
}

TrainingOptions Settings::training(Objective objective, std::size_t examples,
                                   std::uint64_t seed) const {
  TrainingOptions made = common_;
  made.seed = seed;
  made.validations = validations_;
  switch (objective) {
    case Objective::kPretraining:
      made.steps = pretraining_steps_;
      made.optimizer.rate = pretraining_rate_;
      made.validations = 0;  // the corpus of pre-training has no validation side
      break;
    case Objective::kProperty: {
      const std::size_t step = made.batch * static_cast<std::size_t>(made.accumulate);
      const auto epoch = static_cast<std::int64_t>(std::max<std::size_t>(1, examples / step));
      made.steps = property_epochs_ * epoch;
      made.validations = property_epochs_;
      made.optimizer.rate = property_rate_;
      break;
    }
    default:
      made.steps = finetuning_steps_;
      made.optimizer.rate = finetuning_rate_;
  }
  made.warmup = std::min(made.warmup, made.steps / 2);
  return made;
}

}  // namespace cupel::nn
