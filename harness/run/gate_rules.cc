#include "harness/run/gate_rules.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/json.h"
#include "harness/core/registry.h"
#include "harness/plan/manifest_schema.h"
#include "metrics/builtin.h"
#include "tasks/task.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;
using metrics::Limits;

constexpr std::size_t kMaxRules = std::size_t{1} << 20U;

/// A number between `low` and `high`, both excluded unless `low_too`.
double number(JsonObject& object, const JsonValue& value, const std::string& key, double low,
              double high, bool low_too = false) {
  if (value.kind != Kind::kInteger && value.kind != Kind::kReal)
    object.fail(value, fmt::format("'{}' must be a number", key));
  const bool above = low_too ? value.real >= low : value.real > low;
  if (!above || value.real >= high)
    object.fail(value, fmt::format("'{}' must be {} {} and below {}", key,
                                   low_too ? "at least" : "above", low, high));
  return value.real;
}

bool truth(JsonObject& object, const std::string& key, bool fallback) {
  const JsonValue* value = object.find(key);
  if (value == nullptr) return fallback;
  if (value->kind != Kind::kBool)
    object.fail(*value, fmt::format("'{}' must be true or false", key));
  return value->truth;
}

/// Of an object that may have other keys too. `most`: a larger tolerance makes no sense.
Limits limits_in(JsonObject& object, double most) {
  const JsonValue& least = object.member("minimum-effect");
  const Limits limits{
      .tolerance = number(object, object.member("tolerance"), "tolerance", 0.0, most),
      .minimum_effect = number(object, least, "minimum-effect", 0.0, most, true)};
  if (limits.minimum_effect > limits.tolerance)
    object.fail(least, "'minimum-effect' is larger than 'tolerance'",
                "a drop that is not tolerated is a regression: lower it");
  return limits;
}

/// The registry's entry of a key, or a failure at its place.
template <typename Entry>
void require_known(JsonObject& object, const Registry<Entry>& registry, const JsonValue& at,
                   const std::string& name) {
  try {
    static_cast<void>(registry.get(name));
  } catch (const Error& error) {
    object.fail(at, error.what(), error.hint());
  }
}

std::map<std::string, Limits> metric_limits(const JsonValue& value, const std::string& origin) {
  std::map<std::string, Limits> all;
  JsonObject object(value, origin);
  for (const JsonMember& member : value.members) {
    require_known(object, metrics::metric_registry(), member.value, member.key);
    JsonObject one(member.value, origin);
    all.emplace(member.key, limits_in(one, 1e9));
    one.finish();
  }
  return all;
}

RequiredScore required_score(const JsonValue& value, const std::string& origin) {
  JsonObject object(value, origin);
  RequiredScore score{.task = object.text("task"), .metric = object.text("metric"), .model = {}};
  require_known(object, tasks::task_registry(), value, score.task);
  require_known(object, metrics::metric_registry(), value, score.metric);
  if (object.find("model") != nullptr) score.model = object.text("model");
  object.finish();
  return score;
}

/// {"name": "why"}
std::map<std::string, std::string> reasons(const JsonValue& value, const std::string& origin) {
  std::map<std::string, std::string> all;
  JsonObject object(value, origin);
  for (const JsonMember& member : value.members) {
    const std::string& reason = object.text(member.key);
    if (reason.empty()) object.fail(member.value, "an expected change needs a reason");
    all.emplace(member.key, reason);
  }
  return all;
}

ThroughputRules throughput_rules(const JsonValue& value, const std::string& origin) {
  JsonObject object(value, origin);
  ThroughputRules rules{.limits = limits_in(object, 100.0),
                        .interleaved = truth(object, "interleaved", false),
                        .required = {},
                        .expected = {}};
  if (object.find("required") != nullptr) rules.required = object.texts("required");
  if (const JsonValue* expected = object.find("expected"))
    rules.expected = reasons(*expected, origin);
  object.finish();
  return rules;
}

void read_statistics(JsonObject& object, GateRules& rules) {
  if (const JsonValue* alpha = object.find("alpha"))
    rules.alpha = number(object, *alpha, "alpha", 0.0, 0.5);
  if (const JsonValue* power = object.find("power"))
    rules.power = number(object, *power, "power", 0.5, 1.0);
  if (const JsonValue* seed = object.find("seed")) {
    if (object.integer("seed") < 0) object.fail(*seed, "'seed' must be an integer from 0 on");
    rules.seed = static_cast<std::uint64_t>(seed->integer);
  }
  rules.calibration = truth(object, "calibration", true);
}

void read_scores(JsonObject& object, const std::string& origin, GateRules& rules) {
  if (object.find("protocols") != nullptr) rules.protocols = object.texts("protocols");
  if (const JsonValue* metrics = object.find("metrics"))
    rules.metrics = metric_limits(*metrics, origin);
  if (const JsonValue* tasks = object.find("tasks")) {
    JsonObject by_task(*tasks, origin);
    for (const JsonMember& member : tasks->members) {
      require_known(by_task, tasks::task_registry(), member.value, member.key);
      rules.tasks.emplace(member.key, metric_limits(member.value, origin));
    }
  }
  const JsonValue* required = object.find("required");
  if (required == nullptr) return;
  if (required->kind != Kind::kArray) object.fail(*required, "'required' must be an array");
  for (const JsonValue& one : required->items) {
    rules.required.push_back(required_score(one, origin));
    const RequiredScore& score = rules.required.back();
    if (rules.limits_of(score.task, score.metric) == nullptr)
      object.fail(one, fmt::format("no rule covers {} of {}", score.metric, score.task),
                  "give it a tolerance under 'metrics' or 'tasks'");
  }
}

}  // namespace

const Limits* GateRules::limits_of(const std::string& task, const std::string& metric) const {
  if (const auto own = tasks.find(task); own != tasks.end()) {
    const auto at = own->second.find(metric);
    if (at != own->second.end()) return &at->second;
  }
  const auto at = metrics.find(metric);
  return at == metrics.end() ? nullptr : &at->second;
}

GateRules parse_gate_rules(std::string_view json, const std::string& origin) {
  const JsonValue root = parse_json(json, origin);
  JsonObject object(root, origin);
  GateRules rules{.origin = origin};
  if (object.find("summary") != nullptr) static_cast<void>(object.text("summary"));
  read_statistics(object, rules);
  read_scores(object, origin, rules);
  if (const JsonValue* throughput = object.find("throughput"))
    rules.throughput = throughput_rules(*throughput, origin);
  object.finish();
  if (rules.metrics.empty() && rules.tasks.empty() && !rules.throughput)
    object.fail(root, "the rules cover nothing", "give 'metrics', 'tasks' or 'throughput'");
  return rules;
}

GateRules read_gate_rules(const std::filesystem::path& path) {
  return parse_gate_rules(read_file(path, kMaxRules), path.string());
}

std::string_view gate_schema() {
  const auto schemas = embedded_schemas();
  return std::ranges::find(schemas, "gate.schema.json",
                           &std::pair<std::string_view, std::string_view>::first)
      ->second;
}

}  // namespace cupel
