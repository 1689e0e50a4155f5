#include "tests/support/stores.h"

#include <fstream>
#include <iterator>
#include <memory>
#include <random>
#include <stdexcept>

#include <fmt/format.h>
#include <sqlite3.h>

#include "harness/chem/molecule.h"
#include "harness/run/store_scoring.h"
#include "metrics/protocol.h"
#include "metrics/protocols/embedded.h"
#include "results/content_digest.h"
#include "results/sqlite.h"
#include "results/store.h"

namespace cupel::test {
namespace {

std::string molecule(std::mt19937& random) {
  std::string smiles;
  for (std::size_t atoms = 1 + random() % 12; atoms > 0; --atoms) smiles += "CCCNOS"[random() % 6];
  return smiles;
}

}  // namespace

const char* const kQuickProtocol = R"({
  "id": "quick", "summary": "two metrics", "version": 1, "origin": "tests of the store",
  "tasks": {"generation": {"metrics": ["levenshtein", "validity"], "choices": {
    "columns": {"value": "as-named", "source": "tests"},
    "strip-prefix": {"value": "", "source": "tests"},
    "invalid": {"value": ["chemistry", "empty", "syntax", "trailing-text"], "source": "tests"},
    "validity-of": {"value": "prediction", "source": "tests"}}}}})";

const char* const kDistanceProtocol = R"({
  "id": "distance", "summary": "one metric", "version": 1, "origin": "tests of the store",
  "tasks": {"generation": {"metrics": ["levenshtein"], "choices": {
    "columns": {"value": "as-named", "source": "tests"},
    "strip-prefix": {"value": "", "source": "tests"}}}}})";

std::string prediction_tsv(std::size_t rows, unsigned variant) {
  std::string tsv = "description\tground truth\toutput\n";
  for (std::size_t i = 0; i < rows; ++i) {
    std::mt19937 of_row(static_cast<unsigned>(i));
    std::mt19937 of_cell(static_cast<unsigned>(i) * 977 + variant);
    const std::string reference = molecule(of_row);
    const unsigned kind = static_cast<unsigned>(of_cell()) % 8;
    const std::string prediction = kind == 0   ? ""
                                   : kind == 1 ? reference + "("
                                   : kind < 5  ? reference
                                               : molecule(of_cell);
    tsv += fmt::format("molecule {}\t{}\t{}\n", i, reference, prediction);
  }
  return tsv;
}

results::PredictionFile predictions(std::size_t rows, unsigned variant) {
  return results::parse_prediction_file(prediction_tsv(rows, variant), "synthetic.tsv",
                                        "generation");
}

Imported import_into(const std::filesystem::path& store, std::size_t rows, unsigned variant,
                     const std::function<void(std::size_t)>& progress) {
  results::StoreWriter writer(store, true, R"({"cupel":"test"})");
  return import_predictions(writer, predictions(rows, variant),
                            {.model = fmt::format("model-{}", variant),
                             .task = "generation",
                             .dataset = "made-up",
                             .split = "test"},
                            R"({"file":"synthetic.tsv"})", progress);
}

results::Cell cell(std::size_t rows, unsigned variant) {
  return {.config = fmt::format(R"({{"kind":"run","rows":{},"variant":{}}})", rows, variant),
          .model = fmt::format("model-{}", variant),
          .task = "generation",
          .dataset = "made-up",
          .split = "test",
          .seed = variant};
}

void run_in(const std::filesystem::path& store, std::size_t rows, unsigned variant,
            std::size_t stored) {
  const results::PredictionFile file = predictions(rows, variant);
  results::MerkleTree examples;
  for (const auto& row : file.rows) examples.add(results::example_digest(row.input, row.reference));
  results::StoreWriter writer(store, true, R"({"cupel":"test"})");
  results::Transaction all(writer.database());
  const results::Run run = writer.begin_run(cell(rows, variant), examples.root(), rows, "{}");
  for (std::size_t i = writer.examples_stored(run); i < stored; ++i) {
    const auto& [line, input, reference, prediction] = file.rows[i];
    writer.add_example(run, i, results::example_digest(input, reference), input, reference);
  }
  results::MerkleTree tree;
  for (std::size_t i = 0; i < stored; ++i) {
    const std::string_view text = file.rows[i].prediction;
    tree.add(results::prediction_digest(text));
    if (i >= run.stored) writer.add_prediction(run, i, results::prediction_digest(text), text);
  }
  if (stored == rows && !run.complete()) writer.end_run(run, tree.root());
  all.commit();
}

results::StoredPlan plan_of(std::size_t cells, std::size_t rows) {
  results::StoredPlan plan{.name = "sweep", .manifest = R"({"models":"all"})"};
  for (unsigned variant = 1; variant <= cells; ++variant)
    plan.cells.push_back({.cell = cell(rows, variant), .reason = {}});
  return plan;
}

void plan_in(const std::filesystem::path& store, const results::StoredPlan& plan) {
  results::StoreWriter writer(store, true, R"({"cupel":"test"})");
  results::Transaction all(writer.database());
  static_cast<void>(writer.put_plan(plan));
  all.commit();
}

std::size_t score_in(const std::filesystem::path& store, const ScoringOptions& options,
                     const char* protocol) {
  chem::silence_rdkit();
  results::StoreWriter writer(store, false, R"({"cupel":"test"})");
  Scorer scorer(metrics::parse_protocol(protocol, "protocol.json"), "generation", {}, options);
  std::size_t added = 0;
  for (const results::Run& run : writer.runs()) {
    if (run.complete()) added += score_run(writer, run, scorer, options).added;
  }
  return added;
}

std::size_t score_under_cupel(const std::filesystem::path& store) {
  for (const auto& [name, body] : metrics::embedded_protocols()) {
    if (name == "cupel.json") return score_in(store, {.resamples = 100}, std::string(body).c_str());
  }
  return 0;
}

Digest content_digest(const std::filesystem::path& store) {
  return results::Store(store).content_digest();
}

std::vector<std::string> complaints(const std::filesystem::path& store) {
  std::vector<std::string> all;
  results::Store opened(store);
  results::Statement integrity = opened.database().prepare("PRAGMA integrity_check");
  for (bool more = integrity.start(); more; more = integrity.step()) {
    if (integrity.text(0) != "ok") all.emplace_back(integrity.text(0));
  }
  results::Statement foreign = opened.database().prepare("PRAGMA foreign_key_check");
  for (bool more = foreign.start(); more; more = foreign.step())
    all.push_back(fmt::format("a row of {} refers to nothing", foreign.text(0)));
  return all;
}

std::string foreign_sql(const std::filesystem::path& database, const std::string& sql) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open(database.c_str(), &opened);
  const std::unique_ptr<sqlite3, int (*)(sqlite3*)> handle(opened, sqlite3_close);
  if (code != SQLITE_OK) return sqlite3_errstr(code);
  if (sqlite3_exec(handle.get(), sql.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK) return {};
  return sqlite3_errmsg(handle.get());
}

void tamper(const std::filesystem::path& path, const std::string& change) {
  std::string drop;
  std::string make;
  {
    results::Store store(path);
    results::Statement row =
        store.database().prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'");
    for (bool more = row.start(); more; more = row.step()) {
      drop += fmt::format("DROP TRIGGER {};", row.text(0));
      make += fmt::format("{};", row.text(1));
    }
  }
  const std::string said = foreign_sql(
      path, "PRAGMA foreign_keys = OFF; BEGIN;" + drop + change + ";" + make + "COMMIT");
  if (!said.empty()) throw std::runtime_error(change + ": " + said);
}

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void write_bytes(const std::filesystem::path& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

}  // namespace cupel::test
