#include "reports/comparison_report.h"
#include "reports/html/documents.h"
#include "reports/html/json_parts.h"

namespace cupel::reports {
namespace {

void write_variants(JsonWriter& json, const Ablation& ablation) {
  const auto text = [&](const char* key, const std::optional<std::string>& value) {
    json.key(key);
    value ? json.value(*value) : json.null();
  };
  json.key("variants").begin_array();
  for (const AblationVariant& variant : ablation.variants) {
    json.begin_object().key("name").value(variant.name).key("known").value(variant.known);
    json.key("settings").begin_array();
    for (const SettingDifference& one : variant.settings) {
      json.begin_object().key("key").value(one.key);
      text("reference", one.baseline);
      text("variant", one.candidate);
      json.end_object();
    }
    json.end_array().end_object();
  }
  json.end_array();
}

void write_effect(JsonWriter& json, const AblationRow& row) {
  json.key("effect");
  if (!row.effect) {
    json.null();
    return;
  }
  const AblationEffect& effect = *row.effect;
  json.begin_object().key("value").value(effect.value).key("low").value(effect.low);
  json.key("high").value(effect.high).key("p").value(effect.p);
  json.key("p_holm").value(effect.p_holm).end_object();
}

void write_rows(JsonWriter& json, const Ablation& ablation) {
  json.key("rows").begin_array();
  for (const AblationRow& row : ablation.rows) {
    json.begin_object().key("variant").value(row.variant).key("task").value(row.task);
    json.key("dataset").value(row.dataset).key("split").value(row.split);
    json.key("protocol").value(row.protocol).key("metric").value(row.metric);
    json.key("higher_is_better").value(row.higher_is_better);
    json.key("n").value(row.examples).key("seeds_planned").value(row.seeds_planned);
    json.key("seeds").begin_array();
    for (const AblationSeed& seed : row.seeds) {
      json.begin_array();
      write_optional(json, seed.seed);
      write_optional(json, seed.reference);
      write_optional(json, seed.variant);
      json.end_array();
    }
    json.end_array();
    write_effect(json, row);
    json.key("reason").value(row.reason).key("verdict").value(verdict_name(row.verdict));
    json.key("signature").value(row.signature).end_object();
  }
  json.end_array();
}

void write_gaps(JsonWriter& json, const Ablation& ablation) {
  json.key("gaps").begin_array();
  for (const AblationGap& gap : ablation.gaps) {
    json.begin_object().key("variant").value(gap.variant).key("task").value(gap.task);
    json.key("dataset").value(gap.dataset).key("seed");
    write_optional(json, gap.seed);
    json.key("reason").value(gap.reason).end_object();
  }
  json.end_array();
}

}  // namespace

std::string ablation_document(const Ablation* ablation, const std::string& why_not) {
  JsonWriter json(JsonLayout::kCompact);
  json.begin_object().key("why_not").value(why_not);
  if (ablation != nullptr) {
    json.key("plan").value(ablation->plan).key("plan_name").value(ablation->plan_name);
    json.key("reference").value(ablation->reference).key("why").value(ablation->why);
    json.key("confidence").value(ablation->options.tests.confidence);
    json.key("resamples").value(ablation->options.tests.resamples);
    write_variants(json, *ablation);
    write_rows(json, *ablation);
    write_gaps(json, *ablation);
  }
  json.end_object();
  return json.str();
}

}  // namespace cupel::reports
