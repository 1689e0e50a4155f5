#include <algorithm>
#include <set>
#include <utility>

#include "harness/core/digest.h"
#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {
namespace {

using results::Run;
using results::StoredStage;

void write_run(JsonWriter& json, results::Store& store, const Run& run, std::size_t environment) {
  json.begin_object().key("id").value(run.id()).key("digest").value(to_hex(run.digest));
  json.key("model").value(run.cell.model).key("task").value(run.cell.task);
  json.key("dataset").value(run.cell.dataset).key("split").value(run.cell.split).key("seed");
  write_optional(json, run.cell.seed);
  json.key("examples").value(to_hex(run.examples)).key("size").value(run.size);
  json.key("predictions");
  run.predictions ? json.value(to_hex(*run.predictions)) : json.null();
  json.key("config").value(run.cell.config).key("source").value(run.source);
  json.key("environment").value(environment).key("started_at").value(run.started_at);
  json.key("finished_at").value(run.finished_at).key("stages").begin_array();
  for (const StoredStage& stage : store.stages_of(run))
    json.value(to_hex(stage.digest()).substr(0, results::kRunId));
  json.end_array().end_object();
}

void write_stage(JsonWriter& json, const StoredStage& stage, std::size_t environment) {
  json.begin_object().key("digest").value(to_hex(stage.digest()));
  json.key("objective").value(stage.objective).key("dataset").value(stage.dataset).key("seed");
  write_optional(json, stage.seed);
  json.key("parent");
  stage.parent ? json.value(to_hex(*stage.parent)) : json.null();
  json.key("config").value(stage.config).key("environment").value(environment);
  json.key("made_at").value(stage.made_at).key("ends").begin_array();
  for (const results::StageEnd& end : stage.ends) {
    json.begin_object().key("artifact").value(to_hex(end.artifact));
    json.key("seconds").value(end.seconds).key("ended_at").value(end.ended_at).end_object();
  }
  json.end_array().end_object();
}

/// Each environment once, by number.
class Environments {
 public:
  std::size_t number(const std::string& facts) {
    const auto at = std::ranges::find(all_, facts);
    if (at == all_.end()) all_.push_back(facts);
    return static_cast<std::size_t>(std::ranges::find(all_, facts) - all_.begin());
  }
  void write(JsonWriter& json) const {
    json.key("environments").begin_array();
    for (const std::string& facts : all_) json.value(facts);
    json.end_array();
  }

 private:
  std::vector<std::string> all_;
};

void write_protocols(JsonWriter& json, const ChosenRuns& chosen) {
  std::set<std::int64_t> used;
  for (const auto& measurements : chosen.measurements) {
    for (const results::Measurement& one : measurements) used.insert(one.protocol_key);
  }
  json.key("protocols").begin_array();
  for (const std::int64_t key : used) {
    const results::StoredProtocol& one = chosen.protocols.at(key);
    json.begin_object().key("name").value(one.name).key("digest").value(to_hex(one.digest()));
    json.key("body").value(one.body).end_object();
  }
  json.end_array();
}

}  // namespace

std::string provenance_document(results::Store& store, const ChosenRuns& chosen) {
  JsonWriter json(JsonLayout::kCompact);
  Environments environments;
  std::set<Digest> behind;
  json.begin_object().key("runs").begin_array();
  for (const Run& run : chosen.runs) {
    write_run(json, store, run, environments.number(run.environment));
    for (const StoredStage& stage : store.stages_of(run)) behind.insert(stage.digest());
  }
  json.end_array().key("stages").begin_array();
  for (const StoredStage& stage : store.stages()) {
    if (behind.contains(stage.digest()))
      write_stage(json, stage, environments.number(stage.environment));
  }
  json.end_array();
  environments.write(json);
  write_protocols(json, chosen);
  json.key("plans").begin_array();
  for (const results::StoredPlan& plan : store.plans()) {
    json.begin_object().key("id").value(plan.id()).key("digest").value(to_hex(plan.digest()));
    json.key("name").value(plan.name).key("manifest").value(plan.manifest).end_object();
  }
  json.end_array().end_object();
  return json.str();
}

}  // namespace cupel::reports
