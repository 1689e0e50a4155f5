#include "reports/ledger.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "metrics/builtin.h"

namespace cupel::reports {
namespace {

using results::PublishedCell;
using Names = std::vector<std::string>;
using Scores = std::vector<const ComputedCell*>;

/// What a run must have been made for, to be set beside a published cell.
using Place = std::vector<std::string>;
Place place_of(const PublishedCell& cell) {
  return {cell.run_model, cell.dataset, cell.split, cell.task, cell.metric};
}
Place place_of(const ComputedCell& cell) {
  return {cell.model, cell.dataset, cell.split, cell.task, cell.metric};
}
bool same_run_place(const PublishedCell& a, const PublishedCell& b) {
  return a.dataset == b.dataset && a.split == b.split && a.task == b.task;
}

constexpr std::size_t kEnoughDigits = 3;

class Ledger {
 public:
  Ledger(std::span<const PublishedCell> published, std::span<const ComputedCell> computed,
         std::span<const results::PublishedReason> reasons)
      : reasons_(reasons) {
    for (const PublishedCell& cell : published) printed_rows_[row_of(cell)].push_back(&cell);
    for (const ComputedCell& cell : computed) {
      runs_[run_place(place_of(cell))].push_back(&cell);
      if (cell.complete) scores_[place_of(cell)].push_back(&cell);
    }
  }

  void add_rows(std::vector<LedgerRow>& rows, const PublishedCell& cell) const {
    const auto at = scores_.find(place_of(cell));
    if (at == scores_.end() || cell.run_model.empty()) {
      const bool known = !cell.value.empty();
      rows.push_back({.published = cell,
                      .status = known ? Status::kNotAttempted : Status::kUnknown,
                      .reason = known ? why_nothing(cell) : kUnknownValue});
      return;
    }
    for (const auto& [run, scores] : by_run(at->second)) rows.push_back(judge(cell, scores));
  }

 private:
  static constexpr const char* kUnknownValue = "the published value is not known";

  static Place row_of(const PublishedCell& cell) { return {cell.paper, cell.table, cell.model}; }
  static Place run_place(Place place) {
    place.pop_back();
    return place;
  }

  /// The scores of each run, runs in the order given; one a protocol, the last given.
  static std::vector<std::pair<std::string, Scores>> by_run(const Scores& scores) {
    std::vector<std::pair<std::string, Scores>> runs;
    for (const ComputedCell* score : scores) {
      auto run = std::ranges::find(runs, score->run, &std::pair<std::string, Scores>::first);
      if (run == runs.end()) run = runs.insert(run, {score->run, {}});
      auto& own = run->second;
      const auto same = std::ranges::find(own, score->protocol, &ComputedCell::protocol);
      if (same == own.end())
        own.push_back(score);
      else
        *same = score;
    }
    return runs;
  }

  std::string why_nothing(const PublishedCell& cell) const {
    if (metrics::metric_registry().find(cell.metric) == nullptr)
      return fmt::format("cupel does not compute {}", cell.metric);
    if (cell.run_model.empty())
      return "the source does not say which checkpoint, size or baseline this row is";
    const auto at = runs_.find(run_place(place_of(cell)));
    if (at == runs_.end())
      return fmt::format("no run of {} on {}, split {}, task {}", cell.run_model, cell.dataset,
                         cell.split, cell.task);
    Names complete;
    Names partial;
    for (const ComputedCell* score : at->second) {
      Names& names = score->complete ? complete : partial;
      if (!std::ranges::contains(names, score->run)) names.push_back(score->run);
    }
    if (complete.empty())
      return fmt::format("only a partial run exists: {}", fmt::join(partial, ", "));
    return fmt::format("no score of {} in {}", cell.metric, fmt::join(complete, ", "));
  }

  LedgerRow judge(const PublishedCell& cell, const Scores& scores) const {
    const bool has_own = !cell.protocol.empty();
    const auto at = std::ranges::find_if(scores, [&](const ComputedCell* score) {
      return has_own ? score->protocol == cell.protocol : score->value.has_value();
    });
    const ComputedCell* shown = at == scores.end() ? nullptr : *at;
    LedgerRow row{.published = cell};
    if (shown != nullptr) row.computed = *shown;
    if (cell.value.empty()) {
      row.status = Status::kUnknown;
      row.reason = kUnknownValue;
    } else if (shown == nullptr && has_own) {
      Names others;
      for (const ComputedCell* score : scores) others.push_back(score->protocol);
      row.reason = fmt::format("run {} is scored under {}, not under the paper's own protocol {}",
                               scores[0]->run, fmt::join(others, ", "), cell.protocol);
    } else if (shown == nullptr || !shown->value) {
      row.reason = fmt::format("the score of run {} has no value", scores[0]->run);
    } else {
      compare(row, scores, has_own ? shown : nullptr);
    }
    return row;
  }

  /// Equal, within rounding, explained or differs.
  void compare(LedgerRow& row, const Scores& scores, const ComputedCell* own) const {
    const PublishedCell& cell = row.published;
    if (own != nullptr) {
      const Agreement own_agreement = agreement(cell, *own);
      if (own_agreement == Agreement::kEqual) {
        row.status = Status::kEqual;
        row.reason = beside_others(cell, *own);
        return;
      }
      if (own_agreement == Agreement::kWithinRounding) {
        row.status = Status::kWithinRounding;
        row.reason = "printed as if cut off, or rounded twice";
        return;
      }
    }
    Names explaining;
    Names chance;
    for (const ComputedCell* score : scores) {
      if (score == own || agreement(cell, *score) != Agreement::kEqual) continue;
      const bool explains = row_agrees(cell, *score);
      if (explains && explaining.empty()) row.computed = *score;
      (explains ? explaining : chance).push_back(score->protocol);
    }
    row.status = explaining.empty() ? Status::kDiffers : Status::kExplained;
    row.reason = explaining.empty() ? known_reason(cell)
                                    : fmt::format("equal under {}, as its printed row is",
                                                  fmt::join(explaining, " and under "));
    if (explaining.empty() && !chance.empty())
      row.reason += fmt::format(
          "; equal under {}, but in few digits or without its printed row: perhaps by chance",
          fmt::join(chance, " and under "));
  }

  static Agreement agreement(const PublishedCell& cell, const ComputedCell& score) {
    return score.value ? compare_printed(cell.value, cell.unit, *score.value) : Agreement::kNone;
  }

  /// What to think of one cell that is equal when its printed row is not.
  std::string beside_others(const PublishedCell& cell, const ComputedCell& score) const {
    std::size_t all = 0;
    std::size_t differ = 0;
    for (const PublishedCell* other : printed_rows_.at(row_of(cell))) {
      const auto at = scores_.find(place_of(*other));
      if (other == &cell || other->metric == cell.metric || !same_run_place(cell, *other) ||
          at == scores_.end() || other->value.empty())
        continue;
      for (const ComputedCell* beside : at->second) {
        if (beside->run != score.run || beside->protocol != score.protocol) continue;
        ++all;
        differ += agreement(*other, *beside) == Agreement::kNone ? 1 : 0;
      }
    }
    if (differ == 0) return {};
    return fmt::format("but {} of the {} other scored cells of its printed row are not", differ,
                       all);
  }

  /// Whether the protocol of `score` reproduces the printed row of `cell` (see Status).
  bool row_agrees(const PublishedCell& cell, const ComputedCell& score) const {
    if (significant_digits(cell.value) < kEnoughDigits) return false;
    std::size_t equal = 0;
    for (const PublishedCell* other : printed_rows_.at(row_of(cell))) {
      const auto at = scores_.find(place_of(*other));
      if (at == scores_.end() || other->value.empty()) continue;
      bool other_equal = false;
      for (const auto& [run, scores] : by_run(at->second)) {
        if (same_run_place(cell, *other) && run != score.run) continue;
        const auto same = std::ranges::find(scores, score.protocol, &ComputedCell::protocol);
        if (same == scores.end() || !(*same)->value) continue;
        const Agreement found = agreement(*other, **same);
        if (found == Agreement::kNone) return false;
        other_equal = other_equal || found == Agreement::kEqual;
      }
      if (other_equal && significant_digits(other->value) >= kEnoughDigits) ++equal;
    }
    return equal >= 2;
  }

  std::string known_reason(const PublishedCell& cell) const {
    const auto reason =
        std::ranges::find_if(reasons_, [&](const auto& each) { return each.fits(cell); });
    if (reason == reasons_.end()) return "nobody knows";
    return fmt::format("{} ({}; {})", reason->text, reason->support, reason->source);
  }

  std::span<const results::PublishedReason> reasons_;
  std::map<Place, std::vector<const PublishedCell*>> printed_rows_;
  std::map<Place, Scores> scores_;  // complete ones, by place and metric
  std::map<Place, Scores> runs_;    // all, by place
};

}  // namespace

std::vector<ComputedCell> computed_cells(results::Store& store) {
  std::map<std::int64_t, std::string> protocols;
  for (const auto& protocol : store.protocols()) protocols[protocol.key] = protocol.name;
  std::vector<ComputedCell> cells;
  for (const results::Run& run : store.runs()) {
    for (const results::Measurement& measurement : store.measurements(run)) {
      if (!measurement.score) continue;
      const auto interval = measurement.best_interval();
      cells.push_back({.run = run.id(),
                       .model = run.cell.model,
                       .dataset = run.cell.dataset,
                       .split = run.cell.split,
                       .task = run.cell.task,
                       .metric = measurement.metric,
                       .protocol = protocols[measurement.protocol_key],
                       .complete = run.complete(),
                       .value = measurement.score->value,
                       .low = interval ? std::optional(interval->low) : std::nullopt,
                       .high = interval ? std::optional(interval->high) : std::nullopt,
                       .n = measurement.score->n,
                       .signature = measurement.signature});
    }
  }
  return cells;
}

std::string_view status_name(Status status) {
  switch (status) {
    case Status::kEqual:
      return "equal";
    case Status::kWithinRounding:
      return "within rounding";
    case Status::kExplained:
      return "explained";
    case Status::kDiffers:
      return "differs";
    case Status::kNotAttempted:
      return "not attempted";
    case Status::kUnknown:
      return "unknown";
  }
  std::unreachable();
}

Agreement compare_printed(std::string_view printed, std::string_view unit, double value) {
  // Both as multiples of the last printed digit; long double leaves room for the scaling.
  constexpr long double kNoise = 1e-9L;
  const std::size_t point = printed.find('.');
  const std::size_t decimals = point == std::string_view::npos ? 0 : printed.size() - point - 1;
  std::string digits(printed);
  if (point != std::string_view::npos) digits.erase(point, 1);
  const long double units = std::stold(digits);
  const auto exponent = static_cast<long double>(decimals + (unit == "percent" ? 2 : 0));
  const long double scaled = value * std::pow(10.0L, exponent);
  const auto rounds_to = [units](long double number) {
    const long double distance = std::abs(number - units);
    const bool tie = std::abs(distance - 0.5L) <= kNoise;
    const bool away_or_even = std::abs(units) > std::abs(number) || std::fmod(units, 2.0L) == 0;
    return tie ? away_or_even : distance < 0.5L;
  };
  if (rounds_to(scaled)) return Agreement::kEqual;
  const bool cut_off = std::trunc(scaled + std::copysign(kNoise, scaled)) == units;
  const bool twice = rounds_to(std::round(scaled * 10.0L) / 10.0L);
  return cut_off || twice ? Agreement::kWithinRounding : Agreement::kNone;
}

std::size_t significant_digits(std::string_view printed) {
  std::string digits(printed);
  std::erase_if(digits, [](char c) { return c < '0' || c > '9'; });
  return digits.size() - std::min(digits.find_first_not_of('0'), digits.size());
}

std::vector<LedgerRow> make_ledger(std::span<const PublishedCell> published,
                                   std::span<const ComputedCell> computed,
                                   std::span<const results::PublishedReason> reasons) {
  const Ledger ledger(published, computed, reasons);
  std::vector<LedgerRow> rows;
  for (const PublishedCell& cell : published) ledger.add_rows(rows, cell);
  return rows;
}

}  // namespace cupel::reports
