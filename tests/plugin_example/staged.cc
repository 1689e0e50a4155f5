// A model that is trained in stages: each counts words on top of what the stage before had counted,
// keeps a checkpoint at every step, and writes what load() reads. Options tell it to misbehave.
#include <chrono>
#include <csignal>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <limits>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <unistd.h>

#include "models/plugin/plugin.h"

namespace {

namespace fs = std::filesystem;
using namespace cupel::plugin;

/// What a stage ends with, or was at when it was interrupted.
struct State {
  std::uint64_t words = 0;
  std::uint64_t step = 0;  ///< the next one
  std::string stages;      ///< "pretraining+captioning"
};

bool read(const fs::path& path, State& state) {
  std::ifstream file(path);
  return static_cast<bool>(file >> state.words >> state.step >> state.stages);
}

/// Whole, or not there.
void write(const fs::path& path, const State& state) {
  const fs::path unfinished = path.string() + ".new";
  std::ofstream(unfinished) << state.words << ' ' << state.step << ' ' << state.stages << '\n';
  fs::rename(unfinished, path);
}

std::uint64_t words_in(std::string_view text) {
  std::uint64_t words = 0;
  bool inside = false;
  for (const char c : text) {
    words += c != ' ' && !inside ? 1 : 0;
    inside = c != ' ';
  }
  return words;
}

class Staged final : public Model {
 public:
  explicit Staged(const Options& options)
      : steps_(static_cast<std::uint64_t>(options.integer("steps"))),
        weight_(static_cast<std::uint64_t>(options.integer("weight"))),
        at_(static_cast<std::uint64_t>(options.integer("at"))),
        pause_(options.integer("pause")),
        fault_(options.text("fault")),
        log_(options.text("log")),
        shown_(options.text("shown")) {}

  void fit(const Training& training, const Work& work) override {
    if (training.stage.empty() || !capability().empty()) throw std::logic_error("this is no stage");
    if (!log_.empty()) std::ofstream(log_, std::ios::app) << training.stage << '\n';
    const fs::path folder(training.folder);
    const fs::path checkpoint = folder / "checkpoint";
    State state;
    if (!read(checkpoint, state)) state = begin(training);
    for (; state.step < steps_; ++state.step) {
      work.check();
      misbehave(state.step, folder, work);
      for (std::size_t i = state.step; i < training.train.size(); i += steps_)
        state.words += weight_ * words_in(training.train[i].text) + training.seed;
      work.fact("loss", state.step, 1.0 / static_cast<double>(state.step + 1));
      work.fact("words", state.step, static_cast<double>(state.words));
      work.progress(static_cast<double>(state.step + 1) / static_cast<double>(steps_));
      State next = state;
      ++next.step;
      write(checkpoint, next);
      std::this_thread::sleep_for(std::chrono::milliseconds(pause_));
    }
    if (fault_ == "nothing") return void(fs::remove(checkpoint));
    fs::create_directories(folder / "model");
    write(folder / "model/words", state);
    if (fault_ == "name") std::ofstream(folder / "stage.json") << "{}";
    if (fault_ == "link") fs::create_symlink("/etc/passwd", folder / "link");
    fs::remove(checkpoint);
  }

  void load(std::string_view folder, const Work&) override {
    if (capability().empty()) throw std::logic_error("for what?");
    if (!read(fs::path(folder) / "model/words", loaded_))
      throw std::runtime_error("there is nothing to load");
  }

  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const Work&) override {
    std::vector<std::string> outputs;
    for (const std::string_view input : inputs)
      outputs.push_back(loaded_.stages + ' ' + std::to_string(loaded_.words) + ' ' + shown_ + ' ' +
                        std::to_string(input.size()));
    return outputs;
  }

  void set_gallery(std::span<const std::string_view> candidates, const Work&) override {
    gallery_ = candidates.size();
  }

  /// The direction is a part of it.
  void rank(std::span<const std::string_view> queries, float* scores, const Work&) override {
    const std::size_t shift = capability() == "text-retrieval" ? 1 : 0;
    for (std::size_t i = 0; i < queries.size() * gallery_; ++i)
      *scores++ = static_cast<float>((loaded_.words + i + shift) % 7);
  }

  void classify(std::span<const std::string_view> smiles, float* scores, const Work&) override {
    for (std::size_t i = 0; i < smiles.size() * labels().size(); ++i)
      *scores++ = static_cast<float>((loaded_.words + i) % 5);
  }

 private:
  [[nodiscard]] static State begin(const Training& training) {
    State state{.words = 0, .step = 0, .stages = std::string(training.stage)};
    if (training.parent.empty()) return state;
    State parent;
    if (!read(fs::path(training.parent) / "model/words", parent))
      throw std::runtime_error("there is no parent");
    state.words = parent.words;
    state.stages = parent.stages + '+' + state.stages;
    return state;
  }

  void misbehave(std::uint64_t step, const fs::path&, const Work& work) const {
    if (step != at_) return;
    if (fault_ == "kill") ::kill(::getpid(), SIGKILL);
    if (fault_ == "term") {  // and goes on until it is cancelled
      ::kill(::getpid(), SIGTERM);
      while (true) {
        work.check();
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
      }
    }
    if (fault_ == "usage") throw UsageError("these data do not suit");
    if (fault_ == "fail") throw std::runtime_error("diverged");
    if (fault_ == "nan") work.fact("loss", step, std::numeric_limits<double>::quiet_NaN());
  }

  std::uint64_t steps_;
  std::uint64_t weight_;
  std::uint64_t at_;
  std::int64_t pause_;
  std::string fault_;
  std::string log_;
  std::string shown_;
  std::size_t gallery_ = 0;
  State loaded_;
};

std::span<const Implementation> implementations() {
  static const Implementation all[] = {
      {"staged", [](const Options& options) -> std::unique_ptr<Model> {
         return std::make_unique<Staged>(options);
       }}};
  return all;
}

Facts describe() { return {{"staged", "1"}}; }

}  // namespace

CUPEL_PLUGIN("staged", implementations, describe)
