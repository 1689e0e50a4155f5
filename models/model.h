/// The contract of a model: it learns from training samples, if it does, and answers inputs.
#pragma once

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "harness/core/capability.h"
#include "harness/core/registry.h"
#include "harness/core/sample.h"

namespace cupel::models {

/// How long work goes on, and whether it should. All members may be empty.
struct Work {
  unsigned jobs = 0;  ///< threads; 0: all processors
  // Called from any of the threads, by one at a time.
  std::function<void(double)> progress = {};  ///< told the share that is done, in [0, 1]
  std::function<bool()> cancelled = {};       ///< asked now and then
  /// fit(): its numbers, such as a loss, before the share that they belong to; `step` rises, and
  /// may come again after an interruption. generate(): numbers of outputs (plugin/plugin_abi.h).
  std::function<void(std::string_view name, std::uint64_t step, double value)> fact = {};
};

/// Thrown out of whatever was given the Work, once `cancelled` has said yes.
struct Cancelled {};

/// What a model may learn from: for one cell, or in one stage of several; the spans outlive the
/// model.
struct TrainingData {
  /// What the cell's task asks for: the direction of what follows fit(). Nothing in a stage, which
  /// serves several tasks.
  std::optional<Capability> capability = {};
  std::span<const Sample> train;
  std::span<const Sample> validation;   ///< to choose by, never to score
  std::span<const std::string> labels;  ///< names of the label columns; empty in sets of pairs
  std::uint64_t seed = 0;
  // Of a stage only, otherwise empty:
  std::string stage = {};   ///< the name of its objective
  std::string parent = {};  ///< folder of the finished stage before; empty: there is none
  /// Where the result goes, and where an interrupted fit() finds what it left. What stands in it
  /// when fit() returns is kept.
  std::string folder = {};
};

/// A finished stage, for one cell; the span outlives the model.
struct TrainedStage {
  std::string folder;
  Capability capability{};              ///< what will be asked
  std::span<const std::string> labels;  ///< names of the label columns; empty in sets of pairs
};

/// One model for one cell. The harness calls fit() once (or load(), when the model is trained in
/// stages: each fit() is another model's), then what the task's capability asks for, any number of
/// times. The same training data, seed and inputs give the same answers, however
/// inputs are grouped into calls and however many threads there are: that is what makes an
/// interrupted run end as an undisturbed one. Throws Error{kCapability} for what it cannot do here.
class Model {
 public:
  virtual ~Model() = default;

  virtual void fit(const TrainingData& data, const Work& work) = 0;

  /// Entries with `stages`: becomes what the stage ended with.
  virtual void load(const TrainedStage& stage, const Work& work);

  /// kCaptioning, kGeneration and kAlignment: one output an input.
  [[nodiscard]] virtual std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                                          const Work& work);

  /// kMoleculeRetrieval and kTextRetrieval: what queries choose from, before rank(), until the next
  /// gallery. The texts outlive the model.
  virtual void set_gallery(std::span<const std::string_view> candidates, const Work& work);
  /// Scores, queries × gallery, row-major; higher is better.
  [[nodiscard]] virtual std::vector<float> rank(std::span<const std::string_view> queries,
                                                const Work& work);

  /// kProperty: inputs × labels, row-major; higher is more likely positive; finite.
  [[nodiscard]] virtual std::vector<float> classify(std::span<const std::string_view> smiles,
                                                    const Work& work);

 protected:
  /// What the five above do unless they are overridden: std::logic_error.
  [[noreturn]] static void not_declared();
};

/// A value that a user may set, and its kind by the default's.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
using Options = std::map<std::string, OptionValue>;  ///< every option of a model has a value here

/// What an option can change: a stage of training, by its objective's number, and the answers of a
/// model that is trained (kAnswers). None: nothing that could be told apart, such as a batch size.
using Effects = std::bitset<kObjectiveNames.size() + 1>;
inline constexpr std::size_t kAnswers = kObjectiveNames.size();

struct ModelOption {
  std::string name;
  std::string summary;
  OptionValue fallback;
  double least = 0.0;  ///< bounds of numbers
  double most = 0.0;
  Effects effects = Effects().set();
  std::vector<std::string> choices = {};  ///< the only values of a text; empty: any
  /// A text that names a file, or is empty for none: what is in the file changes the answers, not
  /// its name.
  bool file = false;
};

/// A model of this program. What comes from plug-ins and processes becomes one of these too.
struct ModelEntry {
  std::string id;
  std::string summary;
  std::int64_t version = 1;  ///< raised by every change that can change an answer
  std::vector<Capability> capabilities;
  bool random = false;  ///< does the seed matter?
  /// From the training and validation sides of a data set? If not, fit() is given none, and they
  /// need not be at hand.
  bool learns = true;
  /// Is it trained in stages, each of which ends with a folder that the next one, or load(), starts
  /// from?
  bool stages = false;
  std::vector<ModelOption> options;
  std::function<std::unique_ptr<Model>(const Options&)> make;
  /// What else decides the answers, as a part of a cell's identity: name -> value, such as "file
  /// mine.weights" -> its SHA-256. Reads files, so that a list of models does not have to. Throws
  /// Error{kCapability} when one is missing. Empty: this program's model called `id`, and nothing
  /// else.
  std::function<std::map<std::string, std::string>()> identity = {};
  /// What it runs on, such as "torch.libtorch" -> "2.6.0": recorded beside results, in no digest.
  /// Loads libraries. Throws Error{kCapability} when one is missing. Empty: on this program alone.
  std::function<std::map<std::string, std::string>()> runs_on = {};

  [[nodiscard]] bool can(Capability capability) const;
};

/// The baselines without weights.
[[nodiscard]] const Registry<ModelEntry>& model_registry();

}  // namespace cupel::models
