#include "harness/run/store_check.h"

#include <bit>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"
#include "results/content_digest.h"

namespace cupel {
namespace {

using results::Measurement;
using results::Run;
using results::Statement;
using results::StoredProtocol;

/// Problems of one kind that are listed; more are counted only.
constexpr std::size_t kListed = 10;

class Checker {
 public:
  explicit Checker(results::Store& store) : store_(store) {}

  StoreCheck check() {
    structure();
    if (!found_.problems.empty()) return found_;  // what SQLite cannot read, nobody can
    for (const StoredProtocol& protocol : store_.protocols()) keep(protocol);
    for (const Run& run : store_.runs()) check(run);
    for (const results::StoredPlan& plan : store_.plans()) check(plan);
    check_overlaps();
    for (const results::StoredStage& stage : store_.stages()) check(stage);
    found_.content = store_.content_digest();
    return found_;
  }

 private:
  void problem(std::string what) { found_.problems.push_back({.what = std::move(what)}); }
  void damage(std::string what) {
    found_.problems.push_back({.damaged = true, .what = std::move(what)});
  }

  void structure() {
    Statement integrity =
        store_.database().prepare(fmt::format("PRAGMA integrity_check({})", kListed));
    for (bool more = integrity.start(); more; more = integrity.step()) {
      if (integrity.text(0) != "ok") damage(std::string(integrity.text(0)));
    }
    Statement keys = store_.database().prepare("PRAGMA foreign_key_check");
    for (bool more = keys.start(); more && found_.problems.size() < kListed; more = keys.step())
      damage(fmt::format("a row of table {} refers to a row of {} that is not there", keys.text(0),
                         keys.text(2)));
  }

  void keep(const StoredProtocol& protocol) {
    Statement query = store_.database().prepare("SELECT digest FROM protocol WHERE id = ?");
    query.start(protocol.key);
    if (query.digest(0) != protocol.digest())
      problem(fmt::format("protocol {}: its text was changed", protocol.name));
    protocols_[protocol.key] = protocol;
  }

  void check(const Run& run) {
    ++found_.runs;
    const std::string name =
        fmt::format("run {} ({}, {})", run.id(), run.cell.model, run.cell.task);
    if (run.cell.digest() != run.digest)
      problem(name + ": the configuration of its cell was changed");
    if (!checked_sets_.contains(run.set_key))
      rows(name + ", example",
           "SELECT position, digest, input, reference FROM example WHERE set_id = ? ORDER BY 1",
           run.set_key, run, run.examples,
           [](const Statement& row) { return results::example_digest(row.text(2), row.text(3)); });
    if (run.complete()) checked_sets_.insert(run.set_key);  // whole, so once is enough
    found_.predictions +=
        rows(name + ", prediction",
             "SELECT position, digest, text FROM prediction WHERE run_id = ? ORDER BY 1", run.key,
             run, run.predictions,
             [](const Statement& row) { return results::prediction_digest(row.text(2)); });
    if (!run.complete()) ++found_.incomplete;
    for (const Measurement& measurement : store_.measurements(run)) {
      if (measurement.score) check(run, name, measurement, *measurement.score);
    }
  }

  /// The rows of one list of a run: numbered without gaps, each with the digest of its texts and,
  /// when all are there, as they must be in a complete run, with the right root. Returns their
  /// number.
  template <typename DigestOf>
  std::size_t rows(const std::string& name, std::string_view query, std::int64_t key,
                   const Run& run, std::optional<Digest> root, const DigestOf& digest_of) {
    results::MerkleTree tree;
    std::size_t bad = 0;
    Statement row = store_.database().prepare(query);
    for (bool more = row.start(key); more; more = row.step()) {
      const Digest digest = digest_of(row);
      const bool in_place = row.integer(0) == static_cast<std::int64_t>(tree.size());
      if ((!in_place || row.digest(1) != digest) && ++bad <= kListed)
        problem(fmt::format("{} {}: {}", name, row.integer(0),
                            in_place ? "its text was changed" : "the rows before it are missing"));
      tree.add(digest);
    }
    if (tree.size() > run.size || (run.complete() && tree.size() < run.size))
      problem(fmt::format("{}s: {} of {} are there", name, tree.size(), run.size));
    else if (tree.size() == run.size && root && bad == 0 && tree.root() != *root)
      problem(fmt::format("{}s: not those of which the Merkle root was taken", name));
    if (bad > kListed) problem(fmt::format("{}s: {} more are wrong", name, bad - kListed));
    return tree.size();
  }

  void check(const Run& run, const std::string& name, const Measurement& measurement,
             const results::StoredScore& score) {
    ++found_.scores;
    const std::string what = fmt::format("{}, {}", name, measurement.signature);
    if (!run.complete()) return problem(what + ": a score of an incomplete run");
    try {
      const StoredProtocol& protocol = protocols_.at(measurement.protocol_key);
      const StatisticTable statistics = store_.statistics(run, measurement);
      const auto digest = results::score_digest(run, protocol, measurement, statistics, score);
      if (digest != measurement.digest)
        problem(what + ": the score or its statistics were changed");
      else if (!recomputes(run, protocol, measurement, statistics, score))
        problem(what + ": the statistics give another score");
    } catch (const Error& error) {
      problem(fmt::format("{}: {}", what, error.what()));
    }
  }

  static bool recomputes(const Run& run, const StoredProtocol& protocol,
                         const Measurement& measurement, const StatisticTable& statistics,
                         const results::StoredScore& score) {
    const auto metric = finishing_metric(metrics::parse_protocol(protocol.body, protocol.name),
                                         run.cell.task, measurement.metric, measurement.columns);
    if (measurement.columns != metric->statistics()) return false;
    const metrics::Value value = metric->score(statistics);
    const auto bits = [](double number) { return std::bit_cast<std::uint64_t>(number); };
    if (score.n != metric->counted(statistics)) return false;
    if (!value || !score.value) return !value && !score.value;
    return bits(*value + 0.0) == bits(*score.value);  // the store keeps no sign of zero
  }

  void check(const results::StoredPlan& plan) {
    ++found_.plans;
    const std::string name = fmt::format("plan {}", plan.name);
    Statement cells = store_.database().prepare(
        "SELECT position, digest FROM planned WHERE plan_id = ? ORDER BY position");
    cells.start(plan.key);
    for (const results::PlannedCell& planned : plan.cells) {
      if (cells.digest(1) != planned.cell.digest())
        problem(fmt::format("{}: the configuration of its cell {} was changed", name,
                            cells.integer(0)));
      cells.step();
    }
    Statement stored = store_.database().prepare("SELECT digest FROM plan WHERE id = ?");
    stored.start(plan.key);
    if (stored.digest(0) != plan.digest()) problem(name + ": its cells were changed");
  }

  /// A stage is found by the digest that the cells name.
  void check(const results::StoredStage& stage) {
    Statement stored = store_.database().prepare("SELECT digest FROM stage WHERE id = ?");
    stored.start(stage.key);
    if (stored.digest(0) != stage.digest())
      problem(fmt::format("stage {:.12} ({} on {}): its configuration was changed",
                          to_hex(stored.digest(0)), stage.objective, stage.dataset));
  }

  /// What the bytes say follows from the data, and is in no digest.
  void check_overlaps() {
    if (store_.database().integer("PRAGMA user_version") < 2) return;
    Statement wrong = store_.database().prepare(
        "SELECT kind, example_set.digest, length(seen), size FROM overlap"
        " JOIN example_set ON example_set.id = set_id WHERE length(seen) <> size");
    for (bool more = wrong.start(); more; more = wrong.step())
      problem(fmt::format("overlap ({}) of the examples {:.12}: {} bytes for {} examples",
                          wrong.text(0), to_hex(wrong.digest(1)), wrong.integer(2),
                          wrong.integer(3)));
  }

  results::Store& store_;
  StoreCheck found_;
  std::map<std::int64_t, StoredProtocol> protocols_;
  std::set<std::int64_t> checked_sets_;
};

}  // namespace

StoreCheck check_store(results::Store& store) { return Checker(store).check(); }

}  // namespace cupel
