// Expected changes, which version 4 of the schema added. Older stores can be read, and have none.
// it.
#include <algorithm>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "results/store.h"

namespace cupel::results {

std::vector<Annotation> Store::annotations() {
  std::vector<Annotation> all;
  if (database().integer("PRAGMA user_version") < 4) return all;
  Statement row = database().prepare(
      "SELECT cell.digest, predictions, metric, reason, reviewer, facts, made_at FROM annotation"
      " JOIN cell ON cell.id = cell_id JOIN environment ON environment.id = environment_id"
      " ORDER BY annotation.id");
  for (bool more = row.start(); more; more = row.step()) {
    all.push_back({.cell = row.digest(0),
                   .predictions = row.digest(1),
                   .metric = std::string(row.text(2)),
                   .reason = std::string(row.text(3)),
                   .reviewer = std::string(row.text(4)),
                   .environment = std::string(row.text(5)),
                   .made_at = std::string(row.text(6))});
  }
  return all;
}

bool StoreWriter::put_annotation(const Annotation& annotation) {
  const auto same = [&](const Annotation& known) {
    return known.cell == annotation.cell && known.predictions == annotation.predictions &&
           known.metric == annotation.metric && known.reason == annotation.reason &&
           known.reviewer == annotation.reviewer;
  };
  if (std::ranges::any_of(annotations(), same)) return false;
  const std::int64_t key = cell_key(annotation.cell, "an annotation could speak of");
  database()
      .prepare(
          "INSERT INTO annotation (cell_id, predictions, metric, reason, reviewer, environment_id,"
          " made_at) VALUES (?, ?, ?, ?, ?, ?, ?)")
      .run(key, annotation.predictions, annotation.metric, annotation.reason, annotation.reviewer,
           environment(), time());
  return true;
}

std::int64_t StoreWriter::cell_key(const Digest& digest, const char* what) {
  Statement cell = database().prepare("SELECT id FROM cell WHERE digest = ?");
  if (!cell.start(digest)) {
    throw Error(Code::kStore,
                fmt::format("{}: no cell {:.12} that {}", path().string(), to_hex(digest), what),
                "name a run that the store has");
  }
  return cell.integer(0);
}

}  // namespace cupel::results
