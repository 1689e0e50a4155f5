#include <algorithm>
#include <optional>
#include <set>

#include "metrics/builtin.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/retrieval_metrics.h"
#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {
namespace {

using results::Measurement;
using results::Run;

constexpr std::size_t kLast = 50;

bool has_ranks(const Measurement& measurement) {
  const metrics::MetricEntry* entry = metrics::metric_registry().find(measurement.metric);
  return entry != nullptr && entry->family == metrics::MetricEntry::Family::kRetrieval;
}

/// By k from 1; empty: no query counts.
std::vector<double> recalls(const StatisticTable& rows, metrics::TieRule rule) {
  std::vector<double> sums(kLast, 0.0);
  double weights = 0.0;
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    const metrics::TieRank rank = metrics::stored_rank(rows.row(i));
    weights += metrics::weight(rank, rule);
    for (std::size_t k = 1; k <= kLast; ++k) sums[k - 1] += metrics::hits(rank, rule, k);
  }
  if (weights == 0.0) return {};
  for (double& sum : sums) sum /= weights;
  return sums;
}

}  // namespace

std::string retrieval_document(results::Store& store, const ChosenRuns& chosen,
                               const SectionOf& sections) {
  JsonWriter json(JsonLayout::kCompact);
  json.begin_array();
  for (std::size_t r = 0; r < chosen.runs.size(); ++r) {
    const Run& run = chosen.runs[r];
    std::set<std::int64_t> drawn;  // protocols: any metric of one has all ranks
    for (const Measurement& one : chosen.measurements[r]) {
      if (!has_ranks(one) || !drawn.insert(one.protocol_key).second) continue;
      const std::string ties = section_of(chosen, run, one, sections).choices.text("ties");
      const auto curve = recalls(store.statistics(run, one), metrics::tie_rule(ties));
      if (curve.empty()) continue;
      json.begin_object().key("run").value(run.id()).key("model").value(run.cell.model);
      json.key("seed");
      write_optional(json, run.cell.seed);
      json.key("task").value(run.cell.task).key("dataset").value(run.cell.dataset);
      json.key("split").value(run.cell.split).key("n").value(run.size);
      json.key("protocol").value(chosen.protocols.at(one.protocol_key).name);
      json.key("ties").value(ties).key("recall").begin_array();
      for (const double value : curve) json.value(value);
      json.end_array().end_object();
    }
  }
  json.end_array();
  return json.str();
}

}  // namespace cupel::reports
