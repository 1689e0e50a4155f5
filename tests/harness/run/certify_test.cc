// Certificates of stored scores, and every change that must be seen.
#include "harness/run/certify.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "results/sqlite.h"
#include "tests/support/datasets.h"
#include "tests/support/manifests.h"
#include "tests/support/staged.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using Found = InputState::Found;

/// A store with an imported run that is scored, a program and a module, and a certificate.
class Imported50 {
 public:
  Imported50() {
    chem::silence_rdkit();
    test::import_into(dir_ / "s.db", 50, 0);
    test::score_under_cupel(dir_ / "s.db");
    fs::create_directory(dir_ / "lib");
    test::write_bytes(files().program, "a program");
    test::write_bytes(dir_ / "lib/one.so", "a module");
  }

  [[nodiscard]] fs::path store() const { return dir_ / "s.db"; }
  [[nodiscard]] fs::path operator/(const std::string& name) const { return dir_ / name; }
  [[nodiscard]] CertificateFiles files() const {
    return {.data = {},
            .scoring = {},
            .artifacts = dir_ / "artifacts",
            .program = dir_ / "program",
            .modules = dir_ / "lib",
            .named = {}};
  }
  [[nodiscard]] Certificate certificate(const std::vector<std::string>& metrics = {}) const {
    results::Store opened(store());
    return make_certificate(opened, opened.runs().front(), "cupel", metrics, files());
  }
  [[nodiscard]] Verification verify(const Certificate& certificate, const fs::path& store) const {
    results::Store opened(store);
    return verify_certificate(certificate, opened, files(), 1);
  }

 private:
  test::TempDir dir_;
};

/// "changed kind 'name': why" of all that is not the same, and what is wrong with scores.
std::string faults(const Verification& found) {
  std::string all;
  for (const InputState& state : found.inputs) {
    if (state.found == Found::kChanged)
      all += fmt::format("changed {} '{}': {}\n", state.input.kind, state.input.name, state.what);
  }
  for (const VerifiedScore& score : found.scores) {
    if (score.verdict != ScoreVerdict::kReproduced)
      all += fmt::format("{} {}: {}\n", verdict_name(score.verdict), score.metric, score.what);
  }
  return all;
}

std::size_t count(const Verification& found, Found state) {
  return static_cast<std::size_t>(std::ranges::count(found.inputs, state, &InputState::found));
}

/// The same text with one byte changed: another printable one, so that it stays a text.
std::string with_other_byte(std::string text, std::mt19937& random) {
  const std::size_t at = random() % text.size();
  const char before = text[at];
  while (text[at] == before) text[at] = static_cast<char>('!' + random() % 94);
  return text;
}

void flip_file(const fs::path& path, std::mt19937& random) {
  std::string bytes = test::bytes_of(path);
  REQUIRE_FALSE(bytes.empty());
  bytes[random() % bytes.size()] ^= static_cast<char>(1U << (random() % 8));
  test::write_bytes(path, bytes);
}

/// A random row of a text column gets another byte.
struct Column {
  std::string table;
  std::string text;
  std::string expected;        ///< what must be named
  std::string where = "TRUE";  ///< rows that the certificate stands on
};

void flip_row(const fs::path& store, const Column& column, std::mt19937& random) {
  std::string rows;
  std::string hex;
  {
    results::Store opened(store);
    const auto& [table, text, ignored, stands] = column;
    const std::string where = fmt::format("{} WHERE length({}) > 0 AND {}", table, text, stands);
    auto count = opened.database().prepare(fmt::format("SELECT count(*) FROM {}", where));
    count.start();
    const std::string pick = fmt::format("{} LIMIT 1 OFFSET {}", where,
                                         random() % static_cast<std::size_t>(count.integer(0)));
    auto row = opened.database().prepare(fmt::format("SELECT {} FROM {}", text, pick));
    row.start();
    const std::string before(row.blob(0));
    for (const char byte : with_other_byte(before, random))
      hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    std::string old;
    for (const char byte : before) old += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    const bool blob = text == "numbers";
    const auto as = [&](const std::string& digits) {
      return blob ? "x'" + digits + "'" : "CAST(x'" + digits + "' AS TEXT)";
    };
    rows = fmt::format("UPDATE {0} SET {1} = {2} WHERE {1} = {3}", table, text, as(hex), as(old));
  }
  test::tamper(store, "PRAGMA ignore_check_constraints = ON;" + rows);
}

/// Everything of a store that a certificate stands on, but digests, which follow from it.
std::string content_of(const fs::path& path) {
  std::string all;
  results::Store store(path);
  for (const char* query :
       {"SELECT config, model, task, dataset, split, seed FROM cell",
        "SELECT set_id, position, input, reference FROM example ORDER BY 1, 2",
        "SELECT size FROM example_set", "SELECT cell_id, set_id, source FROM run",
        "SELECT run_id, position, text FROM prediction ORDER BY 1, 2",
        "SELECT name, body FROM protocol",
        "SELECT run_id, metric, signature, signature_long, columns FROM measurement",
        "SELECT measurement_id, block, place, numbers FROM statistic ORDER BY 1, 2, 3",
        "SELECT measurement_id, value, reason, n FROM score ORDER BY 1",
        "SELECT measurement_id, draws, seed, confidence, low, high FROM interval ORDER BY 1"}) {
    auto row = store.database().prepare(query);
    const std::string text = query;
    const auto end = text.begin() + static_cast<std::ptrdiff_t>(text.find(" FROM"));
    const auto columns = 1 + std::count(text.begin(), end, ',');
    for (bool more = row.start(); more; more = row.step()) {
      for (int c = 0; c < columns; ++c) all += std::string(row.blob(c)) + "|";
      all += "\n";
    }
  }
  return all;
}

}  // namespace

TEST_CASE("a certificate is verified where nothing changed, bit for bit") {
  const Imported50 place;
  const Certificate issued = place.certificate();
  CHECK(issued.scores.size() == 7);
  const Certificate read = parse_certificate(write_certificate(issued), "cert.json");
  const Verification found = place.verify(read, place.store());
  INFO(faults(found));
  CHECK(faults(found).empty());
  CHECK(found.verdict == ScoreVerdict::kReproduced);
  CHECK(found.status() == 0);
  CHECK(count(found, Found::kUnchecked) == 0);
  CHECK(found.scores[1].value == issued.scores[1].score.value);
  CHECK(found.scores[1].signature.empty());
  const Certificate one = place.certificate({"exact"});
  CHECK(one.scores.size() == 1);
  CHECK(place.verify(one, place.store()).verdict == ScoreVerdict::kReproduced);
}

TEST_CASE("what cannot be certified is refused") {
  const Imported50 place;
  results::Store store(place.store());
  const results::Run run = store.runs().front();
  CHECK_THAT(
      test::said_by([&] { return make_certificate(store, run, "molt5", {}, place.files()); }),
      StartsWith("2: ") && ContainsSubstring("is not scored under 'molt5'"));
  CHECK_THAT(test::said_by(
                 [&] { return make_certificate(store, run, "cupel", {"exakt"}, place.files()); }),
             StartsWith("2: ") && ContainsSubstring("did you mean 'exact'?"));
  test::tamper(place.store(), "DELETE FROM run_end");
  results::Store begun(place.store());
  CHECK_THAT(test::said_by([&] {
               return make_certificate(begun, begun.runs().front(), "cupel", {}, place.files());
             }),
             StartsWith("4: ") && ContainsSubstring("has 50 of 50 predictions"));
}

TEST_CASE("another program or module is said, and is no fault") {
  const Imported50 place;
  const Certificate issued = place.certificate();
  test::write_bytes(place.files().program, "another program");
  test::write_bytes(place / "lib/one.so", "another module");
  const Verification found = place.verify(issued, place.store());
  CHECK(count(found, Found::kOther) == 2);
  CHECK(found.verdict == ScoreVerdict::kReproduced);
  CHECK(found.status() == 0);
}

TEST_CASE("another value, a last digit, and what is missing have their own verdicts") {
  const Imported50 place;
  Certificate issued = place.certificate();
  const double value = *issued.scores[2].score.value;
  issued.scores[2].score.value = value * (1 + 1e-12);
  Verification found = place.verify(issued, place.store());
  CHECK(found.verdict == ScoreVerdict::kWithinRounding);
  CHECK((found.scores[2].digits == 11 || found.scores[2].digits == 12));
  CHECK(found.status() == 0);
  issued.scores[2].score.value = value + 0.001;
  found = place.verify(issued, place.store());
  CHECK(found.verdict == ScoreVerdict::kDiffers);
  CHECK(found.status() == 1);
  issued.inputs.pop_back();
  issued.inputs.erase(issued.inputs.begin());
  CHECK_THAT(faults(place.verify(issued, place.store())),
             ContainsSubstring("changed configuration 'cell ") &&
                 ContainsSubstring("the certificate does not name it"));
  issued.protocol_body = test::replaced(issued.protocol_body, "\"syntax\"", "\"syntacs\"");
  found = place.verify(issued, place.store());
  CHECK(found.scores[0].verdict == ScoreVerdict::kUnchecked);
  CHECK(found.status() == 5);
  const test::TempDir other;
  test::import_into(other / "s.db", 20, 3);
  results::Store store(other / "s.db");
  CHECK_THAT(test::said_by([&] { return verify_certificate(issued, store, place.files(), 1); }),
             StartsWith("2: ") && ContainsSubstring("has no run of the certificate's cell"));
}

TEST_CASE("every changed fact of the run is found and named, another run's is not") {
  const std::vector<std::pair<std::string, std::string>> changes = {
      {"UPDATE prediction SET text = text || 'C' WHERE position = 17",
       "'predictions': prediction 17 was changed"},
      {"DELETE FROM prediction WHERE position = 49", "'predictions': 49 of 50"},
      {"UPDATE run_end SET predictions = zeroblob(32)", "'predictions': expected"},
      {"UPDATE example SET reference = 'C' WHERE position = 8", "'made-up, test': example 8 was"},
      {"UPDATE example_set SET digest = zeroblob(32)", "'made-up, test': expected"},
      {"UPDATE example_set SET size = 4611686018427387904", "'made-up, test': 50 of 50"},
      {"UPDATE cell SET config = '{}'", "configuration 'cell"},
      {"UPDATE cell SET digest = zeroblob(32)", "under another digest"},
      {"UPDATE cell SET model = 'other'", "its model was model-0, is other"},
      {"UPDATE cell SET seed = 9", "its seed"},
      {"UPDATE protocol SET body = replace(body, 'as-named', 'swapped')", "protocol 'cupel'"},
      {"UPDATE score SET value = value + 1e-15 WHERE measurement_id = 2", "statistics 'exact'"},
      {"UPDATE score SET n = n + 1 WHERE measurement_id = 3", "statistics 'levenshtein'"},
      {"UPDATE statistic SET numbers = zeroblob(length(numbers)) WHERE measurement_id = 4",
       "statistics 'validity'"},
      {"DELETE FROM statistic WHERE measurement_id = 5 AND place = 1", "statistics 'maccs'"},
      {"UPDATE measurement SET signature = 'bleu|p:x.1' WHERE id = 1", "statistics 'bleu'"},
      {"UPDATE measurement SET signature_long = 'metric:bleu' WHERE id = 1", "statistics 'bleu'"},
      {"UPDATE interval SET low = low - 1e-9 WHERE measurement_id = 6", "statistics 'rdk'"},
      {"UPDATE environment SET facts = '{}'", "environment 'run'"},
  };
  const Imported50 place;
  const Certificate issued = place.certificate();
  for (const auto& [change, expected] : changes) {
    INFO(change);
    const fs::path copy = place / "changed.db";
    fs::copy_file(place.store(), copy, fs::copy_options::overwrite_existing);
    test::tamper(copy, change);
    const Verification found = place.verify(issued, copy);
    CHECK_THAT(faults(found), ContainsSubstring(expected));
    CHECK(found.verdict == ScoreVerdict::kDiffers);
    CHECK(found.status() == 5);
  }
  test::import_into(place.store(), 50, 1);
  test::tamper(place.store(), "UPDATE prediction SET text = 'C' WHERE run_id = 2");
  CHECK(place.verify(issued, place.store()).verdict == ScoreVerdict::kReproduced);
}

TEST_CASE("a byte of the store's file either changes no row, or is found") {
  const Imported50 place;
  const Certificate issued = place.certificate();
  const std::string before = content_of(place.store());
  std::mt19937 random(11);
  std::size_t harmless = 0;
  for (int i = 0; i < 60; ++i) {
    const fs::path copy = place / "changed.db";
    fs::copy_file(place.store(), copy, fs::copy_options::overwrite_existing);
    flip_file(copy, random);
    try {
      const Verification found = place.verify(issued, copy);
      if (found.status() != 0) continue;
      CHECK(content_of(copy) == before);
      ++harmless;
    } catch (const Error&) {
      continue;  // it is no store any more
    }
  }
  CHECK(harmless < 60);
}

namespace {

constexpr const char* kManifest = R"({"name": "bundle", "protocols": ["cupel"], "resamples": 0,
  "models": [{"model": "staged.json",
    "stages": [{"objective": "pretraining", "dataset": "mini-pubchemstm-distill"}]}],
  "tasks": [{"task": "captioning", "dataset": "mini-chebi-20"}]})";

const std::string kPieces = "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\nmolecule\nis\na\n##s\n##e\n";

/// A small run of a model that was trained in two stages, with all that it came from.
class Bundle {
 public:
  Bundle() : place_(kManifest) {
    test::write_bytes(place_.path("staged.json"),
                      test::replaced(test::staged_preset(), "\"stages\": true,",
                                     "\"stages\": true, \"files\": [\"extra.txt\"],"));
    test::write_bytes(place_.path("extra.txt"), "what the preset names\n");
    test::write_bytes(place_.path("pieces.txt"), kPieces);
    REQUIRE(place_.run("s.db", "--limit 40").status == 0);
    REQUIRE(test::run("score --protocol molt5 --resamples 50 --store " + place_.path("s.db") +
                      " --wordpiece " + place_.path("pieces.txt"))
                .status == 0);
    REQUIRE(test::run("data synth " + place_.path("suite")).status == 0);
    fs::create_directory(place_.path("lib"));
    test::write_bytes(place_.path("program"), "a program");
    test::write_bytes(place_.path("lib/one.so"), "a module");
  }

  [[nodiscard]] fs::path path(const std::string& name) const { return place_.path(name); }
  [[nodiscard]] CertificateFiles files() const {
    return {.data = {.data = {}, .suite = path("suite")},
            .scoring = {.wordpiece = path("pieces.txt"), .wordnet = "/usr/share/wordnet"},
            .artifacts = path("s.db.artifacts"),
            .program = path("program"),
            .modules = path("lib"),
            .named = {{"extra.txt", path("extra.txt")}}};
  }
  [[nodiscard]] Verification verify(const Certificate& certificate) const {
    results::Store store(path("s.db"));
    return verify_certificate(certificate, store, files(), 1);
  }
  /// Every file that the certificate stands on, and what must be said of it when it changes.
  [[nodiscard]] std::vector<std::pair<std::string, fs::path>> inputs(
      const Certificate& issued) const {
    std::vector<std::pair<std::string, fs::path>> all = {
        {"changed vocabulary 'scibert'", path("pieces.txt")},
        {"changed model file 'extra.txt'", path("extra.txt")},
        {"other program", path("program")},
        {"other module 'one.so'", path("lib/one.so")}};
    for (const auto& entry : fs::recursive_directory_iterator(path("s.db.artifacts"))) {
      if (entry.is_regular_file() && entry.path().extension() != ".lock" &&
          entry.path().filename() != "stage.json")  // which seals the others
        all.emplace_back("changed artifact '", entry.path());
    }
    for (const CertifiedInput& input : issued.inputs) {
      if (input.kind == "data file")
        all.emplace_back("changed data file '" + input.name,
                         path("suite") / input.name.substr(0, input.name.find(" (")));
    }
    std::ranges::sort(all);
    return all;
  }

 private:
  test::Manifests place_;
};

/// Of the store; rows of other protocols and metrics are none of this certificate's business.
std::vector<Column> changed_columns() {
  return {{"example", "input", "changed split 'mini-chebi-20, test (first 40)': example "},
          {"example", "reference", "changed split 'mini-chebi-20, test (first 40)': example "},
          {"prediction", "text", "changed predictions 'predictions': prediction "},
          {"protocol", "body", "changed protocol 'molt5'", "name = 'molt5'"},
          {"cell", "config", "changed configuration 'cell "},
          {"stage", "config", "changed stage '"},
          {"environment", "facts", "changed environment "},
          {"statistic", "numbers", "changed statistics '",
           "measurement_id IN (SELECT m.id FROM measurement m JOIN protocol p ON p.id = "
           "m.protocol_id WHERE p.name = 'molt5' AND m.metric IN ('bleu-2', 'rouge-1'))"}};
}

/// What verify says with one byte of this file changed. Another program or module is no fault.
std::string named_after_flip(const Bundle& bundle, const Certificate& issued, const fs::path& path,
                             std::mt19937& random) {
  const std::string before = test::bytes_of(path);
  flip_file(path, random);
  const Verification found = bundle.verify(issued);
  test::write_bytes(path, before);
  std::string named = faults(found);
  for (const InputState& state : found.inputs) {
    if (state.found == Found::kOther)
      named += fmt::format("other {} '{}'\n", state.input.kind, state.input.name);
  }
  CHECK(found.status() == (named.starts_with("other ") ? 0 : 5));
  return named;
}

/// What verify says of the store as it is; the table, where the row cannot even be read.
std::string named_by(const Bundle& bundle, const Certificate& issued, const Column& column) {
  try {
    const Verification found = bundle.verify(issued);
    CHECK(found.status() == 5);
    return faults(found);
  } catch (const Error& error) {
    CHECK_THAT(std::string(error.what()), ContainsSubstring(column.table));
    return column.expected;
  }
}

}  // namespace

TEST_CASE("100 random changes of one byte in a bundle are found, and each input is named",
          "[slow][certify100]") {
  const Bundle bundle;
  const Certificate issued = [&] {
    results::Store store(bundle.path("s.db"));
    return make_certificate(store, store.runs().front(), "molt5", {"bleu-2", "rouge-1"},
                            bundle.files());
  }();
  const std::string text = write_certificate(issued);
  const Verification whole = bundle.verify(issued);
  INFO(faults(whole));
  REQUIRE(whole.status() == 0);
  REQUIRE(count(whole, Found::kSame) == whole.inputs.size());

  const std::vector<Column> columns = changed_columns();
  const auto files = bundle.inputs(issued);
  REQUIRE(files.size() > 7);
  const fs::path keep = bundle.path("kept.db");
  fs::copy_file(bundle.path("s.db"), keep);
  std::mt19937 random(2026);
  std::map<std::string, int> found_of;
  for (int i = 0; i < 100; ++i) {
    const std::size_t which = random() % (files.size() + columns.size() + 1);
    std::string expected = "certificate";
    std::string named;
    if (which < files.size()) {
      expected = files[which].first;
      named = named_after_flip(bundle, issued, files[which].second, random);
    } else if (which < files.size() + columns.size()) {
      const Column& column = columns[which - files.size()];
      expected = column.expected;
      flip_row(bundle.path("s.db"), column, random);
      named = named_by(bundle, issued, column);
      fs::copy_file(keep, bundle.path("s.db"), fs::copy_options::overwrite_existing);
    } else {
      named = test::said_by(
          [&] { return parse_certificate(with_other_byte(text, random), "certificate"); });
    }
    INFO("change " << i << ": " << expected);
    CHECK_THAT(named, ContainsSubstring(expected));
    ++found_of[expected];
  }
  CHECK(found_of.size() > 15);
  std::string counts = "changes of one byte that were found and named:\n";
  for (const auto& [input, times] : found_of) counts += fmt::format("  {:3} {}\n", times, input);
  CHECK(bundle.verify(issued).status() == 0);
  SUCCEED(counts);  // shown by cupel_tests -s "[certify100]"
}
