#include "harness/run/comparable.h"

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "metrics/builtin.h"
#include "metrics/protocol.h"
#include "metrics/signature.h"

namespace cupel {
namespace {

using results::Measurement;

/// The protocol's name inside the store. A name that the store lacks may be a file, or misspelt.
std::string stored_name(const std::map<std::int64_t, results::StoredProtocol>& protocols,
                        const std::string& name) {
  const bool known = std::ranges::any_of(
      protocols, [&](const auto& protocol) { return protocol.second.name == name; });
  return name.empty() || known ? name : metrics::find_protocol(name).id;
}

/// What the loop over both runs' scores finds.
struct Search {
  Comparables found;
  std::vector<std::string> known;      ///< metrics that both have, under whatever signature
  std::vector<std::string> protocols;  ///< of either run
};

Search search(results::Store& store, const results::Run& baseline, const results::Run& candidate,
              const std::map<std::int64_t, results::StoredProtocol>& protocols,
              const std::function<bool(const MetricScores&)>& wanted) {
  Search result;
  const auto others = metric_scores(store, candidate, protocols);
  for (const MetricScores& left : metric_scores(store, baseline, protocols)) {
    result.protocols.push_back(left.protocol);
    const auto right = std::ranges::find_if(others, [&](const MetricScores& s) {
      return s.protocol == left.protocol && s.metric == left.metric;
    });
    if (right == others.end()) continue;
    if (!std::ranges::contains(result.known, left.metric)) result.known.push_back(left.metric);
    if (!wanted(left)) continue;
    if (auto pair = newest_shared(left, *right)) {
      result.found.metrics.push_back({.protocol = protocols.at(pair->first.protocol_key),
                                      .baseline = std::move(pair->first),
                                      .candidate = std::move(pair->second)});
    } else {
      result.found.differing.push_back(
          fmt::format("{} under {} is not comparable: {}", left.metric, left.protocol,
                      differing_fields(left.measurements.back().signature_long,
                                       right->measurements.back().signature_long)));
    }
  }
  for (const MetricScores& other : others) result.protocols.push_back(other.protocol);
  return result;
}

/// Every metric that was asked for is there, comparable or not.
void check_metrics(const std::vector<std::string>& wanted, const std::vector<std::string>& known) {
  for (const std::string& metric : wanted) {
    if (known.empty() || std::ranges::contains(known, metric)) continue;
    throw Error(
        Code::kUsage,
        fmt::format("no protocol under which both runs are scored has the metric '{}'", metric),
        suggest(metric, known));
  }
}

}  // namespace

std::vector<MetricScores> metric_scores(
    results::Store& store, const results::Run& run,
    const std::map<std::int64_t, results::StoredProtocol>& protocols) {
  std::vector<std::string> order;
  std::vector<MetricScores> all;
  for (Measurement& one : store.measurements(run)) {
    if (!one.score) continue;
    const std::string& name = protocols.at(one.protocol_key).name;
    if (!std::ranges::contains(order, name)) order.push_back(name);
    auto at = std::ranges::find_if(
        all, [&](const MetricScores& s) { return s.protocol == name && s.metric == one.metric; });
    if (at == all.end()) at = all.insert(at, {.protocol = name, .metric = one.metric});
    at->measurements.push_back(std::move(one));
  }
  std::ranges::stable_sort(
      all, {}, [&](const MetricScores& s) { return std::ranges::find(order, s.protocol); });
  return all;
}

std::optional<std::pair<Measurement, Measurement>> newest_shared(const MetricScores& baseline,
                                                                 const MetricScores& candidate) {
  for (auto left = baseline.measurements.rbegin(); left != baseline.measurements.rend(); ++left) {
    const auto right = std::ranges::find(candidate.measurements, left->signature_long,
                                         &Measurement::signature_long);
    if (right != candidate.measurements.end()) return std::pair(*left, *right);
  }
  return std::nullopt;
}

std::string differing_fields(const std::string& baseline, const std::string& candidate) {
  std::map<std::string, std::pair<std::string, std::string>> sides;
  const auto left_signature = metrics::Signature::parse(baseline);
  const auto right_signature = metrics::Signature::parse(candidate);
  for (const auto& [key, value] : left_signature.fields()) sides[key].first = value;
  for (const auto& [key, value] : right_signature.fields()) sides[key].second = value;
  std::vector<std::string> all;
  for (const auto& [key, values] : sides) {
    const auto& [left, right] = values;
    if (left != right)
      all.push_back(fmt::format("{} is {} and {}", key, left.empty() ? "nothing" : left,
                                right.empty() ? "nothing" : right));
  }
  return fmt::format("{}", fmt::join(all, ", "));
}

Comparables find_comparables(results::Store& store, const results::Run& baseline,
                             const results::Run& candidate, const ComparisonOptions& options) {
  for (const std::string& metric : options.metrics)
    static_cast<void>(metrics::metric_registry().get(metric));
  std::map<std::int64_t, results::StoredProtocol> protocols;
  for (results::StoredProtocol& one : store.protocols()) protocols.emplace(one.key, std::move(one));
  const std::string protocol = stored_name(protocols, options.protocol);
  const auto wanted = [&](const MetricScores& one) {
    return (protocol.empty() || one.protocol == protocol) &&
           (options.metrics.empty() || std::ranges::contains(options.metrics, one.metric));
  };
  Search result = search(store, baseline, candidate, protocols, wanted);
  check_metrics(options.metrics, result.known);
  if (!result.found.metrics.empty()) return std::move(result.found);
  std::string missing = "cupel";  // the protocol to score under
  if (!protocol.empty())
    missing = protocol;
  else if (!result.protocols.empty())
    missing = result.protocols.front();
  throw Error(
      Code::kIncomplete,
      result.found.differing.empty()
          ? fmt::format("runs {} ({}) and {} ({}) are not both scored under {}", baseline.id(),
                        baseline.cell.model, candidate.id(), candidate.cell.model,
                        protocol.empty() ? "one protocol" : "protocol '" + protocol + "'")
          : fmt::format("{}", fmt::join(result.found.differing, "; ")),
      fmt::format("cupel score --store {} --run {} --run {} --protocol {}", store.path().string(),
                  baseline.id(), candidate.id(), missing));
}

}  // namespace cupel
