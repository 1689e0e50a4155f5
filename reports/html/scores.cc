#include <algorithm>

#include "reports/html/documents.h"
#include "reports/html/json_parts.h"
#include "reports/ledger.h"
#include "results/published.h"

namespace cupel::reports {

std::string score_document(results::Store& store, const RunChoice& choice) {
  JsonWriter json(JsonLayout::kCompact);
  write_table(json, score_tables(store, choice, false).front());
  return json.str();
}

namespace {

void write_computed(JsonWriter& json, const LedgerRow& row) {
  json.key("computed");
  if (!row.computed) {
    json.null();
    return;
  }
  const ComputedCell& cell = *row.computed;
  json.begin_object().key("run").value(cell.run).key("protocol").value(cell.protocol);
  json.key("value");
  write_optional(json, cell.value);
  json.key("low");
  write_optional(json, cell.low);
  json.key("high");
  write_optional(json, cell.high);
  json.key("n").value(cell.n).key("signature").value(cell.signature).end_object();
}

}  // namespace

std::string ledger_document(results::Store& store, const ChosenRuns& chosen) {
  const auto& [cells, reasons] = results::published_results();
  std::vector<ComputedCell> computed = computed_cells(store);
  std::erase_if(computed, [&](const ComputedCell& one) {
    return std::ranges::none_of(chosen.runs,
                                [&](const results::Run& run) { return run.id() == one.run; });
  });
  const std::vector<LedgerRow> rows = make_ledger(cells, computed, reasons);
  JsonWriter json(JsonLayout::kCompact);
  json.begin_array();
  for (const LedgerRow& row : rows) {
    const results::PublishedCell& cell = row.published;
    json.begin_object().key("paper").value(cell.name).key("arxiv").value(cell.arxiv);
    json.key("table").value(cell.table).key("task").value(cell.task);
    json.key("dataset").value(cell.dataset).key("split").value(cell.split);
    json.key("model").value(cell.model).key("run_model").value(cell.run_model);
    json.key("metric").value(cell.metric).key("protocol").value(cell.protocol);
    json.key("value").value(cell.value).key("std").value(cell.std).key("unit").value(cell.unit);
    json.key("source").value(cell.source).key("confidence").value(cell.confidence);
    json.key("note").value(cell.note).key("status").value(status_name(row.status));
    json.key("reason").value(row.reason);
    write_computed(json, row);
    json.end_object();
  }
  json.end_array();
  return json.str();
}

}  // namespace cupel::reports
