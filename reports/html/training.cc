#include <algorithm>
#include <set>

#include "harness/core/digest.h"
#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {
namespace {

using results::CurvePoint;
using results::StoredStage;

constexpr std::size_t kMostPoints = 2000;
constexpr int kDigits = 6;

/// Means over neighbours; the step is that of the last one.
std::vector<CurvePoint> thinned(const std::vector<CurvePoint>& points) {
  const std::size_t width = (points.size() + kMostPoints - 1) / kMostPoints;
  if (width < 2) return points;
  std::vector<CurvePoint> thin;
  for (std::size_t first = 0; first < points.size(); first += width) {
    const std::size_t end = std::min(points.size(), first + width);
    double sum = 0.0;
    for (std::size_t i = first; i < end; ++i) sum += points[i].value;
    thin.push_back({.step = points[end - 1].step, .value = sum / static_cast<double>(end - first)});
  }
  return thin;
}

void write_curve(JsonWriter& json, const std::string& name, const std::vector<CurvePoint>& all) {
  const std::vector<CurvePoint> points = thinned(all);
  json.begin_object().key("name").value(name).key("points").value(all.size());
  json.key("steps").begin_array();
  for (const CurvePoint& point : points) json.value(static_cast<std::size_t>(point.step));
  json.end_array().key("values").begin_array();
  for (const CurvePoint& point : points) write_rounded(json, point.value, kDigits);
  json.end_array().end_object();
}

/// A checksum says whether two states are the same; a line of them says nothing.
bool is_curve(const std::string& name) { return name != "state-checksum"; }

void write_stage(JsonWriter& json, results::Store& store, const StoredStage& stage,
                 const std::set<std::string>& models) {
  json.begin_object().key("id").value(to_hex(stage.digest()).substr(0, results::kRunId));
  json.key("objective").value(stage.objective).key("dataset").value(stage.dataset).key("seed");
  write_optional(json, stage.seed);
  json.key("models").begin_array();
  for (const std::string& model : models) json.value(model);
  json.end_array().key("curves").begin_array();
  for (const std::string& name : store.curves(stage)) {
    if (is_curve(name)) write_curve(json, name, store.curve(stage, name));
  }
  json.end_array().end_object();
}

}  // namespace

std::string training_document(results::Store& store, const ChosenRuns& chosen) {
  std::map<Digest, std::set<std::string>> models;  // of the runs that stand on a stage
  for (const results::Run& run : chosen.runs) {
    for (const StoredStage& stage : store.stages_of(run))
      models[stage.digest()].insert(run.cell.model);
  }
  JsonWriter json(JsonLayout::kCompact);
  json.begin_array();
  for (const StoredStage& stage : store.stages()) {
    const auto at = models.find(stage.digest());
    if (at != models.end()) write_stage(json, store, stage, at->second);
  }
  json.end_array();
  return json.str();
}

}  // namespace cupel::reports
