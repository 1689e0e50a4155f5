/// Plug-ins in C++: derive from Model, list the implementations, write CUPEL_PLUGIN(…) once. No
/// exception leaves. An example that is built outside of this tree: tests/plugin_example/ngram.
#pragma once

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/plugin/options.h"
#include "models/plugin/plugin_abi.h"

namespace cupel::plugin {

/// Throw these to say whose fault it is; any other exception means that the model failed.
struct UsageError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct IntegrityError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
struct CapabilityError : std::runtime_error {
  using std::runtime_error::runtime_error;
};
/// Thrown out of a model once Work::cancelled() has said yes.
struct Cancelled {};

inline CupelText text(std::string_view view) { return {view.data(), view.size()}; }
inline std::string_view view(CupelText text) { return {text.data, text.size}; }

struct Sample {
  std::string_view id;
  std::string_view smiles;
  std::string_view text;
  std::span<const std::int8_t> labels;  ///< 1 positive, -1 negative, 0 missing
};

/// What plugin_abi.h says of CupelTraining.
struct Training {
  std::vector<Sample> train;
  std::vector<Sample> validation;
  std::vector<std::string_view> labels;
  std::uint64_t seed = 0;
  std::string_view capability;
  std::string_view stage;
  std::string_view parent;
  std::string_view folder;
};

/// Facts of an output, by its place in the call of generate().
inline constexpr std::string_view kLogProbability = "log-probability";
inline constexpr std::string_view kTokens = "tokens";
inline constexpr std::string_view kMargin = "margin";
/// Facts of a call that answers: told in parts, added up by who hears them.
inline constexpr std::string_view kReadTokens = "read-tokens";
inline constexpr std::string_view kPaddedTokens = "padded-tokens";
inline constexpr std::string_view kFlop = "flop";

class Work {
 public:
  explicit Work(const CupelWork& work) : work_(work) {}

  /// 0: all processors.
  [[nodiscard]] unsigned jobs() const { return work_.jobs; }
  void progress(double share) const { work_.progress(work_.context, share); }
  /// In fit() steps rise; the value must be finite.
  void fact(std::string_view name, std::uint64_t step, double value) const {
    work_.fact(work_.context, text(name), step, value);
  }
  [[nodiscard]] bool cancelled() const { return work_.cancelled(work_.context) != 0; }
  /// Throws Cancelled if so.
  void check() const {
    if (cancelled()) throw Cancelled();
  }

 private:
  const CupelWork& work_;
};

/// Override what the preset declares.
class Model {
 public:
  Model() = default;
  virtual ~Model() = default;
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  virtual void fit(const Training& training, const Work& work) = 0;
  /// Presets with "stages": becomes what fit() left in this folder, for what capability() and
  /// labels() say.
  virtual void load(std::string_view /*folder*/, const Work&) { absent("load()"); }
  virtual std::vector<std::string> generate(std::span<const std::string_view>, const Work&) {
    absent("generate()");
  }
  /// The texts, not the span, stay good as long as the model, or until the next gallery.
  virtual void set_gallery(std::span<const std::string_view>, const Work&) {
    absent("set_gallery()");
  }
  /// `scores` has room for inputs × gallery, or inputs × labels.
  virtual void rank(std::span<const std::string_view>, float* /*scores*/, const Work&) {
    absent("rank()");
  }
  virtual void classify(std::span<const std::string_view>, float* /*scores*/, const Work&) {
    absent("classify()");
  }

  /// What will be asked, as in Training; set before fit() and load(). Empty in a stage.
  [[nodiscard]] const std::string& capability() const { return capability_; }
  /// The names of the label columns.
  [[nodiscard]] const std::vector<std::string>& labels() const { return labels_; }
  /// For the functions below alone.
  void set_purpose(std::string_view capability, std::span<const std::string_view> labels) {
    capability_ = capability;
    labels_.assign(labels.begin(), labels.end());
  }

 private:
  [[noreturn]] static void absent(const char* what) {
    throw CapabilityError(std::string("this implementation has no ") + what);
  }

  std::string capability_;
  std::vector<std::string> labels_;
};

/// One of the models of a plug-in.
struct Implementation {
  std::string_view name;
  std::unique_ptr<Model> (*make)(const Options& options);
};

/// (key, value) for `cupel doctor`.
using Facts = std::vector<std::pair<std::string, std::string>>;

/// What turns the C functions into C++; nothing here is for plug-ins to call.
namespace detail {

inline CupelStatus say(CupelSink error, CupelStatus status, std::string_view what) {
  error.receive(error.context, text(what));
  return status;
}

template <typename Body>
CupelStatus guarded(CupelSink error, const Body& body) {
  try {
    body();
    return CUPEL_OK;
  } catch (const Cancelled&) {
    return CUPEL_CANCELLED;
  } catch (const UsageError& thrown) {
    return say(error, CUPEL_USAGE, thrown.what());
  } catch (const IntegrityError& thrown) {
    return say(error, CUPEL_INTEGRITY, thrown.what());
  } catch (const CapabilityError& thrown) {
    return say(error, CUPEL_CAPABILITY, thrown.what());
  } catch (const std::exception& thrown) {
    return say(error, CUPEL_FAILED, thrown.what());
  } catch (...) {
    return say(error, CUPEL_FAILED, "an exception that is no std::exception");
  }
}

inline Model& model_of(CupelModel* model) { return *reinterpret_cast<Model*>(model); }

inline std::vector<std::string_view> views(const CupelText* texts, std::size_t size) {
  std::vector<std::string_view> all;
  all.reserve(size);
  for (std::size_t i = 0; i < size; ++i) all.push_back(view(texts[i]));
  return all;
}

inline std::vector<Sample> samples(const CupelSample* rows, std::size_t size, std::size_t labels) {
  std::vector<Sample> all;
  all.reserve(size);
  for (std::size_t i = 0; i < size; ++i)
    all.push_back({view(rows[i].id), view(rows[i].smiles), view(rows[i].text),
                   std::span(rows[i].labels, labels)});
  return all;
}

inline std::unique_ptr<Model> make(std::span<const Implementation> known, std::string_view name,
                                   std::string_view options) {
  std::string names;
  for (const Implementation& one : known) {
    if (one.name == name) return one.make(Options(options));
    names.append(names.empty() ? "" : ", ").append(one.name);
  }
  throw UsageError("unknown implementation '" + std::string(name) + "'; there are: " + names);
}

inline void destroy(CupelModel* model) { delete &model_of(model); }

inline CupelStatus fit(CupelModel* model, const CupelTraining* raw, const CupelWork* work,
                       CupelSink error) {
  return guarded(error, [&] {
    const Training training{
        .train = samples(raw->train, raw->train_size, raw->labels_size),
        .validation = samples(raw->validation, raw->validation_size, raw->labels_size),
        .labels = views(raw->labels, raw->labels_size),
        .seed = raw->seed,
        .capability = view(raw->capability),
        .stage = view(raw->stage),
        .parent = view(raw->parent),
        .folder = view(raw->folder)};
    model_of(model).set_purpose(training.capability, training.labels);
    model_of(model).fit(training, Work(*work));
  });
}

inline CupelStatus load(CupelModel* model, const CupelTrained* raw, const CupelWork* work,
                        CupelSink error) {
  return guarded(error, [&] {
    model_of(model).set_purpose(view(raw->capability), views(raw->labels, raw->labels_size));
    model_of(model).load(view(raw->folder), Work(*work));
  });
}

inline CupelStatus generate(CupelModel* model, const CupelText* inputs, std::size_t size,
                            const CupelWork* work, CupelSink outputs, CupelSink error) {
  return guarded(error, [&] {
    const auto all = model_of(model).generate(views(inputs, size), Work(*work));
    for (const std::string& one : all) outputs.receive(outputs.context, text(one));
  });
}

inline CupelStatus set_gallery(CupelModel* model, const CupelText* candidates, std::size_t size,
                               const CupelWork* work, CupelSink error) {
  return guarded(error, [&] { model_of(model).set_gallery(views(candidates, size), Work(*work)); });
}

inline CupelStatus rank(CupelModel* model, const CupelText* queries, std::size_t size,
                        float* scores, const CupelWork* work, CupelSink error) {
  return guarded(error, [&] { model_of(model).rank(views(queries, size), scores, Work(*work)); });
}

inline CupelStatus classify(CupelModel* model, const CupelText* smiles, std::size_t size,
                            float* scores, const CupelWork* work, CupelSink error) {
  return guarded(error,
                 [&] { model_of(model).classify(views(smiles, size), scores, Work(*work)); });
}

}  // namespace detail
}  // namespace cupel::plugin

/// Once, at file scope, outside of any namespace. NAME is a string literal, IMPLEMENTATIONS a
/// function that returns a span of Implementation, and FACTS one that returns Facts; both functions
/// may throw.
#define CUPEL_PLUGIN(NAME, IMPLEMENTATIONS, FACTS)                                      \
  extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() { \
    namespace inside = cupel::plugin::detail;                                           \
    static const CupelPlugin plugin{                                                    \
        CUPEL_PLUGIN_ABI_VERSION,                                                       \
        sizeof(CupelPlugin),                                                            \
        NAME,                                                                           \
        [](CupelFactSink sink, void* context, CupelSink error) {                        \
          return inside::guarded(error, [&] {                                           \
            for (const auto& [key, value] : FACTS())                                    \
              sink(context, cupel::plugin::text(key), cupel::plugin::text(value));      \
          });                                                                           \
        },                                                                              \
        [](CupelText name, CupelText options, CupelModel** model, CupelSink error) {    \
          return inside::guarded(error, [&] {                                           \
            auto made = inside::make(IMPLEMENTATIONS(), cupel::plugin::view(name),      \
                                     cupel::plugin::view(options));                     \
            *model = reinterpret_cast<CupelModel*>(made.release());                     \
          });                                                                           \
        },                                                                              \
        inside::destroy,                                                                \
        inside::fit,                                                                    \
        inside::load,                                                                   \
        inside::generate,                                                               \
        inside::set_gallery,                                                            \
        inside::rank,                                                                   \
        inside::classify};                                                              \
    return &plugin;                                                                     \
  }
