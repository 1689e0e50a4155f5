#include "reports/throughput.h"

#include <map>

#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {

std::string throughput_document(results::Store& store, const ChosenRuns& chosen) {
  const auto timings = store.timings();
  const auto rows = throughput_rows(chosen.runs, timings);
  std::map<std::string, std::string> environments;  // by time
  for (const ThroughputRow& row : rows) environments.emplace(row.measured_at, row.environment);
  JsonWriter json(JsonLayout::kCompact);
  json.begin_object().key("table");
  write_table(json, throughput_table(rows));
  json.key("measurements").begin_array();
  for (const auto& [time, environment] : environments) {
    json.begin_object().key("measured_at").value(time);
    json.key("environment").value(environment).end_object();
  }
  return json.end_array().end_object().str();
}

}  // namespace cupel::reports
