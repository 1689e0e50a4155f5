// Atomas through the whole program: trained in stages, loaded, asked for every capability, scored.
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "results/store.h"
#include "tests/support/manifests.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using test::Manifests;
using test::Ran;

/// Four steps a stage: enough to see that everything is done, and done again alike.
constexpr const char* kManifest = R"({
  "name": "atomas", "protocols": ["cupel"], "resamples": 0,
  "models": [{
    "model": "atomas",
    "stages": [{"objective": "pretraining", "dataset": "mini-pubchemstm-distill"}],
    "options": {"size": "tiny", "vocabulary-size": 600, "length": 128, "queue-size": 64, "lm": 1.0,
                "targets": "both", "pretraining-steps": 4, "finetuning-steps": 3, "validations": 1,
                "property-epochs": 1, "fraction": 0.05, "batch": 8, "max-length": 12, "beams": 2}
  }],
  "tasks": [{"task": "text-to-molecule-retrieval", "dataset": "mini-pcdes"},
            {"task": "molecule-to-text-retrieval", "dataset": "mini-pcdes"},
            {"task": "fragment-alignment", "dataset": "mini-pcdes"},
            {"task": "captioning", "dataset": "mini-chebi-20"},
            {"task": "generation", "dataset": "mini-chebi-20"},
            {"task": "property-tox21", "dataset": "mini-tox21"}]})";

/// Changes the lowest bit of a number in the middle of a safetensors file of float32.
void add_ulp(const std::string& path) {
  std::string bytes = test::bytes_of(path);
  std::uint64_t header = 0;
  std::memcpy(&header, bytes.data(), sizeof(header));
  const std::size_t first = sizeof(header) + header;
  const std::size_t numbers = (bytes.size() - first) / sizeof(float);
  bytes[first + numbers / 2 * sizeof(float)] ^= 1;
  test::write_bytes(path, bytes);
}

/// The plug-in tells what it reads, writes and computes.
void check_timings(results::Store& store) {
  const auto timings = store.timings();
  CHECK(timings.size() == 6);
  for (const results::Timing& timing : timings) {
    const std::string task = store.run_of(timing.cell)->cell.task;
    INFO(task);
    if (task == "fragment-alignment") continue;
    CHECK(timing.read_tokens.value() > 6.0);
    CHECK(timing.padded_tokens.value() >= timing.read_tokens.value());
    CHECK(timing.flop.value() > 1e6);
    CHECK(timing.peak_flop_per_second.value() > 0.0);
    const bool writes = task == "captioning" || task == "generation";
    CHECK(timing.written_tokens.has_value() == writes);
  }
}

}  // namespace

TEST_CASE("Atomas is trained, loaded and asked, and two runs have the same content",
          "[slow][threads]") {
  const Manifests place(kManifest);
  const Ran first = place.run("a.db", "--limit 6");
  INFO(first.err);
  REQUIRE(first.status == 0);
  CHECK_THAT(first.err, ContainsSubstring("6 cells done now, 0 before, 0 failed"));
  REQUIRE(place.run("b.db", "--limit 6").status == 0);
  CHECK(place.digest("a.db") == place.digest("b.db"));
  const Ran controls = test::run("audit alignment --format csv --store " + place.path("a.db"));
  CHECK(controls.status == 0);
  // Three levels, of each: atoms and bytes beside two controls, pairs beside three.
  CHECK(std::ranges::count(controls.out, '\n') == 1 + 3 * (2 + 2 + 3));
  CHECK_THAT(controls.out, ContainsSubstring("atomas,fragment-alignment,mini-pcdes") &&
                               ContainsSubstring(",ari-pair-3,") &&
                               ContainsSubstring(",rematched,"));
  const Ran timed = test::run_with(
      test::cache_variable(), "bench " + place.path("m.json") + " --limit 6 --batch 4 --store " +
                                  place.path("b.db") + " --repetitions 1 --min-time 0.001");
  INFO(timed.err);
  CHECK(timed.status == 0);
  results::Store store(place.path("a.db"));
  results::Store other(place.path("b.db"));
  check_timings(other);
  const auto stages = store.stages();
  CHECK(stages.size() == 5);  // both directions of retrieval and alignment share one
  for (const results::StoredStage& stage : stages) {
    REQUIRE(stage.ends.size() == 1);
    CHECK_FALSE(store.curve(stage, "loss").empty());
    for (const results::StoredStage& same : other.stages()) {
      if (same.digest() == stage.digest())
        CHECK(same.ends.front().artifact == stage.ends.front().artifact);
    }
  }
}

TEST_CASE("One ulp of one weight is named by a replay, before the first step", "[slow][threads]") {
  const std::string manifest = R"({
  "name": "ulp", "protocols": ["cupel"], "resamples": 0,
  "models": [{
    "model": "atomas",
    "options": {"size": "tiny", "vocabulary-size": 600, "length": 128, "queue-size": 64, "lm": 1.0,
                "finetuning-steps": 3, "validations": 1, "fraction": 0.05, "batch": 8,
                "max-length": 12, "beams": 2WEIGHTS}
  }],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";
  const Manifests place(test::replaced(manifest, "WEIGHTS", ""));
  REQUIRE(place.run("first.db", "--limit 6").status == 0);
  const std::string weights = place.path("w.safetensors");
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(place.path("first.db.artifacts"))) {
    if (entry.path().extension() == ".safetensors")
      std::filesystem::copy_file(entry.path(), weights);
  }
  // The run starts from what the first one ended with.
  test::write_bytes(place.path("m.json"),
                    test::replaced(manifest, "WEIGHTS", R"(, "weights": "w.safetensors")"));
  REQUIRE(place.run("s.db", "--limit 6").status == 0);
  const std::string replay = "replay atomas --store " + place.path("s.db");
  const Ran same = test::run_with(test::cache_variable(), replay);
  INFO(same.err);
  CHECK(same.status == 0);
  // Three steps, and the state behind the last.
  CHECK_THAT(same.out, ContainsSubstring("): the same\ncompared and the same: 1 stages, 4 steps "));

  add_ulp(weights);
  const Ran refused = test::run_with(test::cache_variable(), replay);
  CHECK(refused.status == 5);
  CHECK_THAT(refused.err, ContainsSubstring("model.options.weights of stage 1 (captioning) was "
                                            "sha256:") &&
                              ContainsSubstring(" (" + weights + ")"));
  const Ran differs = test::run_with(test::cache_variable(), replay + " --force");
  INFO(differs.out);
  CHECK(differs.status == 1);
  CHECK_THAT(differs.out, ContainsSubstring("): differs\nstage captioning (") &&
                              ContainsSubstring("): step 0: state-checksum differs (recorded ") &&
                              ContainsSubstring("; loss ") &&
                              ContainsSubstring("\nthe environment is the recorded one\n"));
}

TEST_CASE("Atomas answers alike under all conditions, searching and drawing", "[slow][threads]") {
  const std::string searching = R"({"name": "alike", "protocols": ["cupel"], "resamples": 0,
    "models": [{"model": "molt5", "options": {
      "size": "tiny", "vocabulary-size": 300, "length": 64, "finetuning-steps": 2, "validations": 0,
      "batch": 4, "fraction": 0.01, "max-length": 9, "beams": 3}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";
  const std::string drawing =
      test::replaced(searching, R"("beams": 3)", R"("beams": 1, "sample": true, "top-p": 0.9)");
  const Manifests place("{}");
  for (const std::string& manifest : {searching, drawing}) {
    test::write_bytes(place.path("m.json"), manifest);
    const Ran audit =
        test::run_with(test::cache_variable(), "audit invariance " + place.path("m.json") +
                                                   " --limit 8 --store " + place.path("a.db"));
    INFO(audit.err << audit.out);
    CHECK(audit.status == 0);
    CHECK_THAT(audit.out, ContainsSubstring("prediction-rows 3  8 identical, log probabilities") &&
                              ContainsSubstring("extra-pads 17") &&
                              ContainsSubstring(", 0 failed"));
  }
}

TEST_CASE("Drawing with beams is refused") {
  const Manifests place(test::replaced(kManifest, R"("beams": 2)", R"("sample": true)"));
  const Ran run = place.run("a.db", "--limit 2");
  CHECK(run.status == 2);
  CHECK_THAT(run.err, ContainsSubstring("'sample' draws one token after the other, and 'beams' is "
                                        "5: set 'beams' to 1"));
}

TEST_CASE("Every score of retrieval is taken from one training, and finds partners",
          "[slow][threads]") {
  const Manifests place(R"({"name": "scores", "protocols": ["cupel"], "resamples": 0,
    "models": [{"model": "atomas", "options": {
        "size": "tiny", "vocabulary-size": 300, "length": 64, "dropout": 0.0, "batch": 16, "bucket": 8,
        "lm": 0.0, "ga": 1.0, "haa": 1.0, "queue-size": 64, "scale-parameter": true, "warmup": 5,
        "finetuning-steps": 40, "finetuning-rate": 0.02, "validations": 0},
      "grid": {"retrieval-score": ["global", "wti-1", "wti-2", "wti-3"]}}],
    "tasks": [{"task": "text-to-molecule-retrieval", "dataset": "mini-pcdes"},
              {"task": "molecule-to-text-retrieval", "dataset": "mini-pcdes"}]})");
  const Ran run = place.run("a.db", "--limit 100");
  INFO(run.err);
  REQUIRE(run.status == 0);
  CHECK_THAT(run.err, ContainsSubstring("8 cells done now, 0 before, 0 failed"));
  CHECK(results::Store(place.path("a.db")).stages().size() == 1);
  const Ran report = test::run("report --format csv --store " + place.path("a.db"));
  INFO(report.out);
  std::set<std::string> values;
  std::istringstream lines(report.out);
  for (std::string line; std::getline(lines, line);) {
    const std::string key = ",mean-rank,";
    const std::size_t at = line.find(key);
    if (at == std::string::npos) continue;
    const std::string value = line.substr(at + key.size());
    values.insert(value.substr(0, value.find(',')));
    // Among 600 candidates; by chance 300.5, with a standard deviation of 17 over 100 queries.
    CHECK(std::stod(value) < 200.0);
  }
  CHECK(values.size() == 8);  // no two scores rank alike
}

TEST_CASE("A score of retrieval whose level the network lacks is refused", "[threads]") {
  const auto refusal = [](const std::string& model, const std::string& options) {
    const Manifests place(R"({"name": "level", "protocols": ["cupel"], "models": [{"model": ")" +
                          model + R"(", "options": {"size": "tiny", )" + options +
                          R"(}}], "tasks": [{"task": "text-to-molecule-retrieval",
                          "dataset": "mini-pcdes"}]})");
    const Ran run = place.run("a.db", "--limit 2");
    CHECK(run.status == 2);
    return run.err;
  };
  CHECK_THAT(refusal("atomas-levels-1", R"("retrieval-score": "wti-2")"),
             ContainsSubstring("'retrieval-score' is 'wti-2', and 'levels' is 1: set 'levels' to 2 "
                               "at least, or 'retrieval-score' to 'global'"));
  CHECK_THAT(refusal("atomas-no-haa", R"("retrieval-score": "wti-1")"),
             ContainsSubstring("'retrieval-score' is 'wti-1', and 'levels' is 0"));
  CHECK_THAT(refusal("atomas", R"("haa": 0.0, "retrieval-score": "wti-1")"),
             ContainsSubstring("and 'haa' is 0: set 'haa' to more than 0"));
  CHECK_THAT(refusal("atomas", R"("retrieval-score": "wti-4")"),
             ContainsSubstring("'retrieval-score' must be one of global, wti-1, wti-2, wti-3"));
}

TEST_CASE("Presets of Atomas that mean the same are computed once") {
  const Manifests place(R"({"name": "same", "protocols": ["cupel"],
    "models": ["atomas", "atomas-levels-3", "atomas-levels-0", "atomas-no-haa", "atomas-align-only"],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const Ran plan = test::run("plan " + place.path("m.json") + " --format json");
  REQUIRE(plan.status == 0);
  std::vector<std::string> digests;
  const std::string key = "\"id\": \"";
  for (std::size_t at = plan.out.find(key); at != std::string::npos;
       at = plan.out.find(key, at + 1))
    digests.push_back(plan.out.substr(at + key.size(), 12));
  REQUIRE(digests.size() >= 5);
  CHECK(digests[0] == digests[1]);
  CHECK(digests[2] == digests[3]);
  CHECK(digests[0] != digests[2]);
  CHECK_THAT(plan.out, ContainsSubstring("atomas-align-only has no capability 'captioning'"));
}

TEST_CASE("A model without sets cannot align, which is known when planning") {
  const Manifests place(R"({"name": "align", "protocols": ["cupel"],
    "models": ["atomas", "atomas-align-only", "atomas-levels-1", "atomas-levels-0", "atomas-no-haa",
               "atomas-lm-only", "molt5", "bm25"],
    "tasks": [{"task": "fragment-alignment", "dataset": "mini-pcdes"}]})");
  const Ran plan = test::run("plan " + place.path("m.json") + " --format json");
  REQUIRE(plan.status == 0);
  for (const std::string id :
       {"atomas-levels-0", "atomas-no-haa", "atomas-lm-only", "molt5", "bm25"})
    CHECK_THAT(plan.out, ContainsSubstring(id + " has no capability 'alignment'"));
  for (const std::string id : {"atomas", "atomas-align-only", "atomas-levels-1"})
    CHECK_THAT(plan.out, !ContainsSubstring(id + " has no capability"));
  const Manifests other(R"({"name": "real", "protocols": ["cupel"], "models": ["atomas"],
    "tasks": [{"task": "fragment-alignment", "dataset": "pcdes"}]})");
  const Ran refused = test::run("plan " + other.path("m.json"));
  CHECK(refused.status == 2);
  CHECK_THAT(refused.err, ContainsSubstring("does not say which atoms a phrase stands for"));
}

TEST_CASE("An option of Atomas that makes no sense is refused before anything runs") {
  const Manifests place(R"({"name": "bad", "protocols": ["cupel"],
    "models": [{"model": "atomas", "options": {"size": "huge"}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const Ran plan = test::run("plan " + place.path("m.json"));
  CHECK(plan.status == 2);
  CHECK_THAT(plan.err,
             ContainsSubstring("m.json:2:") &&
                 ContainsSubstring("'size' must be one of tiny, mini, small, base, large"));
}

TEST_CASE("Device and precision are part of what a cell is") {
  const Manifests place(R"({"name": "where", "protocols": ["cupel"],
    "models": [{"model": "atomas", "grid": {"device": ["cpu", "cuda"],
                                            "precision": ["float32", "bfloat16"]}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const Ran plan = test::run("plan " + place.path("m.json") + " --format json");
  INFO(plan.err);
  REQUIRE(plan.status == 0);
  std::set<std::string> digests;
  const std::string key = "\"id\": \"";
  for (std::size_t at = plan.out.find(key); at != std::string::npos;
       at = plan.out.find(key, at + 1))
    digests.insert(plan.out.substr(at + key.size(), 12));
  CHECK(digests.size() == 4 + 4);  // cells and their stages
}

TEST_CASE("Without a GPU, a cell that asks for one ends before anything is trained", "[threads]") {
  if (std::filesystem::exists("/dev/nvidiactl")) SKIP("there is a GPU");
  const Manifests place(R"({"name": "gpu", "protocols": ["cupel"], "resamples": 0,
    "models": [{"model": "molt5", "options": {"size": "tiny", "device": "cuda"}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  const Ran run = place.run("a.db", "--limit 2");
  INFO(run.err);
  CHECK(run.status == 6);
  CHECK_THAT(run.err, ContainsSubstring("'device' is cuda, and this LibTorch ") &&
                          ContainsSubstring("set 'device' to cpu, or "));
}

TEST_CASE("Weights of another digest than the manifest's are damage, not a failed model",
          "[threads]") {
  const Manifests place(R"({"name": "digest", "protocols": ["cupel"], "resamples": 0,
    "models": [{"model": "atomas", "options": {
      "size": "tiny", "weights": "w.safetensors", "finetuning-steps": 1,
      "weights-sha256": "0000000000000000000000000000000000000000000000000000000000000000"}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})");
  test::write_bytes(place.path("w.safetensors"), std::string("\2\0\0\0\0\0\0\0{}", 10));
  const Ran run = place.run("a.db", "--limit 2");
  INFO(run.err);
  CHECK(run.status == 5);
  CHECK_THAT(run.err, ContainsSubstring("w.safetensors has SHA-256") &&
                          ContainsSubstring("expected 00000000") &&
                          ContainsSubstring("get the file again"));
}

TEST_CASE("A damaged checkpoint is refused, or its run says that it is another",
          "[slow][threads]") {
  const std::string manifest = R"({"name": "damage", "protocols": ["cupel"], "resamples": 0,
    "models": [{"model": "molt5", "options": {
      "size": "tiny", "vocabulary-size": 300, "length": 64, "finetuning-steps": 1, "validations": 0,
      "batch": 4, "fraction": 0.01, "max-length": 6, "beams": 1WEIGHTS}}],
    "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";
  const Manifests place(test::replaced(manifest, "WEIGHTS", ""));
  REQUIRE(place.run("first.db", "--limit 2").status == 0);
  std::string whole;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(place.path("first.db.artifacts"))) {
    if (entry.path().extension() == ".safetensors") whole = test::bytes_of(entry.path());
  }
  REQUIRE(whole.size() > 100'000);
  /// The run that starts from these bytes, and its record of them.
  const auto started = [&](const std::string& bytes, const std::string& digest) {
    const std::string store = "s" + sha256_hex(bytes) + digest + ".db";
    test::write_bytes(place.path("w.safetensors"), bytes);
    const std::string named = digest.empty() ? "" : R"(, "weights-sha256": ")" + digest + '"';
    test::write_bytes(
        place.path("m.json"),
        test::replaced(manifest, "WEIGHTS", R"(, "weights": "w.safetensors")" + named));
    Ran run = place.run(store, "--limit 2");
    const Ran shown = test::run("show run molt5 --store " + place.path(store));
    return std::pair(std::move(run), shown.out);
  };
  const auto record = [](const std::string& bytes) {
    return ContainsSubstring("config.model.options.weights sha256:" + sha256_hex(bytes) + "\n");
  };
  CHECK_THAT(started(whole, sha256_hex(whole)).second, record(whole));

  std::string payload = whole;
  payload[whole.size() / 2] ^= 1;
  std::string header = whole;
  header[20] ^= 1;
  const std::string shorter = whole.substr(0, whole.size() - 1000);
  for (const std::string& damaged : {payload, header, shorter}) {
    const auto [run, shown] = started(damaged, sha256_hex(whole));
    CHECK(run.status == 5);
    CHECK_THAT(run.err, ContainsSubstring("w.safetensors has SHA-256 " + sha256_hex(damaged) +
                                          ", expected " + sha256_hex(whole)));
  }
  const auto [run, shown] = started(payload, "");
  INFO(run.err);
  CHECK(run.status == 0);
  CHECK_THAT(shown, record(payload));
  for (const std::string& damaged : {header, shorter}) {
    const Ran refused = started(damaged, "").first;
    INFO(refused.err);
    CHECK(refused.status == 5);
    CHECK_THAT(refused.err, ContainsSubstring("model 'molt5': " + place.path("w.safetensors")));
  }
}
