#include "models/torch/text_model.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/tensor.h>
#include <c10/core/InferenceMode.h>
#include <dlfcn.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "models/text/t5_vocabulary.h"
#include "models/text/unigram_training.h"
#include "models/torch/compute.h"
#include "models/torch/flop.h"
#include "models/torch/foreign_weights.h"
#include "models/torch/pair_training.h"
#include "models/torch/property_training.h"
#include "models/torch/set_alignment.h"
#include "models/torch/settings.h"
#include "models/torch/t5_stepper.h"
#include "models/torch/token_gallery.h"
#include "models/torch/training_rows.h"
#include "models/torch/weight_files.h"

namespace cupel::nn {
namespace {

namespace fs = std::filesystem;

constexpr const char* kWeights = "model.safetensors";
constexpr const char* kVocabulary = "vocabulary.model";
constexpr std::size_t kLargestVocabulary = std::size_t{64} << 20U;
constexpr std::size_t kAnyTokens = std::numeric_limits<std::size_t>::max();

/// The sentencepiece module lies beside this one.
fs::path sentencepiece_module() {
  Dl_info here{};
  if (dladdr(reinterpret_cast<const void*>(&sentencepiece_module), &here) == 0)
    throw plugin::CapabilityError("cannot find out where this plug-in lies");
  return fs::path(here.dli_fname).parent_path() / "cupel_sentencepiece.so";
}

/// Errors of this program's libraries, in the plug-in's terms.
template <typename Body>
auto translated(const Body& body) {
  try {
    return body();
  } catch (const Error& error) {
    std::string what = error.what();
    if (!error.hint().empty()) what += " (" + error.hint() + ")";
    if (error.code() == Code::kIntegrity) throw plugin::IntegrityError(what);
    if (error.code() == Code::kCapability) throw plugin::CapabilityError(what);
    throw plugin::UsageError(what);
  }
}

class TextModel final : public plugin::Model {
 public:
  explicit TextModel(const plugin::Options& options) : settings_(options) {}

  void fit(const plugin::Training& training, const plugin::Work& work) override {
    translated([&] {
      prepare(settings_.network.compute);
      use_threads(work);
      const Objective objective = objective_of(training.stage);
      open_vocabulary(training);
      make_network(training.seed, objective == Objective::kProperty ? training.labels.size() : 0);
      start_weights(training);
      const bool done = objective == Objective::kProperty ? train_property(training, work)
                                                          : train_pairs(objective, training, work);
      if (!done) throw plugin::Cancelled();
      const fs::path folder(training.folder);
      write_file(folder / kVocabulary, vocabulary_bytes_);
      save_parameters(network_->parameters(), folder / kWeights, {kAdamState}, {});
    });
  }

  void load(std::string_view folder, const plugin::Work& work) override {
    translated([&] {
      prepare(settings_.network.compute);
      use_threads(work);
      vocabulary_bytes_ = read_file(fs::path(folder) / kVocabulary, kLargestVocabulary);
      vocabulary_.emplace(sentencepiece_module(), vocabulary_bytes_, sentinels());
      make_network(0, capability() == "property" ? labels().size() : 0);
      const auto file = models::TensorFile::open(fs::path(folder) / kWeights);
      load_parameters(network_->parameters(), file,
                      {.ignored = {kPropertyHead + std::string(".*")}});
    });
  }

  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const plugin::Work& work) override {
    const c10::InferenceMode guard;
    if (capability() == "alignment") return aligned(inputs, work);
    const bool captions = capability() == "captioning";
    const Modality source = captions ? Modality::kSmiles : Modality::kText;
    const std::vector<Ids> ids = encoded(inputs, settings_.truncate);
    std::vector<std::string> outputs(inputs.size());
    SearchOptions options = settings_.search;
    options.check = [&] { work.check(); };
    const Autocast autocast(settings_.network.compute);
    for (const auto& group : grouped(ids)) {
      const at::Tensor rows = padded(ids, group);
      tell_read(ids, group, rows, work);
      const Tokens tokens = network_->encode(source, rows, settings_.generation_weights);
      options.seeds.clear();
      for (const std::size_t row : group)
        options.seeds.push_back(seed_of(settings_.sampling_seed, ids[row]));
      T5Stepper stepper(network_->decoder(settings_.generation_weights), tokens.states,
                        tokens.valid, options.beams, options.max_length);
      const Found found = search(stepper, static_cast<std::int64_t>(group.size()), options);
      for (std::size_t i = 0; i < group.size(); ++i)
        outputs[group[i]] =
            vocabulary_->decode(Ids(found.tokens[i].begin(), found.tokens[i].end()));
      tell(found, group, work);
      tell_written(found, ids, group, work);
    }
    return outputs;
  }

  void set_gallery(std::span<const std::string_view> candidates,
                   const plugin::Work& work) override {
    const c10::InferenceMode guard;
    const Modality held =
        capability() == "molecule-retrieval" ? Modality::kSmiles : Modality::kText;
    if (settings_.retrieval_level > 0)
      token_gallery_ = packed(held, candidates, work);
    else
      gallery_ = vectors(held, candidates, work);
  }

  void rank(std::span<const std::string_view> queries, float* scores,
            const plugin::Work& work) override {
    const c10::InferenceMode guard;
    const Modality asked =
        capability() == "molecule-retrieval" ? Modality::kText : Modality::kSmiles;
    if (settings_.retrieval_level > 0) {
      const std::vector<PackedBlock> blocks = packed(asked, queries, work);
      copy_out(interactions(blocks, token_gallery_, [&] { work.check(); }), scores);
    } else {
      copy_out(at::matmul(vectors(asked, queries, work), gallery_.t()), scores);
      work.fact(plugin::kFlop, 0, 2.0 * static_cast<double>(queries.size() * gallery_.numel()));
    }
  }

  void classify(std::span<const std::string_view> smiles, float* scores,
                const plugin::Work& work) override {
    const c10::InferenceMode guard;
    const bool learned = settings_.learned_property_pool;
    const std::int64_t length = learned ? network_->pooled_length() : 0;
    const std::vector<Ids> ids = encoded(smiles, true);
    copy_out(in_groups(ids, length, work,
                       [&](const at::Tensor& rows) {
                         return property_logits(*network_, *head_, rows, learned, false);
                       }),
             scores);
  }

 private:
  static void use_threads(const plugin::Work& work) {
    if (work.jobs() > 0) at::set_num_threads(static_cast<int>(work.jobs()));
  }
  /// How likely the outputs are, and how clear, by their places in the call.
  static void tell(const Found& found, std::span<const std::size_t> group,
                   const plugin::Work& work) {
    for (std::size_t i = 0; i < group.size(); ++i) {
      work.fact(plugin::kLogProbability, group[i], found.log_probabilities[i]);
      work.fact(plugin::kTokens, group[i], static_cast<double>(found.tokens[i].size()));
      if (std::isfinite(found.margins[i])) work.fact(plugin::kMargin, group[i], found.margins[i]);
    }
  }
  /// How much of what is computed is tokens, and not pads. Operations: of the encoder alone.
  void tell_read(std::span<const Ids> ids, std::span<const std::size_t> group,
                 const at::Tensor& rows, const plugin::Work& work) const {
    std::size_t tokens = 0;
    double flop = 0.0;
    for (const std::size_t row : group) {
      tokens += ids[row].size();
      flop += encoder_flop(network_->options().t5, std::ssize(ids[row]));
    }
    work.fact(plugin::kReadTokens, 0, static_cast<double>(tokens));
    work.fact(plugin::kPaddedTokens, 0, static_cast<double>(rows.numel()));
    work.fact(plugin::kFlop, 0, flop);
  }
  void tell_written(const Found& found, std::span<const Ids> ids,
                    std::span<const std::size_t> group, const plugin::Work& work) const {
    double flop = 0.0;
    for (std::size_t i = 0; i < group.size(); ++i)
      flop += decoding_flop(network_->options().t5, std::ssize(ids[group[i]]),
                            std::ssize(found.tokens[i]), settings_.search.beams);
    work.fact(plugin::kFlop, 0, flop);
  }
  static void copy_out(const at::Tensor& tensor, float* out) {
    const at::Tensor plain = tensor.to(at::kCPU, at::kFloat).contiguous();
    std::copy_n(plain.const_data_ptr<float>(), plain.numel(), out);
  }

  /// T5's own vocabulary has sentinels behind its pieces; ours have none.
  [[nodiscard]] std::size_t sentinels() const {
    return settings_.vocabulary.empty() ? 0 : SentencePieceTokenizer::kSentinels;
  }

  void open_vocabulary(const plugin::Training& training) {
    if (!training.parent.empty()) {
      vocabulary_bytes_ = read_file(fs::path(training.parent) / kVocabulary, kLargestVocabulary);
    } else if (!settings_.vocabulary.empty()) {
      vocabulary_bytes_ = read_file(settings_.vocabulary, kLargestVocabulary);
    } else {
      std::vector<std::string> corpus;
      for (const plugin::Sample& sample : training.train) {
        corpus.emplace_back(sample.smiles);
        if (!sample.text.empty()) corpus.emplace_back(sample.text);
      }
      vocabulary_bytes_ = train_unigram(sentencepiece_module(), corpus,
                                        static_cast<std::uint32_t>(settings_.vocabulary_size));
    }
    vocabulary_.emplace(sentencepiece_module(), vocabulary_bytes_, sentinels());
  }

  void make_network(std::uint64_t seed, std::size_t labels) {
    NetworkOptions options = settings_.network;
    // T5's checkpoints have 28 rows that no token uses.
    options.t5.vocabulary = settings_.vocabulary.empty()
                                ? static_cast<std::int64_t>(vocabulary_->size())
                                : kT5Vocabulary;
    network_ = std::make_unique<AtomasNetwork>(options, seed);
    if (labels > 0) head_ = make_property_head(*network_, seed, static_cast<std::int64_t>(labels));
  }

  void start_weights(const plugin::Training& training) {
    if (!training.parent.empty()) {
      const auto file = models::TensorFile::open(fs::path(training.parent) / kWeights);
      load_parameters(
          network_->parameters(), file,
          {.may_lack = {kPropertyHead}, .ignored = {kPropertyHead + std::string(".*")}});
    } else if (!settings_.weights.empty()) {
      load_foreign_weights(*network_, settings_.weights, settings_.weights_sha256);
    }
  }

  [[nodiscard]] std::vector<std::string> aligned(std::span<const std::string_view> inputs,
                                                 const plugin::Work& work) const {
    if (network_->hierarchical() == nullptr)
      throw plugin::UsageError("without 'haa' and 'levels' there are no sets to align");
    std::vector<LocatedInput> smiles;
    std::vector<LocatedInput> text;
    std::vector<Ids> ids;  // by whose length they are grouped
    for (const std::string_view input : inputs) {
      const std::size_t tab = std::min(input.find('\t'), input.size());
      smiles.push_back(located(input.substr(0, tab)));
      text.push_back(located(input.substr(std::min(tab + 1, input.size()))));
      ids.push_back(text.back().tokens.ids);
    }
    std::vector<std::string> outputs(inputs.size());
    for (const auto& group : grouped(ids)) {
      work.check();
      const auto of_group = [&](const std::vector<LocatedInput>& side) {
        std::vector<LocatedInput> some;
        for (const std::size_t row : group) some.push_back(side[row]);
        return some;
      };
      const auto answers =
          aligned_sets(*network_, of_group(smiles), of_group(text), settings_.extra_pads);
      for (std::size_t i = 0; i < group.size(); ++i) outputs[group[i]] = answers[i];
    }
    return outputs;
  }

  [[nodiscard]] LocatedInput located(std::string_view text) const {
    return {vocabulary_->encode_located(text, static_cast<std::size_t>(settings_.length)),
            text.size()};
  }

  [[nodiscard]] Ids encode(std::string_view text, bool truncate) const {
    if (!truncate) return vocabulary_->encode(text);
    return vocabulary_->encode(text, static_cast<std::size_t>(settings_.length));
  }
  [[nodiscard]] std::vector<Ids> encoded(std::span<const std::string_view> texts,
                                         bool truncate) const {
    std::vector<Ids> all;
    all.reserve(texts.size());
    for (const std::string_view text : texts) all.push_back(encode(text, truncate));
    return all;
  }

  /// What training reads of a text: as much as the model takes.
  [[nodiscard]] Encode cut() const {
    return [this](std::string_view text) { return encode(text, true); };
  }
  [[nodiscard]] std::vector<plugin::Sample> chosen(const plugin::Training& training) const {
    return share_of(training.train, settings_.fraction, training.seed);
  }

  [[nodiscard]] bool run(Trainee& trainee, TrainingOptions options, bool validation,
                         const plugin::Training& training, const plugin::Work& work) const {
    if (!validation) options.validations = 0;
    const TrainingWatch watch{
        .progress = [&](double share) { work.progress(share); },
        .fact = [&](std::string_view name, std::int64_t step,
                    double value) { work.fact(name, static_cast<std::uint64_t>(step), value); },
        .cancelled = [&] { return work.cancelled(); }};
    try {
      return train(trainee, options, fs::path(training.folder), watch);
    } catch (const Diverged& diverged) {
      throw std::runtime_error(diverged.what +
                               "; try a lower rate, a longer warm-up or a smaller clip");
    }
  }

  [[nodiscard]] bool train_pairs(Objective objective, const plugin::Training& training,
                                 const plugin::Work& work) {
    const Pairs learned = encoded_pairs(chosen(training), cut());
    const Pairs validation = encoded_pairs(training.validation, cut());
    const TrainingOptions options =
        settings_.training(objective, learned.text.size(), training.seed);
    Targets targets = settings_.targets;
    if (objective == Objective::kCaptioning) targets = Targets::kText;
    if (objective == Objective::kGeneration) targets = Targets::kSmiles;
    PairTrainee trainee(*network_, learned, validation, targets, options.batch, training.seed);
    return run(trainee, options, !validation.text.empty(), training, work);
  }

  [[nodiscard]] bool train_property(const plugin::Training& training, const plugin::Work& work) {
    const LabelledMolecules learned = encoded_molecules(chosen(training), cut());
    const LabelledMolecules validation = encoded_molecules(training.validation, cut());
    const TrainingOptions options =
        settings_.training(Objective::kProperty, learned.smiles.size(), training.seed);
    PropertyTrainee trainee(*network_, *head_, learned, validation,
                            settings_.learned_property_pool);
    return run(trainee, options, !validation.smiles.empty(), training, work);
  }

  [[nodiscard]] std::vector<std::vector<std::size_t>> grouped(std::span<const Ids> ids) const {
    return groups_by_length(ids, static_cast<std::size_t>(settings_.prediction_rows), kAnyTokens);
  }

  [[nodiscard]] at::Tensor padded(std::span<const Ids> ids, std::span<const std::size_t> group,
                                  std::int64_t length = 0) const {
    return pad_rows(ids, group, length, settings_.extra_pads);
  }

  /// What `compute` makes of token ids, in the order of `ids`.
  template <typename Compute>
  [[nodiscard]] at::Tensor in_groups(std::span<const Ids> ids, std::int64_t length,
                                     const plugin::Work& work, const Compute& compute) const {
    std::vector<at::Tensor> parts;
    std::vector<std::int64_t> places(ids.size());
    std::int64_t place = 0;
    for (const auto& group : grouped(ids)) {
      work.check();
      const at::Tensor rows = padded(ids, group, length);
      tell_read(ids, group, rows, work);
      parts.push_back(compute(rows).cpu());
      for (const std::size_t example : group) places[example] = place++;
    }
    return at::index_select(at::cat(parts), 0, at::tensor(places));
  }

  [[nodiscard]] at::Tensor vectors(Modality modality, std::span<const std::string_view> texts,
                                   const plugin::Work& work) const {
    return in_groups(
        encoded(texts, true), network_->pooled_length(), work, [&](const at::Tensor& rows) {
          return network_->pooled(modality, network_->encode(modality, rows, Weights::kOnline));
        });
  }

  /// What the level of retrieval compares.
  [[nodiscard]] std::vector<PackedBlock> packed(Modality modality,
                                                std::span<const std::string_view> texts,
                                                const plugin::Work& work) const {
    const std::vector<Ids> ids = encoded(texts, true);
    const auto level = static_cast<std::size_t>(settings_.retrieval_level - 1);
    std::vector<PackedBlock> blocks;
    for (const auto& group : grouped(ids)) {
      work.check();
      const at::Tensor rows = padded(ids, group, network_->pooled_length());
      blocks.push_back({network_->hierarchical()->packed(
                            modality, network_->encode(modality, rows, Weights::kOnline), level),
                        {group.begin(), group.end()}});
    }
    return joined(std::move(blocks));
  }

  Settings settings_;
  std::string vocabulary_bytes_;
  std::optional<T5Vocabulary> vocabulary_;
  std::unique_ptr<AtomasNetwork> network_;
  std::optional<Linear> head_;
  at::Tensor gallery_;                      // vectors of the candidates
  std::vector<PackedBlock> token_gallery_;  // or their tokens
};

}  // namespace

std::unique_ptr<plugin::Model> make_text_model(const plugin::Options& options) {
  return std::make_unique<TextModel>(options);
}

}  // namespace cupel::nn
