#include "harness/plugin/plugin_model.h"

#include <cmath>
#include <exception>
#include <functional>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"
#include "harness/core/utf8.h"
#include "harness/plugin/options_json.h"
#include "harness/plugin/plugin_host.h"

namespace cupel {
namespace {

CupelText text(std::string_view view) { return {view.data(), view.size()}; }

/// The callbacks of one call. What they throw must not cross the plug-in: it is kept, the plug-in
/// is asked to stop, and rethrow() lets it go on afterwards.
class Callbacks {
 public:
  Callbacks(const std::string& who, const models::Work& work) : who_(who), work_(work) {}

  [[nodiscard]] CupelWork table() {
    return {.context = this,
            .jobs = work_.jobs,
            .progress = [](void* self, double share) { of(self).progress(share); },
            .fact = [](void* self, CupelText name, std::uint64_t step,
                       double value) { of(self).fact({name.data, name.size}, step, value); },
            .cancelled = [](void* self) { return static_cast<std::int32_t>(of(self).stop()); }};
  }

  void rethrow() const {
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  static Callbacks& of(void* self) { return *static_cast<Callbacks*>(self); }

  void progress(double share) {
    if (work_.progress && share >= 0.0 && share <= 1.0) keep([&] { work_.progress(share); });
  }
  void fact(std::string_view name, std::uint64_t step, double value) {
    keep([&] {
      check(name, step, value);
      if (work_.fact) work_.fact(name, step, value);
    });
  }
  /// What no curve could hold.
  void check(std::string_view name, std::uint64_t step, double value) const {
    const auto wrong = [&](const std::string& what) {
      throw Error(Code::kIncomplete, fmt::format("{}: {}", who_, what),
                  "this is a defect of the plug-in, or its training diverged");
    };
    if (name.empty() || first_invalid_utf8(name))
      wrong(fmt::format("the name of a fact of step {} is empty or not UTF-8", step));
    if (!std::isfinite(value))
      wrong(fmt::format("'{}' is not finite at step {}", quote(name), step));
    if (step > std::uint64_t{std::numeric_limits<std::int64_t>::max()})
      wrong(fmt::format("'{}' is told for step {}", quote(name), step));
  }
  bool stop() {
    bool yes = false;
    if (work_.cancelled) keep([&] { yes = work_.cancelled(); });
    return yes || thrown_ != nullptr;
  }
  template <typename Body>
  void keep(const Body& body) {
    if (thrown_) return;
    try {
      body();
    } catch (...) {
      thrown_ = std::current_exception();
    }
  }

  const std::string& who_;
  const models::Work& work_;
  std::exception_ptr thrown_;
};

template <typename Text>
std::vector<CupelText> texts(std::span<const Text> views) {
  std::vector<CupelText> all;
  all.reserve(views.size());
  for (const std::string_view view : views) all.push_back(text(view));
  return all;
}

std::vector<CupelSample> samples(std::span<const Sample> rows, std::size_t labels) {
  std::vector<CupelSample> all;
  all.reserve(rows.size());
  for (const Sample& row : rows) {
    // The plug-in would read behind their end.
    if (row.labels.size() != labels) throw std::logic_error("a sample with other labels");
    all.push_back({.id = text(row.id),
                   .smiles = text(row.smiles),
                   .text = text(row.text),
                   .labels = row.labels.data()});
  }
  return all;
}

class PluginModel final : public models::Model {
 public:
  PluginModel(std::string who, const std::filesystem::path& library,
              const std::string& implementation, const models::Options& options)
      : who_(std::move(who)), plugin_(library) {
    JsonWriter json;
    write_options(json, options);
    const std::string document = one_line(json);
    Plugin::call(who_, [&](CupelSink error) {
      return plugin_.table().create(text(implementation), text(document), &model_, error);
    });
    if (model_ == nullptr)
      throw Error(Code::kIncomplete, who_ + ": the plug-in made no model and gave no reason");
  }
  ~PluginModel() override { plugin_.table().destroy(model_); }
  PluginModel(const PluginModel&) = delete;
  PluginModel& operator=(const PluginModel&) = delete;

  void fit(const models::TrainingData& data, const models::Work& work) override {
    const std::vector<CupelSample> train = samples(data.train, data.labels.size());
    const std::vector<CupelSample> validation = samples(data.validation, data.labels.size());
    const std::vector<CupelText> labels = texts(data.labels);
    labels_ = labels.size();
    const CupelTraining training{
        .train = train.data(),
        .train_size = train.size(),
        .validation = validation.data(),
        .validation_size = validation.size(),
        .labels = labels.data(),
        .labels_size = labels.size(),
        .seed = data.seed,
        .capability =
            text(data.capability ? capability_name(*data.capability) : std::string_view()),
        .stage = text(data.stage),
        .parent = text(data.parent),
        .folder = text(data.folder)};
    call(work, [&](const CupelWork* callbacks, CupelSink error) {
      return plugin_.table().fit(model_, &training, callbacks, error);
    });
  }

  void load(const models::TrainedStage& stage, const models::Work& work) override {
    const std::vector<CupelText> labels = texts(stage.labels);
    labels_ = labels.size();
    const CupelTrained trained{.folder = text(stage.folder),
                               .capability = text(capability_name(stage.capability)),
                               .labels = labels.data(),
                               .labels_size = labels.size()};
    call(work, [&](const CupelWork* callbacks, CupelSink error) {
      return plugin_.table().load(model_, &trained, callbacks, error);
    });
  }

  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const models::Work& work) override {
    const std::vector<CupelText> asked = texts(inputs);
    std::vector<std::string> outputs;
    const CupelSink sink{.context = &outputs, .receive = [](void* context, CupelText output) {
                           static_cast<std::vector<std::string>*>(context)->emplace_back(
                               output.data, output.size);
                         }};
    call(work, [&](const CupelWork* callbacks, CupelSink error) {
      return plugin_.table().generate(model_, asked.data(), asked.size(), callbacks, sink, error);
    });
    if (outputs.size() != inputs.size()) {
      wrong(fmt::format("answered {} inputs with {} outputs", inputs.size(), outputs.size()));
    }
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      if (first_invalid_utf8(outputs[i])) wrong(fmt::format("output {} is not UTF-8", i + 1));
    }
    return outputs;
  }

  void set_gallery(std::span<const std::string_view> candidates,
                   const models::Work& work) override {
    const std::vector<CupelText> gallery = texts(candidates);
    call(work, [&](const CupelWork* callbacks, CupelSink error) {
      return plugin_.table().set_gallery(model_, gallery.data(), gallery.size(), callbacks, error);
    });
    gallery_ = gallery.size();
  }

  std::vector<float> rank(std::span<const std::string_view> queries,
                          const models::Work& work) override {
    return scores(plugin_.table().rank, queries, gallery_, work);
  }

  std::vector<float> classify(std::span<const std::string_view> smiles,
                              const models::Work& work) override {
    return scores(plugin_.table().classify, smiles, labels_, work);
  }

 private:
  template <typename Function>
  void call(const models::Work& work, const Function& function) const {
    Callbacks callbacks(who_, work);
    const CupelWork table = callbacks.table();
    try {
      Plugin::call(who_, [&](CupelSink error) { return function(&table, error); });
    } catch (...) {
      callbacks.rethrow();
      throw;
    }
    callbacks.rethrow();
  }

  template <typename Function>
  std::vector<float> scores(const Function& function, std::span<const std::string_view> inputs,
                            std::size_t columns, const models::Work& work) const {
    const std::vector<CupelText> asked = texts(inputs);
    // What the plug-in forgets to write is found below.
    std::vector<float> all(inputs.size() * columns, std::numeric_limits<float>::quiet_NaN());
    call(work, [&](const CupelWork* callbacks, CupelSink error) {
      return function(model_, asked.data(), asked.size(), all.data(), callbacks, error);
    });
    for (std::size_t i = 0; i < all.size(); ++i) {
      if (!std::isfinite(all[i]))
        wrong(fmt::format("score {} of input {} is missing or not finite", i % columns + 1,
                          i / columns + 1));
    }
    return all;
  }

  [[noreturn]] void wrong(const std::string& what) const {
    throw Error(Code::kIncomplete, fmt::format("{}: {}", who_, what),
                "this is a defect of the plug-in");
  }

  std::string who_;
  Plugin plugin_;
  CupelModel* model_ = nullptr;
  std::size_t gallery_ = 0;
  std::size_t labels_ = 0;
};

}  // namespace

std::unique_ptr<models::Model> open_plugin_model(const std::string& id,
                                                 const std::filesystem::path& library,
                                                 const std::string& implementation,
                                                 const models::Options& options) {
  return std::make_unique<PluginModel>("model '" + id + "'", library, implementation, options);
}

}  // namespace cupel
