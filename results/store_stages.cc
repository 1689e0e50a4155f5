// What version 3 of the schema added. Older stores can be read, and have none of it.
#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "results/store.h"

namespace cupel::results {
namespace {

bool has_stages(Database& database) { return database.integer("PRAGMA user_version") >= 3; }

/// A parent that somebody wrote into the file may lead round in a circle.
constexpr std::size_t kLongestChain = 1000;

constexpr std::string_view kStageQuery =
    "SELECT stage.id, config, objective, dataset, seed, parent, facts, made_at FROM stage"
    " JOIN environment ON environment.id = environment_id";

StoredStage read_stage(Database& database, const Statement& row) {
  StoredStage stage{.key = row.integer(0),
                    .config = std::string(row.text(1)),
                    .objective = std::string(row.text(2)),
                    .dataset = std::string(row.text(3)),
                    .seed = {},
                    .parent = {},
                    .environment = std::string(row.text(6)),
                    .made_at = std::string(row.text(7))};
  if (!row.is_null(4)) stage.seed = row.integer(4);
  if (!row.is_null(5)) stage.parent = row.digest(5);
  Statement end = database.prepare(
      "SELECT artifact, seconds, ended_at FROM stage_end WHERE stage_id = ? ORDER BY ended_at, 1");
  for (bool more = end.start(stage.key); more; more = end.step()) {
    stage.ends.push_back(
        {.artifact = end.digest(0), .seconds = end.real(1), .ended_at = std::string(end.text(2))});
  }
  return stage;
}

/// The digest that the configuration of a cell names; nothing: its model has no stages.
std::optional<Digest> stage_in(const Run& run) {
  const JsonValue config = parse_json(run.cell.config, "run " + run.id());
  const auto at = std::ranges::find(config.members, "stage", &JsonMember::key);
  if (at == config.members.end()) return std::nullopt;
  return from_hex(at->value.text);
}

}  // namespace

Digest StoredStage::digest() const {
  Sha256 sha;
  sha.update(config);
  return sha.digest();
}

std::vector<StoredStage> Store::stages() {
  std::vector<StoredStage> all;
  if (!has_stages(database())) return all;
  Statement row = database().prepare(std::string(kStageQuery) + " ORDER BY stage.id");
  for (bool more = row.start(); more; more = row.step()) all.push_back(read_stage(database(), row));
  return all;
}

std::optional<StoredStage> Store::stage(const Digest& digest) {
  if (!has_stages(database())) return std::nullopt;
  Statement row = database().prepare(std::string(kStageQuery) + " WHERE digest = ?");
  if (!row.start(digest)) return std::nullopt;
  return read_stage(database(), row);
}

std::vector<StoredStage> Store::stages_of(const Run& run) {
  std::vector<StoredStage> chain;
  for (std::optional<Digest> next = stage_in(run); next; next = chain.back().parent) {
    auto found = stage(*next);
    if (!found || chain.size() == kLongestChain) {
      throw Error(Code::kIntegrity,
                  fmt::format("{}: run {}: the stage {:.12} of its model is not there",
                              path().string(), run.id(), to_hex(*next)),
                  "somebody changed the store; restore a copy");
    }
    chain.push_back(*std::move(found));
  }
  std::ranges::reverse(chain);
  return chain;
}

std::vector<std::string> Store::curves(const StoredStage& stage) {
  std::vector<std::string> names;
  if (!has_stages(database())) return names;
  Statement row =
      database().prepare("SELECT DISTINCT name FROM curve WHERE stage_id = ? ORDER BY name");
  for (bool more = row.start(stage.key); more; more = row.step()) names.emplace_back(row.text(0));
  return names;
}

std::vector<CurvePoint> Store::curve(const StoredStage& stage, std::string_view name) {
  std::vector<CurvePoint> points;
  if (!has_stages(database())) return points;
  Statement row = database().prepare(
      "SELECT step, value FROM curve WHERE stage_id = ? AND name = ? ORDER BY step");
  for (bool more = row.start(stage.key, name); more; more = row.step())
    points.push_back({.step = static_cast<std::uint64_t>(row.integer(0)), .value = row.real(1)});
  return points;
}

StoredStage StoreWriter::put_stage(StoredStage stage) {
  const Digest digest = stage.digest();
  if (auto known = this->stage(digest)) return *std::move(known);
  database()
      .prepare(
          "INSERT INTO stage (digest, config, objective, dataset, seed, parent, environment_id,"
          " made_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")
      .run(digest, stage.config, stage.objective, stage.dataset, stage.seed, stage.parent,
           environment(), time());
  return *this->stage(digest);
}

void StoreWriter::end_stage(const StoredStage& stage, const StageEnd& end) {
  database()
      .prepare(
          "INSERT INTO stage_end SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
          " (SELECT 1 FROM stage_end WHERE stage_id = ?1 AND artifact = ?2)")
      .run(stage.key, end.artifact, end.seconds, end.ended_at);
}

void StoreWriter::add_point(const StoredStage& stage, std::string_view name,
                            const CurvePoint& point) {
  database()
      .prepare(
          "INSERT INTO curve SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS"
          " (SELECT 1 FROM curve WHERE stage_id = ?1 AND name = ?2 AND step = ?3)")
      .run(stage.key, name, static_cast<std::int64_t>(point.step), point.value);
}

}  // namespace cupel::results
