#include "reports/html/example_blocks.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "metrics/builtin.h"
#include "metrics/classification/label_text.h"
#include "reports/html/alignment_pairs.h"
#include "reports/html/block.h"
#include "reports/html/example_kind.h"
#include "reports/html/json_parts.h"
#include "reports/html/molecule_table.h"

namespace cupel::reports {
namespace {

using results::Measurement;
using results::Row;
using results::Run;
using Answer = ExampleKind::Answer;
/// Numbers in the molecule table, one an example; empty: these texts are no molecules.
using Molecules = std::vector<std::size_t>;

constexpr int kDigits = 5;

/// The texts of one run's examples.
struct Texts {
  std::vector<Row> rows;
  ExampleKind kind;
  Molecules inputs;
  Molecules references;
  Molecules predictions;
};

Texts texts_of(results::Store& store, const Run& run, MoleculeTable& molecules) {
  Texts texts{.rows = store.rows(run, 0, run.stored), .kind = example_kind(run.cell.task)};
  for (const Row& row : texts.rows) {
    if (texts.kind.input_molecule) texts.inputs.push_back(molecules.add(molecule_of(row.input)));
    if (texts.kind.reference_molecule) texts.references.push_back(molecules.add(row.reference));
    if (texts.kind.prediction_molecule) texts.predictions.push_back(molecules.add(row.prediction));
  }
  return texts;
}

void write_molecules(JsonWriter& json, const char* key, const Molecules& numbers) {
  json.key(key).begin_array();
  for (const std::size_t number : numbers) json.value(number);
  json.end_array();
}

std::string set_document(const Texts& texts) {
  JsonWriter json(JsonLayout::kCompact);
  json.begin_object().key("inputs").begin_array();
  for (const Row& row : texts.rows) json.value(row.input);
  json.end_array().key("references").begin_array();
  for (const Row& row : texts.rows) {  // those of alignment stand with its pairs
    texts.kind.answer == Answer::kAlignment ? json.null() : json.value(row.reference);
  }
  json.end_array();
  write_molecules(json, "input_molecules", texts.inputs);
  write_molecules(json, "reference_molecules", texts.references);
  json.end_object();
  return json.str();
}

/// Shorter numbers: nobody reads more digits of a logit.
std::string short_labels(const std::string& prediction) {
  const auto logits = metrics::read_logits(prediction);
  if (!logits) return prediction;
  JsonWriter json(JsonLayout::kCompact);
  json.begin_array();
  for (const float logit : *logits) write_rounded(json, logit, kDigits);
  json.end_array();
  std::string text = json.str();
  text.pop_back();  // the line break
  return text;
}

void write_predictions(JsonWriter& json, const Texts& texts) {
  if (texts.kind.answer == Answer::kAlignment) {
    json.key("pairs").begin_array();
    for (const Row& row : texts.rows)
      write_alignment(json, row.input, row.reference, row.prediction);
    json.end_array();
    return;
  }
  const bool labels = texts.kind.answer == Answer::kLabels;
  json.key("predictions").begin_array();
  for (const Row& row : texts.rows)
    json.value(labels ? short_labels(row.prediction) : row.prediction);
  json.end_array();
}

void write_comparison(JsonWriter& json, const Texts& texts, const MoleculeTable& molecules,
                      unsigned jobs) {
  write_molecules(json, "molecules", texts.predictions);
  json.key("invalid").begin_array();
  for (std::size_t i = 0; i < texts.predictions.size(); ++i) {
    if (!molecules.valid(texts.predictions[i])) json.value(i);
  }
  json.end_array().key("differences").begin_array();
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  for (std::size_t i = 0; i < texts.predictions.size(); ++i)
    pairs.emplace_back(texts.predictions[i], texts.references[i]);
  for (const auto& [left, right] : molecules.differences(pairs, jobs)) {
    json.begin_array();
    for (const auto* side : {&left, &right}) {
      json.begin_array();
      for (const std::size_t number : *side) json.value(number);
      json.end_array();
    }
    json.end_array();
  }
  json.end_array();
}

/// The metric that finishes stored statistics; null: it is not known to this program.
std::unique_ptr<metrics::Metric> stored_metric(const metrics::Choices& choices,
                                               const Measurement& measurement) {
  const metrics::MetricEntry* entry = metrics::metric_registry().find(measurement.metric);
  if (entry == nullptr) return nullptr;
  if (entry->make_pair_metric) return entry->make_pair_metric(choices, {});
  if (entry->make_rank_metric) return entry->make_rank_metric(choices);
  return nullptr;  // labels: one example has no ROC curve
}

using Values = std::vector<std::optional<double>>;

/// Of each row alone; empty: no row has one.
Values own_scores(const metrics::Metric& metric, const StatisticTable& rows) {
  Values values;
  bool some = false;
  StatisticTable alone(1, rows.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i) {
    std::ranges::copy(rows.row(i), alone.row(0).begin());
    const metrics::Value value = metric.score(alone);
    values.push_back(value ? std::optional(*value) : std::nullopt);
    some = some || value;
  }
  return some ? values : Values();
}

void write_scores(JsonWriter& json, results::Store& store, const ChosenRuns& chosen, std::size_t r,
                  const SectionOf& sections) {
  json.key("scores").begin_array();
  for (const Measurement& one : chosen.measurements[r]) {
    const Run& run = chosen.runs[r];
    const auto metric = stored_metric(section_of(chosen, run, one, sections).choices, one);
    if (metric == nullptr || metric->statistics() != one.columns) continue;
    const Values values = own_scores(*metric, store.statistics(run, one));
    if (values.empty()) continue;
    json.begin_object().key("protocol").value(chosen.protocols.at(one.protocol_key).name);
    json.key("metric").value(one.metric).key("higher_is_better");
    json.value(metrics::metric_registry().get(one.metric).higher_is_better);
    json.key("values").begin_array();
    for (const auto& value : values)
      value ? write_rounded(json, *value, kDigits) : static_cast<void>(json.null());
    json.end_array().end_object();
  }
  json.end_array();
}

/// The run of the set that has the most answers speaks for its examples.
std::map<std::int64_t, std::size_t> speakers(const std::vector<Run>& runs) {
  std::map<std::int64_t, std::size_t> speaker;
  for (std::size_t r = 0; r < runs.size(); ++r) {
    const auto [at, is_new] = speaker.try_emplace(runs[r].set_key, r);
    if (!is_new && runs[at->second].stored < runs[r].stored) at->second = r;
  }
  return speaker;
}

std::string directory(const std::vector<Run>& runs) {
  JsonWriter json(JsonLayout::kCompact);
  json.begin_object().key("molecules_in_block").value(kMoleculesInBlock).key("runs").begin_array();
  for (const Run& run : runs) {
    json.begin_object().key("run").value(run.id()).key("set").value(run.set_key).key("answer");
    json.value(answer_name(example_kind(run.cell.task).answer)).end_object();
  }
  json.end_array().end_object();
  return plain_block("examples", json.str());
}

}  // namespace

std::string example_blocks(results::Store& store, const ChosenRuns& chosen,
                           const SectionOf& sections, unsigned jobs) {
  MoleculeTable molecules;
  std::vector<Texts> all;
  for (const Run& run : chosen.runs) all.push_back(texts_of(store, run, molecules));
  molecules.lay_out(jobs);
  std::string blocks = directory(chosen.runs);
  for (const auto& [set, run] : speakers(chosen.runs))
    blocks += packed_block(fmt::format("set-{}", set), set_document(all[run]));
  for (std::size_t r = 0; r < all.size(); ++r) {
    JsonWriter json(JsonLayout::kCompact);
    json.begin_object();
    write_predictions(json, all[r]);
    write_comparison(json, all[r], molecules, jobs);
    write_scores(json, store, chosen, r, sections);
    json.end_object();
    blocks += packed_block("run-" + chosen.runs[r].id(), json.str());
  }
  for (std::size_t block = 0; block < molecules.blocks(); ++block)
    blocks += packed_block(fmt::format("molecules-{}", block), molecules.block(block));
  return blocks;
}

}  // namespace cupel::reports
