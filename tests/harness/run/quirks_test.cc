// Each choice that protocols make differently, on the smallest example where it shows, with a
// second example where it does not.
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_floating_point.hpp>

#include "harness/chem/molecule.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;
using Catch::Matchers::WithinAbs;

ScoringFiles files() {
  ScoringFiles files;
  files.wordnet = "/usr/share/wordnet";
  files.piece_module = CUPEL_SENTENCEPIECE_MODULE;
  return files;
}

/// The molt5 protocol with one choice replaced.
metrics::Protocol molt5_with(const std::string& task, const std::string& key,
                             const metrics::Choices::Value& value) {
  metrics::Protocol protocol = metrics::find_protocol("molt5");
  protocol.tasks.at(task).choices.set(key, value);
  return protocol;
}

/// One row under one protocol; -1 stands for "no value".
double score(const metrics::Protocol& protocol, const std::string& task, const ScoringPair& row,
             const std::string& metric, const ScoringFiles& inputs = files()) {
  chem::silence_rdkit();
  Scorer scorer(protocol, task, inputs, {.resamples = 0, .jobs = 1});
  for (const Score& found : scorer.score({row}).scores) {
    if (found.metric == metric) return found.value.value_or(-1.0);
  }
  FAIL("no metric " << metric);
  return 0.0;
}

double generated(const metrics::Protocol& protocol, const ScoringPair& row,
                 const std::string& metric) {
  return score(protocol, "generation", row, metric);
}

}  // namespace

TEST_CASE("quirk: exact match by string, canonical SMILES, InChI, and without stereo") {
  const auto exact = [](const char* identity, const ScoringPair& row) {
    return generated(molt5_with("generation", "exact", std::string(identity)), row, "exact");
  };
  const ScoringPair spelling = {.prediction = "OCC", .reference = "CCO"};
  CHECK(exact("string", spelling) == 0.0);
  CHECK(exact("canonical", spelling) == 1.0);
  CHECK(exact("inchi", spelling) == 1.0);
  const ScoringPair tautomer = {.prediction = "Oc1ccccn1", .reference = "O=c1cccc[nH]1"};
  CHECK(exact("canonical", tautomer) == 0.0);
  CHECK(exact("inchi", tautomer) == 1.0);
  const ScoringPair mirror = {.prediction = "C[C@H](N)C(=O)O", .reference = "C[C@@H](N)C(=O)O"};
  CHECK(exact("inchi", mirror) == 0.0);
  CHECK(exact("canonical", mirror) == 0.0);
  CHECK(exact("canonical-no-stereo", mirror) == 1.0);
  const ScoringPair same = {.prediction = "CCO", .reference = "CCO"};
  for (const char* identity : {"string", "canonical", "canonical-no-stereo", "inchi"})
    CHECK(exact(identity, same) == 1.0);
}

TEST_CASE("quirk: two molecules without an InChI are equal for MolT5 and not for us") {
  const ScoringPair dummies = {.prediction = "*C", .reference = "*CC"};
  CHECK(generated(metrics::find_protocol("molt5"), dummies, "exact") == 1.0);
  CHECK(generated(metrics::find_protocol("cupel"), dummies, "exact") == 0.0);
  const ScoringPair plain = {.prediction = "CC", .reference = "CC"};
  CHECK(generated(metrics::find_protocol("cupel"), plain, "exact") == 1.0);
}

TEST_CASE("quirk: an empty output is a valid molecule for MolT5 and none for us") {
  const ScoringPair empty = {.prediction = "", .reference = "C"};
  CHECK(generated(metrics::find_protocol("molt5"), empty, "validity") == 1.0);
  CHECK(generated(metrics::find_protocol("molt5"), empty, "rdk") ==
        1.0);  // two empty path fingerprints
  CHECK(generated(metrics::find_protocol("cupel"), empty, "validity") == 0.0);
  CHECK(generated(metrics::find_protocol("cupel"), empty, "rdk") == 0.0);
}

TEST_CASE("quirk: text after a space is a molecule's name for MolT5 and damage for us") {
  const ScoringPair cut = {.prediction = "CC CO", .reference = "CC"};
  CHECK(generated(metrics::find_protocol("molt5"), cut, "exact") == 1.0);
  CHECK(generated(metrics::find_protocol("molt5"), cut, "validity") == 1.0);
  CHECK(generated(metrics::find_protocol("cupel"), cut, "exact") == 0.0);
  CHECK(generated(metrics::find_protocol("cupel"), cut, "validity") == 0.0);
}

TEST_CASE("quirk: an invalid output is left out of MolT5's similarities and a zero in ours") {
  const ScoringPair broken = {.prediction = "C1CC", .reference = "CC"};
  CHECK(generated(metrics::find_protocol("molt5"), broken, "maccs") == -1.0);  // no row is left
  CHECK(generated(metrics::find_protocol("cupel"), broken, "maccs") == 0.0);
  const ScoringPair whole = {.prediction = "CC", .reference = "CC"};
  CHECK(generated(metrics::find_protocol("molt5"), whole, "maccs") ==
        generated(metrics::find_protocol("cupel"), whole, "maccs"));
}

TEST_CASE("quirk: validity of both sides or of the prediction") {
  const ScoringPair bad_truth = {.prediction = "CC", .reference = "C1CC"};
  CHECK(generated(metrics::find_protocol("molt5"), bad_truth, "validity") == 0.0);
  CHECK(generated(metrics::find_protocol("cupel"), bad_truth, "validity") == 1.0);
}

TEST_CASE(
    "quirk: Morgan similarity on counts, on folded bits, with another radius, with chirality") {
  const ScoringPair chains = {.prediction = "CCCCCC", .reference = "CCCC"};
  const auto morgan = [](const std::string& key, const metrics::Choices::Value& value,
                         const ScoringPair& row) {
    return generated(molt5_with("generation", key, value), row, "morgan");
  };
  const double counts = generated(metrics::find_protocol("molt5"), chains, "morgan");
  CHECK(morgan("morgan-bits", std::int64_t{2048}, chains) != counts);  // bits do not see how often
  CHECK(morgan("morgan-radius", std::int64_t{1}, chains) != counts);
  const ScoringPair mirror = {.prediction = "C[C@H](N)C(=O)O", .reference = "C[C@@H](N)C(=O)O"};
  CHECK(generated(metrics::find_protocol("molt5"), mirror, "morgan") == 1.0);
  CHECK(morgan("morgan-chirality", true, mirror) < 1.0);
}

TEST_CASE("quirk: the tokens of BLEU") {
  const ScoringPair row = {.prediction = "an acid.", .reference = "an acid ."};
  const auto bleu = [&](const char* tokens) {
    metrics::Protocol protocol = metrics::find_protocol("cupel");
    protocol.tasks.at("captioning").choices.set("tokens", std::string(tokens));
    return score(protocol, "captioning", row, "bleu-2");
  };
  CHECK(bleu("13a") == 1.0);
  CHECK(bleu("white-space") < 1.0);
  CHECK(bleu("characters") < 1.0);
}

TEST_CASE("quirk: swapping the columns turns precision into recall") {
  const ScoringPair row = {.prediction = "the acid is an acid of the acid",
                           .reference = "the acid is an acid"};
  metrics::Protocol swapped = metrics::find_protocol("cupel");
  swapped.tasks.at("captioning").choices.set("columns", std::string("swapped"));
  CHECK(score(swapped, "captioning", row, "bleu-2") !=
        score(metrics::find_protocol("cupel"), "captioning", row, "bleu-2"));
  CHECK_THAT(score(swapped, "captioning", row, "rouge-1"),
             WithinAbs(score(metrics::find_protocol("cupel"), "captioning", row, "rouge-1"),
                       1e-15));  // F is symmetric
}

TEST_CASE("quirk: what a text is cut to") {
  metrics::Protocol cut = metrics::find_protocol("cupel");
  cut.tasks.at("captioning").choices.set("max-tokens", std::int64_t{2});
  const ScoringPair row = {.prediction = "an acid with a ring", .reference = "an acid without one"};
  CHECK(score(cut, "captioning", row, "bleu-2") == 1.0);
  CHECK(score(metrics::find_protocol("cupel"), "captioning", row, "bleu-2") < 1.0);
}
