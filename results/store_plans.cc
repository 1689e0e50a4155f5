// What version 2 of the schema added. Older stores can be read, and have none of it.
#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "results/store.h"

namespace cupel::results {
namespace {

bool has_plans(Database& database) { return database.integer("PRAGMA user_version") >= 2; }

std::vector<PlannedCell> planned_cells(Database& database, std::int64_t plan) {
  std::vector<PlannedCell> cells;
  Statement row = database.prepare(
      "SELECT config, model, task, dataset, split, seed, reason FROM planned WHERE plan_id = ?"
      " ORDER BY position");
  for (bool more = row.start(plan); more; more = row.step()) {
    cells.push_back({.cell = {.config = std::string(row.text(0)),
                              .model = std::string(row.text(1)),
                              .task = std::string(row.text(2)),
                              .dataset = std::string(row.text(3)),
                              .split = std::string(row.text(4)),
                              .seed = {}},
                     .reason = std::string(row.text(6))});
    if (!row.is_null(5)) cells.back().cell.seed = row.integer(5);
  }
  return cells;
}

bool means(const std::string& selector, const StoredPlan& plan) {
  if (selector == plan.name) return true;
  return selector.size() >= 4 && to_hex(plan.digest()).starts_with(selector);
}

std::vector<bool> unpack(std::string_view bytes) {
  std::vector<bool> seen;
  for (const char byte : bytes) seen.push_back(byte != 0);
  return seen;
}

}  // namespace

std::vector<StoredPlan> Store::plans() {
  std::vector<StoredPlan> all;
  if (!has_plans(database())) return all;
  Statement row = database().prepare("SELECT id, name, manifest, made_at FROM plan ORDER BY id");
  for (bool more = row.start(); more; more = row.step()) {
    all.push_back({.key = row.integer(0),
                   .name = std::string(row.text(1)),
                   .manifest = std::string(row.text(2)),
                   .cells = planned_cells(database(), row.integer(0)),
                   .made_at = std::string(row.text(3))});
  }
  return all;
}

std::vector<Digest> Store::plan_digests() {
  std::vector<Digest> all;
  if (!has_plans(database())) return all;
  Statement row = database().prepare("SELECT digest FROM plan");
  for (bool more = row.start(); more; more = row.step()) all.push_back(row.digest(0));
  return all;
}

StoredPlan Store::find_plan(const std::string& selector) {
  std::vector<StoredPlan> all = plans();
  std::vector<std::string> known;
  for (const StoredPlan& plan : all) known.push_back(fmt::format("{} ({})", plan.id(), plan.name));
  if (selector.empty() && !all.empty()) {
    // Merged plans stand in another order than that in which they were made.
    return *std::ranges::max_element(
        all, {}, [](const StoredPlan& plan) { return std::pair(plan.made_at, plan.key); });
  }
  std::erase_if(all, [&](const StoredPlan& plan) { return !means(selector, plan); });
  if (all.size() == 1) return std::move(all.front());
  if (known.empty())
    throw Error(Code::kUsage, path().string() + ": the store has no plan",
                "'cupel run MANIFEST --store STORE' makes one");
  if (all.empty())
    throw Error(Code::kUsage, fmt::format("{}: no plan '{}'", path().string(), selector),
                fmt::format("known plans: {}", fmt::join(known, ", ")));
  known.clear();
  for (const StoredPlan& plan : all) known.push_back(fmt::format("{} ({})", plan.id(), plan.name));
  throw Error(Code::kUsage,
              fmt::format("{}: {} plans are called '{}'", path().string(), all.size(), selector),
              fmt::format("name one by its id: {}", fmt::join(known, ", ")));
}

std::vector<StoredFailure> Store::failures() {
  std::vector<StoredFailure> all;
  if (!has_plans(database())) return all;
  Statement row = database().prepare(
      "SELECT cell, what, facts, failed_at FROM failure JOIN environment"
      " ON environment.id = environment_id ORDER BY failure.id");
  for (bool more = row.start(); more; more = row.step()) {
    all.push_back({.cell = row.digest(0),
                   .what = std::string(row.text(1)),
                   .environment = std::string(row.text(2)),
                   .failed_at = std::string(row.text(3))});
  }
  return all;
}

std::vector<Overlap> Store::overlaps(const Digest& examples) {
  std::vector<Overlap> all;
  if (!has_plans(database())) return all;
  Statement row = database().prepare(
      "SELECT training, kind, seen FROM overlap JOIN example_set ON example_set.id = set_id"
      " WHERE digest = ? ORDER BY 1, 2");
  for (bool more = row.start(examples); more; more = row.step()) {
    all.push_back({.training = row.digest(0),
                   .examples = examples,
                   .kind = std::string(row.text(1)),
                   .seen = unpack(row.blob(2))});
  }
  return all;
}

std::optional<Overlap> Store::overlap(const Digest& training, const Digest& examples,
                                      std::string_view kind) {
  std::vector<Overlap> all = overlaps(examples);
  const auto at = std::ranges::find_if(
      all, [&](const Overlap& one) { return one.training == training && one.kind == kind; });
  if (at == all.end()) return std::nullopt;
  return std::move(*at);
}

StoredPlan StoreWriter::put_plan(StoredPlan plan) {
  const Digest digest = plan.digest();
  Database& db = database();
  Statement known = db.prepare("SELECT id, name, manifest, made_at FROM plan WHERE digest = ?");
  if (known.start(digest)) {
    plan.key = known.integer(0);
    plan.name = known.text(1);
    plan.manifest = known.text(2);
    plan.made_at = known.text(3);
    return plan;
  }
  plan.made_at = time();
  db.prepare("INSERT INTO plan (digest, name, manifest, made_at) VALUES (?, ?, ?, ?)")
      .run(digest, plan.name, plan.manifest, plan.made_at);
  plan.key = db.last_id();
  Statement insert = db.prepare("INSERT INTO planned VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  for (std::size_t i = 0; i < plan.cells.size(); ++i) {
    const auto& [cell, reason] = plan.cells[i];
    insert.run(plan.key, i, cell.digest(), cell.config, cell.model, cell.task, cell.dataset,
               cell.split, cell.seed, reason);
  }
  return plan;
}

void StoreWriter::add_failure(const Digest& cell, std::string_view what) {
  database()
      .prepare("INSERT INTO failure (cell, environment_id, what, failed_at) VALUES (?, ?, ?, ?)")
      .run(cell, environment(), what, time());
}

void StoreWriter::put_overlap(const Overlap& overlap) {
  if (this->overlap(overlap.training, overlap.examples, overlap.kind)) return;
  std::string bytes;
  for (const bool seen : overlap.seen) bytes += static_cast<char>(seen ? 1 : 0);
  database()
      .prepare(
          "INSERT INTO overlap VALUES ((SELECT id FROM example_set WHERE digest = ?), ?, ?, ?)")
      .run(overlap.examples, overlap.training, overlap.kind, Blob{bytes});
}

}  // namespace cupel::results
