#include "harness/plugin/process_model.h"

#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/wait.h>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/plugin/external_models.h"
#include "tests/support/model_answers.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using namespace std::chrono_literals;
using Views = std::vector<std::string_view>;

const Views kTwo = {"a", "b"};

std::unique_ptr<models::Model> start(const std::string& mode,
                                     std::chrono::milliseconds timeout = 20s) {
  return start_process_model(
      "m", {.argv = {"python3", "misbehaving_model.py", mode}, .timeout = timeout},
      std::filesystem::path(CUPEL_SOURCE_DIR) / "tests" / "support", {});
}

std::string message;

template <typename Body>
Code code_of(const Body& body) {
  try {
    body();
  } catch (const Error& error) {
    message = error.what();
    return error.code();
  }
  FAIL("accepted");
  return Code::kStore;
}

Code generate_code(const std::string& mode, std::chrono::milliseconds timeout = 20s) {
  const auto model = start(mode, timeout);
  return code_of([&] { (void)model->generate(kTwo, {}); });
}

std::ptrdiff_t open_files() {
  return std::distance(std::filesystem::directory_iterator("/proc/self/fd"), {});
}

/// Neither running nor zombies.
bool no_children() { return ::waitpid(-1, nullptr, WNOHANG) == -1; }

}  // namespace

TEST_CASE("the Python example does all that its preset declares") {
  const auto preset = models::read_preset(std::filesystem::path(CUPEL_SOURCE_DIR) /
                                          "models/plugin/example_model.json");
  const models::ModelEntry entry = external_model(preset, {});
  const auto before = open_files();
  test::check_nearest(entry);
  CHECK(entry.identity().at("file example_model.py").size() == 64);
  CHECK(code_of([&] { entry.make(test::defaults_of(entry))->fit({}, {}); }) == Code::kUsage);
  CHECK_THAT(message, ContainsSubstring("'example-process': 'fit': there is nothing to learn"));
  CHECK(open_files() == before);
  CHECK(no_children());
}

TEST_CASE("every fault of a process is named, and leaves nothing behind") {
  struct Fault {
    const char* mode;
    Code code;
    const char* says;
  };
  const std::vector<Fault> faults = {
      {"exit", Code::kIncomplete,
       "model 'm': asked to 'generate', it exited with status 3 without an answer; it said: "
       "loading\\nout of \\u{1b}[31mmemory"},
      {"signal", Code::kIncomplete, "was ended by signal 11 (Segmentation fault)"},
      {"close", Code::kIncomplete, "closed its output without an answer"},
      {"orphan", Code::kIncomplete, "exited with status 0 without an answer; it said: orphan"},
      {"endless", Code::kIncomplete, "wrote a line longer than 64 MiB"},
      {"prose", Code::kIncomplete, "in 'Loading checkpoint \\u{1b}[2J shards: 100%'"},
      {"latin", Code::kIncomplete, "is not UTF-8, in '{\"outputs\": [\"\\xe9\"]}'"},
      {"nan", Code::kIncomplete, "gave a wrong answer: answer:1:"},
      {"few", Code::kIncomplete, "expected 2 outputs, found 1"},
      {"types", Code::kIncomplete, "an output must be a string"},
      {"other", Code::kIncomplete, "key 'outputs' is missing"},
      {"extra", Code::kIncomplete, "unknown key 'time'"},
      {"early", Code::kIncomplete, "reported progress, which only 'fit' may"},
      {"twice", Code::kIncomplete, "wrote what nobody asked for"},
      {"usage", Code::kUsage, "model 'm': 'generate': no \\u{1b} such option"},
      {"capability", Code::kCapability, "no GPU"},
      {"refuse", Code::kIncomplete, "too long"},
  };
  const auto before = open_files();
  for (const Fault& fault : faults) {
    INFO(fault.mode);
    CHECK(generate_code(fault.mode) == fault.code);
    CHECK_THAT(message, ContainsSubstring(fault.says));
  }
  CHECK(open_files() == before);
  CHECK(no_children());
}

TEST_CASE("faults at the start of a process") {
  CHECK(code_of([] { (void)start("start-garbage"); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("asked to 'start', it"));
  CHECK(code_of([] { (void)start("start-exit"); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("exited with status 1") &&
                          ContainsSubstring("no such weights: a.bin"));
  CHECK(code_of([] { (void)start("future"); }) == Code::kCapability);
  CHECK_THAT(message, ContainsSubstring("speaks protocol 9, this program has 2"));
  CHECK(code_of([] { (void)start("deaf", 300ms); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("asked to 'start', it was silent for 0.3 s"));
  for (const char* program : {"no-such-program-of-any-name", "./no-such-file", "./paths.h"}) {
    CHECK(code_of([&] {
            (void)start_process_model("m", {.argv = {program}, .timeout = 1s},
                                      std::filesystem::path(CUPEL_SOURCE_DIR) / "tests" / "support",
                                      {});
          }) == Code::kCapability);
    CHECK_THAT(message,
               ContainsSubstring(std::string("model 'm': '") + program + "' cannot be started: "));
  }
  CHECK(no_children());
}

TEST_CASE("a silent process is killed after its time-out") {
  const auto begin = std::chrono::steady_clock::now();
  CHECK(generate_code("silent", 2500ms) == Code::kIncomplete);
  CHECK(message == "model 'm': asked to 'generate', it was silent for 2.5 s");
  CHECK(std::chrono::steady_clock::now() - begin < 60s);
  CHECK(no_children());
}

TEST_CASE("a process that keeps its word is heard, also through full pipes") {
  const auto model = start("both");
  const std::string long_text(3'000'000, 'x');
  CHECK(model->generate(Views{long_text, "b"}, {}) ==
        std::vector<std::string>{std::string(3'000'000, 'X'), "B"});
  std::vector<std::string> many;
  for (int i = 0; i < 1000; ++i) many.push_back("a" + std::to_string(i));
  const Views inputs(many.begin(), many.end());
  const std::vector<std::string> outputs = start("good")->generate(inputs, {});
  REQUIRE(outputs.size() == 1000);
  CHECK(outputs[999] == "A999");
}

TEST_CASE("a process writes while it is written to") {
  std::vector<Sample> samples(20'000, Sample{.id = "1", .smiles = "CCO", .text = "some text"});
  int told = 0;
  models::Work work;
  work.fact = [&](std::string_view name, std::uint64_t /*step*/, double value) {
    told += name == "loss" && value == 1e20 ? 1 : 0;
  };
  start("chatty")->fit(
      {.train = std::span(samples).first(15'000), .validation = std::span(samples).subspan(15'000)},
      work);
  CHECK(told == 20'000);
  CHECK(code_of([&] { start("early-fit")->fit({.train = samples}, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("answered before it had read the whole request"));
}

TEST_CASE("a process that stops to read while it is written to kills nobody") {
  const std::vector<Sample> samples(20'000, Sample{.id = "1", .smiles = "CCO", .text = "text"});
  CHECK(code_of([&] { start("hang-up")->fit({.train = samples}, {}); }) == Code::kIncomplete);
  CHECK(message == "model 'm': 'fit': enough");
  CHECK(code_of([&] { start("walk-out")->fit({.train = samples}, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("asked to 'fit', it exited with status 5"));
}

TEST_CASE("progress keeps a fit alive, and a fit can be cancelled") {
  std::vector<double> shares;
  models::Work work;
  work.progress = [&](double share) { shares.push_back(share); };
  start("slow", 2s)->fit({}, work);
  CHECK(shares.size() == 10);
  CHECK(code_of([] { start("beyond")->fit({}, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("'progress' must lie between 0 and 1"));

  work.cancelled = [&] { return shares.size() > 12; };
  const auto model = start("forever");
  CHECK_THROWS_AS(model->fit({}, work), models::Cancelled);
  CHECK(no_children());
  CHECK(code_of([&] { (void)model->generate(kTwo, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("asked of a process that is gone"));
}

TEST_CASE("an answer that comes too late is not taken for the next one") {
  const auto model = start("later");
  CHECK(model->generate(kTwo, {}) == std::vector<std::string>{"A", "B"});
  std::this_thread::sleep_for(300ms);
  CHECK(code_of([&] { (void)model->generate(kTwo, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("wrote what nobody asked for"));
}

TEST_CASE("a process runs in its preset's folder, with three descriptors and no orphans") {
  const auto model = start("where");
  const std::vector<std::string> said = model->generate(kTwo, {});
  CHECK(std::filesystem::path(said[0]) ==
        std::filesystem::canonical(std::filesystem::path(CUPEL_SOURCE_DIR) / "tests/support"));
  CHECK(said[1] == "0 1 2 3");  // 3 is the listing itself
  CHECK(generate_code("orphan") == Code::kIncomplete);
  const std::string orphan = message.substr(message.rfind(' ') + 1);
  for (int i = 0; i < 100 && std::filesystem::exists("/proc/" + orphan + "/cwd"); ++i)
    std::this_thread::sleep_for(20ms);
  CHECK_FALSE(std::filesystem::exists("/proc/" + orphan + "/cwd"));  // a zombie has none
}

TEST_CASE("a process that will not end is killed with its model") {
  const auto begin = std::chrono::steady_clock::now();
  start("stubborn").reset();
  CHECK(std::chrono::steady_clock::now() - begin < 60s);
  CHECK(no_children());
}

TEST_CASE("a process is fitted in stages, and loads what one of them ended with") {
  const std::vector<Sample> samples(3, Sample{.id = "1", .smiles = "CCO", .text = "text"});
  std::vector<std::pair<std::uint64_t, double>> curve;
  models::Work work;
  work.fact = [&](std::string_view, std::uint64_t step, double value) {
    curve.emplace_back(step, value);
  };
  CHECK(code_of([&] {
          start("stages")->fit(
              {.train = samples, .stage = "captioning", .parent = "/p", .folder = "/f"}, work);
        }) == Code::kIncomplete);
  CHECK(message == "model 'm': 'fit': |captioning|/p|/f");
  CHECK(curve == std::vector<std::pair<std::uint64_t, double>>{{0, 3.0}, {70, 2.0}});

  const auto model = start("stages");
  const std::vector<std::string> labels = {"a", "b"};
  model->load({.folder = "/f", .capability = Capability::kTextRetrieval, .labels = labels}, {});
  CHECK(model->generate(Views{"x"}, {}) == std::vector<std::string>{"/f text-retrieval a b"});
  CHECK(code_of([&] { start("load-progress")->load({.folder = "/f"}, {}); }) == Code::kIncomplete);
  CHECK_THAT(message, ContainsSubstring("reported progress, which only 'fit' may"));
}
