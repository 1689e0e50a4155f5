#include "harness/plan/manifest.h"

#include <string>
#include <string_view>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/json.h"

namespace {

using namespace cupel;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;

/// Every key that a manifest can have, on a line of its own.
constexpr std::string_view kEverything = R"({
  "name": "everything",
  "summary": "one of each",
  "protocols": ["cupel"],
  "resamples": 100,
  "seeds": [1, 2, 3],
  "models": [
    "majority",
    {
      "model": "ecfp-logistic",
      "name": "logistic",
      "options": {
        "bits": 1024
      },
      "grid": {
        "c": [0.1, 1, 10],
        "radius": [1, 2]
      }
    }
  ],
  "tasks": [
    "captioning",
    {
      "task": "property-bbbp",
      "dataset": "mini-bbbp",
      "seeds": [7]
    }
  ]
}
)";

models::ModelEntry no_presets(const std::filesystem::path& path) {
  throw Error(Code::kUsage, path.string() + ": no such preset");
}

Manifest parse(std::string_view text) { return parse_manifest(text, "m.json", no_presets); }

Error error_of(const std::string& text) {
  try {
    static_cast<void>(parse(text));
  } catch (const Error& error) {
    return error;
  }
  FAIL("no error for " << text);
  throw std::logic_error("unreachable");
}

/// The offsets of all keys: strings that are followed by a colon.
std::vector<std::size_t> keys_of(std::string_view text) {
  std::vector<std::size_t> keys;
  for (std::size_t at = text.find('"'); at != std::string_view::npos;) {
    const std::size_t end = text.find('"', at + 1);
    if (text[end + 1] == ':') keys.push_back(at);
    at = text.find('"', end + 1);
  }
  return keys;
}

std::size_t line_of(std::string_view text, std::size_t offset) {
  return 1 + static_cast<std::size_t>(std::ranges::count(text.substr(0, offset), '\n'));
}

/// `text` with one place replaced.
std::string with(std::string_view from, std::string_view to) {
  std::string text(kEverything);
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

TEST_CASE("a manifest with every key") {
  const Manifest manifest = parse(kEverything);
  CHECK(manifest.name == "everything");
  CHECK(manifest.summary == "one of each");
  CHECK(manifest.resamples == 100);
  CHECK(manifest.text == kEverything);
  REQUIRE(manifest.models.size() == 7);
  CHECK(manifest.models[0].name == "majority");
  CHECK(manifest.models[1].name == "logistic[c=0.1,radius=1]");
  CHECK(manifest.models[6].name == "logistic[c=10,radius=2]");
  CHECK(std::get<std::int64_t>(manifest.models[6].options.at("bits")) == 1024);
  CHECK(std::get<double>(manifest.models[6].options.at("c")) == 10.0);
  CHECK(std::get<std::int64_t>(manifest.models[1].options.at("radius")) == 1);
  REQUIRE(manifest.tasks.size() == 2);
  CHECK(manifest.tasks[0].task->id == "captioning");
  CHECK(manifest.tasks[0].dataset->id == "chebi-20");
  CHECK(manifest.tasks[0].seeds == std::vector<std::int64_t>{1, 2, 3});
  CHECK(manifest.tasks[1].dataset->id == "mini-bbbp");
  CHECK(manifest.tasks[1].seeds == std::vector<std::int64_t>{7});
}

TEST_CASE("every key of a manifest, misspelt once, is refused with its place") {
  const auto keys = keys_of(kEverything);
  REQUIRE(keys.size() == 17);
  for (const std::size_t at : keys) {
    std::string text(kEverything);
    text.insert(at + 2, "x");
    const Error error = error_of(text);
    CAPTURE(text.substr(at, 12), error.what());
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what(), StartsWith("m.json:"));
    // A required key that is missing is reported at the object, with the misspelt one as a hint.
    const std::string key = text.substr(at + 1, text.find('"', at + 1) - at - 1);
    CHECK((std::string(error.what()) + error.hint()).contains("'" + key + "'"));
    CHECK_FALSE(error.hint().empty());
  }
}

TEST_CASE("every key of a manifest, doubled once, is refused with its place") {
  for (const std::size_t at : keys_of(kEverything)) {
    std::string text(kEverything);
    const std::string key = text.substr(at, text.find(':', at) + 1 - at);
    text.insert(at, key + " null, ");
    const Error error = error_of(text);
    CAPTURE(key, error.what());
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what(),
               StartsWith("m.json:" + std::to_string(line_of(kEverything, at)) + ":"));
    CHECK_THAT(error.what(), ContainsSubstring("occurs twice in one object"));
  }
}

TEST_CASE("every value of a manifest, of another type, is refused with its place") {
  for (const std::size_t at : keys_of(kEverything)) {
    std::string text(kEverything);
    const std::size_t value = text.find(':', at) + 2;
    std::size_t end = value;
    for (int depth = 0; depth > 0 || (text[end] != ',' && text[end] != '\n'); ++end) {
      depth += text[end] == '[' || text[end] == '{' ? 1 : 0;
      depth -= text[end] == ']' || text[end] == '}' ? 1 : 0;
    }
    text.replace(value, end - value, "null");
    const Error error = error_of(text);
    CAPTURE(text.substr(at, 20), error.what());
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what(),
               StartsWith("m.json:" + std::to_string(line_of(kEverything, at)) + ":"));
  }
}

TEST_CASE("names that a manifest cannot mean") {
  struct Case {
    std::string text;
    std::string what;
    std::string hint;
  };
  const std::vector<Case> cases = {
      {with("\"majority\"", "\"majorty\""), "m.json:8:5: unknown model 'majorty'", "majority"},
      {with("\"captioning\"", "\"captionning\""), "unknown task 'captionning'", "captioning"},
      {with("mini-bbbp", "mini-bbp"), "unknown data set 'mini-bbp'", "mini-bbbp"},
      {with("[\"cupel\"]", "[\"cuppel\"]"), "m.json:4:17: unknown protocol 'cuppel'", "cupel"},
      {with("mini-bbbp", "mini-chebi-20"), "", "cupel list datasets"},
      {with("\"bits\": 1024", "\"bits\": -1"), "'bits' must be from", ""},
      {with("\"bits\": 1024", "\"bits\": 1.5"), "'bits' must be an integer", ""},
      {with("[1, 2, 3]", "[1, 2, 1]"), "seed 1 stands twice", ""},
      {with("[1, 2, 3]", "[1, -2]"), "a seed must be an integer from 0 on", ""},
      {with("[1, 2, 3]", "[]"), "must be an array that is not empty", ""},
      {with("\"logistic\"", "\"majority[c=1]\""), "", ""},
      {with("\"everything\"", "\"../everything\""), "'name' must be made of", ""},
      {with("[1, 2]\n", "[1, 1]\n"), "two models are called", "name"},
      {with("\"majority\",", "\"majority\", \"majority\","), "two models are called", "name"},
      {with("\"resamples\": 100", "\"resamples\": 1000001"), "from 0 to 1000000", ""},
      {with("\"majority\",", "\"gone.json\","), "gone.json: no such preset", ""},
  };
  for (const Case& one : cases) {
    if (one.what.empty() && one.hint.empty()) continue;
    const Error error = error_of(one.text);
    CAPTURE(error.what(), error.hint());
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what(), ContainsSubstring(one.what));
    CHECK_THAT(error.hint(), ContainsSubstring(one.hint));
  }
}

TEST_CASE("a task that no protocol scores") {
  const Error error = error_of(with("[\"cupel\"]", "[\"openbiomed-from-file\"]"));
  CAPTURE(error.what());
  CHECK(error.code() == Code::kUsage);
  CHECK_THAT(error.what(), ContainsSubstring("no protocol of this manifest scores"));
}

/// The keys of the objects that a schema describes.
void collect_properties(const JsonValue& schema, std::set<std::string>& keys) {
  for (const JsonMember& member : schema.members) {
    if (member.key == "properties") {
      for (const JsonMember& property : member.value.members) keys.insert(property.key);
    }
    collect_properties(member.value, keys);
  }
  for (const JsonValue& item : schema.items) collect_properties(item, keys);
}

TEST_CASE("the schema of manifests has the keys that the parser knows") {
  const JsonValue schema = parse_json(manifest_schema(), "schema");
  std::set<std::string> described;
  collect_properties(schema, described);
  std::set<std::string> known;
  for (const std::size_t at : keys_of(kEverything)) {
    const std::string_view rest = kEverything.substr(at + 1);
    known.insert(std::string(rest.substr(0, rest.find('"'))));
  }
  for (const char* option : {"bits", "c", "radius"}) known.erase(option);
  for (const char* of_stages : {"stages", "objective", "finetune"}) known.insert(of_stages);
  CHECK(described == known);
}

/// A model that is trained in stages, and can caption and rank.
models::ModelEntry staged(const std::filesystem::path& path) {
  models::ModelEntry entry = models::model_registry().get("ecfp-forest");
  entry.id = path.stem().string();
  entry.capabilities = {Capability::kCaptioning, Capability::kTextRetrieval, Capability::kProperty};
  entry.stages = entry.id != "plain";
  return entry;
}

Manifest with_stages(const std::string& rest, const std::string& model = "mine.json") {
  return parse_manifest(R"({"name": "m", "protocols": ["cupel"], "tasks": ["captioning"],
    "models": [{"model": ")" +
                            model + R"(", "grid": {"trees": [1, 2]})" + rest + "}]}",
                        "m.json", staged);
}

TEST_CASE("a manifest names the stages of a model, and what is fine-tuned") {
  const Manifest bare = with_stages("");
  CHECK(bare.models.at(0).stages.empty());
  CHECK(bare.models.at(0).finetune.all());
  const Manifest two = with_stages(R"(, "stages": [
    {"objective": "pretraining", "dataset": "mini-pubchemstm-distill"},
    {"dataset": "mini-bbbp", "objective": "property"}], "finetune": ["retrieval", "captioning"])");
  for (const ManifestModel& model : two.models) {  // of the grid
    REQUIRE(model.stages.size() == 2);
    CHECK(model.stages[0].objective == Objective::kPretraining);
    CHECK(model.stages[0].dataset->id == "mini-pubchemstm-distill");
    CHECK(model.stages[1].objective == Objective::kProperty);
    CHECK(model.finetune.count() == 2);
    CHECK(model.finetune.test(static_cast<std::size_t>(Objective::kRetrieval)));
  }
  const std::string one =
      R"(, "stages": [{"objective": "captioning", "dataset": "mini-chebi-20"}])";
  CHECK(with_stages(one + R"(, "finetune": false)").models.at(0).finetune.none());
  CHECK(with_stages(one + R"(, "finetune": true)").models.at(0).finetune.all());
  CHECK(with_stages(R"(, "finetune": true)").models.at(0).finetune.all());
}

TEST_CASE("stages that a manifest cannot mean") {
  const auto refused = [](const std::string& rest, const std::string& expected,
                          const std::string& model = "mine.json") {
    try {
      (void)with_stages(rest, model);
    } catch (const Error& error) {
      CHECK(error.code() == Code::kUsage);
      CHECK_THAT(error.what(), StartsWith("m.json:"));
      CHECK_THAT(error.what() + std::string(" | ") + error.hint(), ContainsSubstring(expected));
      return;
    }
    FAIL_CHECK("accepted: " + rest);
  };
  const auto stage = [](const std::string& objective, const std::string& dataset) {
    return R"(, "stages": [{"objective": ")" + objective + R"(", "dataset": ")" + dataset + "\"}]";
  };
  refused(stage("pretraning", "mini-pcdes"), "did you mean 'pretraining'?");
  refused(stage("pretraining", "mini-pcde"), "did you mean 'mini-pcdes'?");
  refused(stage("generation", "mini-pcdes"), "cannot do what 'generation' trains for");
  refused(stage("property", "mini-pcdes"), "has no labels, which 'property' needs");
  refused(stage("pretraining", "mini-bbbp"), "has no texts, which 'pretraining' needs");
  refused(stage("pretraining", "mini-pcdes"), "'plain' is not trained in stages", "plain.json");
  refused(R"(, "finetune": true)", "'plain' is not trained in stages", "plain.json");
  refused(R"(, "stages": [])", "'stages' must be an array that is not empty");
  refused(R"(, "stages": ["pretraining"])", "expected an object");
  refused(R"(, "stages": [{"objective": "pretraining"}])", "key 'dataset' is missing");
  refused(R"(, "stages": [{"objective": "pretraining", "dataset": "mini-pcdes", "seed": 1}])",
          "unknown key 'seed'");
  refused(R"(, "finetune": false)", "'finetune' must be true");
  refused(R"(, "finetune": ["captioning"])", "'finetune' must be true");
  const std::string good = stage("pretraining", "mini-pcdes");
  refused(good + R"(, "finetune": [])", "must be an array that is not empty");
  refused(good + R"(, "finetune": 1)", "must be true, false or an array");
  refused(good + R"(, "finetune": ["captioning", "captioning"])", "'captioning' stands twice");
  refused(good + R"(, "finetune": ["pretraining"])", "write it as one of the 'stages'");
  refused(good + R"(, "finetune": ["generation"])", "cannot do what 'generation' trains for");
}

}  // namespace
