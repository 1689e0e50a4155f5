#include "metrics/protocol.h"

#include <algorithm>
#include <set>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/nearest.h"
#include "metrics/builtin.h"
#include "metrics/protocols/embedded.h"

namespace cupel::metrics {
namespace {

using Kind = ChoiceSpec::Kind;
using Family = MetricEntry::Family;

/// What a task may measure, and the choices about its input that all its metrics depend on.
struct TaskRule {
  std::string name;
  Family family;
  std::vector<std::string> input_choices;
};

const std::vector<TaskRule>& task_rules() {
  static const std::vector<TaskRule> rules = {
      {"captioning", Family::kText, {"columns", "strip-prefix"}},
      {"generation", Family::kMolecule, {"columns", "strip-prefix"}},
      {"retrieval", Family::kRetrieval, {}},
      {"choice", Family::kChoice, {}},
      {"property", Family::kProperty, {}},
      {"alignment", Family::kAlignment, {}},
  };
  return rules;
}

std::vector<std::string> as_strings(const std::vector<std::string_view>& views) {
  return {views.begin(), views.end()};
}

void check_allowed(const JsonObject& choice, const JsonValue& at, const ChoiceSpec& spec,
                   const std::string& value) {
  if (std::ranges::contains(spec.allowed, value)) return;
  choice.fail(at, fmt::format("'{}' is no value of '{}'", value, spec.key),
              suggest(value, as_strings(spec.allowed)));
}

/// Every set of failures must hold these two: what does not parse has no molecule to measure.
void check_invalid_set(const JsonObject& choice, const JsonValue& at,
                       const std::vector<std::string>& set) {
  for (const std::string_view needed : {"syntax", "chemistry"}) {
    if (!std::ranges::contains(set, needed)) {
      choice.fail(at, fmt::format("'invalid' must hold '{}'", needed),
                  "a string that does not parse cannot count as a valid molecule");
    }
  }
}

/// Atomas' rule makes one query of every tied position, and only one candidate is chosen.
void check_ties(const JsonObject& choices, const JsonValue& at, const TaskRule& rule,
                const Choices& chosen) {
  if (rule.family == Family::kChoice && chosen.text("ties") == "atomas")
    choices.fail(at, "'ties' of the task 'choice' cannot be 'atomas'",
                 "use optimistic, expected or pessimistic");
}

Choices::Value read_value(JsonObject& choice, const ChoiceSpec& spec) {
  const JsonValue& at = choice.member("value");
  switch (spec.kind) {
    case Kind::kFlag:
      if (at.kind != JsonValue::Kind::kBool)
        choice.fail(at, fmt::format("'{}' must be true or false", spec.key));
      return at.truth;
    case Kind::kInteger: {
      const std::int64_t number = choice.integer("value");
      if (number < 0 || number > (1 << 20))
        choice.fail(at, fmt::format("'{}' must lie between 0 and 1048576", spec.key));
      return number;
    }
    case Kind::kText:
      return choice.text("value");
    case Kind::kOneOf: {
      const std::string& value = choice.text("value");
      check_allowed(choice, at, spec, value);
      return value;
    }
    case Kind::kSetOf:
      break;
  }
  std::vector<std::string> set = choice.texts("value");
  for (const std::string& member : set) check_allowed(choice, at, spec, member);
  std::ranges::sort(set);
  if (std::ranges::adjacent_find(set) != set.end())
    choice.fail(at, fmt::format("'{}' holds a value twice", spec.key));
  if (spec.key == "invalid") check_invalid_set(choice, at, set);
  return set;
}

std::vector<std::string> read_metrics(JsonObject& task, const TaskRule& rule) {
  const JsonValue& at = task.member("metrics");
  std::vector<std::string> metrics = task.texts("metrics");
  if (metrics.empty()) task.fail(at, "a task needs at least one metric");
  std::vector<std::string> known;
  for (const MetricEntry& entry : metric_registry().entries()) {
    if (entry.family == rule.family) known.push_back(entry.id);
  }
  for (std::size_t i = 0; i < metrics.size(); ++i) {
    if (!std::ranges::contains(known, metrics[i])) {
      task.fail(at.items[i], fmt::format("'{}' is no metric of {}", metrics[i], rule.name),
                suggest(metrics[i], known));
    }
    if (std::find(metrics.begin(), metrics.begin() + static_cast<std::ptrdiff_t>(i), metrics[i]) !=
        metrics.begin() + static_cast<std::ptrdiff_t>(i)) {
      task.fail(at.items[i], fmt::format("metric '{}' is listed twice", metrics[i]));
    }
  }
  return metrics;
}

std::vector<std::string> needed_choices(const TaskRule& rule,
                                        const std::vector<std::string>& metrics) {
  std::set<std::string> needed(rule.input_choices.begin(), rule.input_choices.end());
  for (const std::string& metric : metrics) {
    const auto& choices = metric_registry().get(metric).choices;
    needed.insert(choices.begin(), choices.end());
  }
  return {needed.begin(), needed.end()};
}

TaskProtocol read_task(const JsonValue& value, const TaskRule& rule, const std::string& origin) {
  JsonObject task(value, origin);
  TaskProtocol result;
  result.metrics = read_metrics(task, rule);
  JsonObject choices(task.member("choices"), origin);
  for (const std::string& key : needed_choices(rule, result.metrics)) {
    JsonObject choice(choices.member(key), origin);
    result.choices.set(key, read_value(choice, *find_choice(key)));
    const std::string& source = choice.text("source");
    if (source.empty())
      choice.fail(choice.member("source"), fmt::format("choice '{}' names no source", key));
    result.sources[key] = source;
    choice.finish();
  }
  choices.finish();
  if (const JsonValue* ties = choices.find("ties"))
    check_ties(choices, *ties, rule, result.choices);
  if (task.find("source") != nullptr) result.source = task.text("source");
  if (result.source.empty() && result.sources.empty())
    task.fail(value, fmt::format("'{}' makes no choice and names no source", rule.name),
              "add \"source\": where these metrics are computed so");
  task.finish();
  return result;
}

void write_choice(JsonWriter& json, const TaskProtocol& task, const ChoiceSpec& spec) {
  const std::string key(spec.key);
  json.key(key).begin_object().key("value");
  switch (spec.kind) {
    case Kind::kFlag:
      json.value(task.choices.flag(key));
      break;
    case Kind::kInteger:
      json.value(task.choices.integer(key));
      break;
    case Kind::kOneOf:
    case Kind::kText:
      json.value(task.choices.text(key));
      break;
    case Kind::kSetOf:
      json.begin_array();
      for (const std::string_view member : spec.allowed) {
        if (task.choices.contains(key, member)) json.value(member);
      }
      json.end_array();
      break;
  }
  json.key("source").value(task.sources.at(key)).end_object();
}

}  // namespace

const TaskProtocol& Protocol::task(const std::string& name) const {
  const auto found = tasks.find(name);
  if (found != tasks.end()) return found->second;
  std::vector<std::string> known;
  for (const auto& [task, ignored] : tasks) known.push_back(task);
  throw Error(Code::kUsage, fmt::format("protocol '{}' does not define the task '{}'", id, name),
              suggest(name, known));
}

Protocol parse_protocol(std::string_view bytes, const std::string& origin) {
  const JsonValue root = parse_json(bytes, origin);
  JsonObject object(root, origin);
  Protocol protocol;
  protocol.id = object.text("id");
  protocol.summary = object.text("summary");
  protocol.version = object.integer("version");
  protocol.origin = object.text("origin");
  if (protocol.id.empty() || protocol.id.find_first_of("./ ") != std::string::npos) {
    object.fail(object.member("id"), "'id' must be a word without '.', '/' and spaces");
  }
  if (protocol.version < 1) object.fail(object.member("version"), "'version' must be at least 1");
  JsonObject tasks(object.member("tasks"), origin);
  for (const TaskRule& rule : task_rules()) {
    if (const JsonValue* value = tasks.find(rule.name))
      protocol.tasks[rule.name] = read_task(*value, rule, origin);
  }
  tasks.finish();
  if (protocol.tasks.empty())
    object.fail(object.member("tasks"), "a protocol needs at least one task");
  object.finish();
  return protocol;
}

const Registry<Protocol>& builtin_protocols() {
  static const Registry<Protocol> protocols = [] {
    Registry<Protocol> all("protocol");
    for (const auto& [file, bytes] : embedded_protocols())
      all.add(parse_protocol(bytes, std::string(file)));
    return all;
  }();
  return protocols;
}

Protocol find_protocol(const std::string& name) {
  if (name.ends_with(".json")) return parse_protocol(read_file(name, std::size_t{1} << 20U), name);
  return builtin_protocols().get(name);
}

void write_protocol(JsonWriter& json, const Protocol& protocol) {
  json.begin_object();
  json.key("id").value(protocol.id).key("summary").value(protocol.summary);
  json.key("version").value(protocol.version).key("origin").value(protocol.origin);
  json.key("tasks").begin_object();
  for (const auto& [name, task] : protocol.tasks) {
    json.key(name).begin_object().key("metrics").begin_array();
    for (const std::string& metric : task.metrics) json.value(metric);
    json.end_array();
    if (!task.source.empty()) json.key("source").value(task.source);
    json.key("choices").begin_object();
    for (const ChoiceSpec& spec : choice_specs()) {
      if (task.choices.has(std::string(spec.key))) write_choice(json, task, spec);
    }
    json.end_object().end_object();
  }
  json.end_object().end_object();
}

}  // namespace cupel::metrics
