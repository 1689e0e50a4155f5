/// The contract of a model: it learns from training samples, if it does, and answers inputs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
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
  /// Told numbers of the training, such as its loss, before the share that they belong to.
  std::function<void(std::string_view name, double value)> fact = {};
};

/// Thrown out of whatever was given the Work, once `cancelled` has said yes.
struct Cancelled {};

/// What a model may learn from for one cell; the spans outlive the model.
struct TrainingData {
  Capability capability{};  ///< what the cell's task asks for: the direction of what follows fit()
  std::span<const Sample> train;
  std::span<const Sample> validation;   ///< to choose by, never to score
  std::span<const std::string> labels;  ///< names of the label columns; empty in sets of pairs
  std::uint64_t seed = 0;
  std::string stage = {};        ///< of a training in several, one fit() each; empty: the only one
  std::string checkpoints = {};  ///< a folder of the cell to resume from; empty: there is none
};

/// One model for one cell. The harness calls fit() once, then what the task's capability asks for,
/// any number of times. The same training data, seed and inputs give the same answers, however
/// inputs are grouped into calls and however many threads there are: that is what makes an
/// interrupted run end as an undisturbed one. Throws Error{kCapability} for what it cannot do here.
class Model {
 public:
  virtual ~Model() = default;

  virtual void fit(const TrainingData& data, const Work& work) = 0;

  /// kCaptioning and kGeneration: one output an input.
  [[nodiscard]] virtual std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                                          const Work& work);

  /// kMoleculeRetrieval and kTextRetrieval: what queries choose from, once, before rank(). The
  /// texts outlive the model.
  virtual void set_gallery(std::span<const std::string_view> candidates, const Work& work);
  /// Scores, queries × gallery, row-major; higher is better.
  [[nodiscard]] virtual std::vector<float> rank(std::span<const std::string_view> queries,
                                                const Work& work);

  /// kProperty: inputs × labels, row-major; higher is more likely positive; finite.
  [[nodiscard]] virtual std::vector<float> classify(std::span<const std::string_view> smiles,
                                                    const Work& work);

 protected:
  /// What the four above do unless they are overridden: std::logic_error.
  [[noreturn]] static void not_declared();
};

/// A value that a user may set, and its kind by the default's.
using OptionValue = std::variant<bool, std::int64_t, double, std::string>;
using Options = std::map<std::string, OptionValue>;  ///< every option of a model has a value here

struct ModelOption {
  std::string name;
  std::string summary;
  OptionValue fallback;
  double least = 0.0;  ///< bounds of numbers
  double most = 0.0;
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
  std::vector<ModelOption> options;
  std::function<std::unique_ptr<Model>(const Options&)> make;
  /// What else decides the answers, as a part of a cell's identity: name -> value, such as "file
  /// mine.weights" -> its SHA-256. Reads files, so that a list of models does not have to. Throws
  /// Error{kCapability} when one is missing. Empty: this program's model called `id`, and nothing
  /// else.
  std::function<std::map<std::string, std::string>()> identity = {};

  [[nodiscard]] bool can(Capability capability) const;
};

/// The baselines without weights.
[[nodiscard]] const Registry<ModelEntry>& model_registry();

}  // namespace cupel::models
