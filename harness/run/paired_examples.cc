#include "harness/run/paired_examples.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace cupel {
namespace {

constexpr std::size_t kRowsAtOnce = 16'384;

using Positions = std::vector<std::pair<Digest, std::uint32_t>>;

/// Every example of a run with its place, sorted by digest; the texts are not kept.
Positions sorted_digests(results::Store& store, const results::Run& run) {
  Positions all;
  for (auto rows = store.rows(run, 0, kRowsAtOnce); !rows.empty();
       rows = store.rows(run, all.size(), kRowsAtOnce)) {
    for (const results::Row& row : rows)
      all.emplace_back(results::example_digest(row.input, row.reference),
                       static_cast<std::uint32_t>(all.size()));
  }
  std::ranges::sort(all);
  return all;
}

/// The places of one digest: from `at` up to the result.
std::size_t end_of_equal(const Positions& all, std::size_t at) {
  std::size_t end = at;
  while (end < all.size() && all[end].first == all[at].first) ++end;
  return end;
}

[[noreturn]] void refuse_repeated(const results::Run& run, std::uint32_t position) {
  throw Error(Code::kUsage,
              fmt::format("the runs have different examples, and example {} of run {} ({}) occurs "
                          "in it again",
                          position, run.id(), run.cell.model),
              "examples of different sets are paired by input and reference, which must be unique; "
              "predict the same examples with both models");
}

std::vector<std::pair<std::uint32_t, std::uint32_t>> shared_examples(
    results::Store& store, const results::Run& baseline, const results::Run& candidate) {
  const Positions left = sorted_digests(store, baseline);
  const Positions right = sorted_digests(store, candidate);
  std::vector<std::pair<std::uint32_t, std::uint32_t>> shared;
  for (std::size_t l = 0, r = 0; l < left.size() && r < right.size();) {
    const std::size_t next_l = end_of_equal(left, l);
    const std::size_t next_r = end_of_equal(right, r);
    const auto order = left[l].first <=> right[r].first;
    if (order == 0) {
      if (next_l > l + 1) refuse_repeated(baseline, left[l].second);
      if (next_r > r + 1) refuse_repeated(candidate, right[r].second);
      shared.emplace_back(left[l].second, right[r].second);
    }
    if (order <= 0) l = next_l;
    if (order >= 0) r = next_r;
  }
  std::ranges::sort(shared);
  return shared;
}

results::Row row_at(results::Store& store, const results::Run& run, std::size_t position) {
  auto rows = store.rows(run, position, 1);
  if (rows.size() != 1) {
    throw Error(Code::kIntegrity,
                fmt::format("{}: run {}: example {} or its prediction is missing",
                            store.path().string(), run.id(), position),
                "somebody changed the store; restore a copy, or import into a new store");
  }
  return std::move(rows.front());
}

/// The score of one row alone.
std::optional<double> own_score(const metrics::Metric& metric, const StatisticTable& table,
                                std::size_t row, StatisticTable& buffer) {
  std::ranges::copy(table.row(row), buffer.row(0).begin());
  const metrics::Value value = metric.score(buffer);
  return value ? std::optional(*value) : std::nullopt;
}

}  // namespace

ExamplePairs pair_examples(results::Store& store, const results::Run& baseline,
                           const results::Run& candidate) {
  if (baseline.examples == candidate.examples) return {.same = true, .size = baseline.size};
  const auto shared = shared_examples(store, baseline, candidate);
  if (shared.size() < 2) {
    throw Error(Code::kUsage,
                fmt::format("runs {} ({}) and {} ({}) share {} examples with the same input and "
                            "reference; a comparison needs two or more",
                            baseline.id(), baseline.cell.model, candidate.id(),
                            candidate.cell.model, shared.size()),
                "compare runs on the same data; 'cupel list runs --store " + store.path().string() +
                    "' shows which there are");
  }
  ExamplePairs pairs{.same = false, .size = shared.size()};
  for (const auto& [left, right] : shared) {
    pairs.baseline.push_back(left);
    pairs.candidate.push_back(right);
  }
  return pairs;
}

std::vector<std::uint32_t> digest_order(results::Store& store, const results::Run& run) {
  std::vector<std::uint32_t> order;
  for (const auto& [digest, position] : sorted_digests(store, run)) order.push_back(position);
  return order;
}

StatisticTable rows_at(const StatisticTable& table, const std::vector<std::uint32_t>& positions) {
  StatisticTable chosen(positions.size(), table.columns());
  for (std::size_t i = 0; i < positions.size(); ++i)
    std::ranges::copy(table.row(positions[i]), chosen.row(i).begin());
  return chosen;
}

MovedExamples most_moved(const PairedStatistics& statistics, bool higher_is_better,
                         std::size_t top) {
  const auto& [metric, baseline, candidate] = statistics;
  MovedExamples moved;
  std::vector<MovedExample> ways[2];  // better, worse
  const auto by_size = [](const MovedExample& a, const MovedExample& b) {
    const double left = std::abs(a.candidate - a.baseline);
    const double right = std::abs(b.candidate - b.baseline);
    return left != right ? left > right : a.position < b.position;
  };
  StatisticTable buffer(1, baseline.columns());
  for (std::size_t i = 0; i < baseline.rows(); ++i) {
    const auto before = own_score(metric, baseline, i, buffer);
    const auto after = own_score(metric, candidate, i, buffer);
    moved.unranked += before && after ? 0 : 1;
    if (!before || !after || *before == *after) continue;
    const bool better = (*after > *before) == higher_is_better;
    auto& way = ways[better ? 0 : 1];
    const MovedExample one{
        .position = i, .baseline = *before, .candidate = *after, .better = better};
    if (way.size() == top && (top == 0 || !by_size(one, way.back()))) continue;
    way.insert(std::ranges::upper_bound(way, one, by_size), one);
    if (way.size() > top) way.pop_back();
  }
  for (auto& way : ways) std::ranges::move(way, std::back_inserter(moved.examples));
  return moved;
}

void add_texts(results::Store& store, const results::Run& baseline, const results::Run& candidate,
               const ExamplePairs& pairs, MovedExamples& moved) {
  for (MovedExample& one : moved.examples) {
    const std::size_t pair = one.position;
    one.position = pairs.same ? pair : pairs.baseline[pair];
    one.candidate_position = pairs.same ? pair : pairs.candidate[pair];
    results::Row left = row_at(store, baseline, one.position);
    results::Row right = row_at(store, candidate, one.candidate_position);
    one.input = std::move(left.input);
    one.reference = std::move(left.reference);
    one.baseline_prediction = std::move(left.prediction);
    one.candidate_prediction = std::move(right.prediction);
  }
}

}  // namespace cupel
