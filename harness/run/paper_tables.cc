#include "harness/run/paper_tables.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/run/ablation_cells.h"
#include "harness/run/paired_examples.h"
#include "harness/run/paper_layouts.h"
#include "harness/run/switch_effect.h"
#include "metrics/builtin.h"
#include "metrics/significance/holm.h"

namespace cupel {
namespace {

/// The runs of one table: for each column the models with their runs by seed.
struct Pile {
  std::string data;
  std::string split;
  std::vector<std::string> models;
  std::vector<std::map<std::string, AblationSide>> columns;
};

/// The runs that a layout has a column for, by data and split, in their order.
std::vector<Pile> piles_of(const PaperLayout& layout, const std::vector<DoneCell>& runs) {
  std::vector<Pile> piles;
  for (const DoneCell& done : runs) {
    const results::Cell& cell = done.run.cell;
    if (!std::ranges::contains(layout.columns, cell.task, &LayoutColumn::task)) continue;
    const std::string data = data_of(layout, cell.dataset);
    auto pile = std::ranges::find_if(
        piles, [&](const Pile& one) { return one.data == data && one.split == cell.split; });
    if (pile == piles.end()) {
      piles.push_back({.data = data, .split = cell.split, .models = {}, .columns = {}});
      pile = piles.end() - 1;
      pile->columns.resize(layout.columns.size());
    }
    if (!std::ranges::contains(pile->models, cell.model)) pile->models.push_back(cell.model);
    for (std::size_t c = 0; c < layout.columns.size(); ++c) {
      if (layout.columns[c].task == cell.task)
        pile->columns[c][cell.model].done.insert_or_assign(cell.seed, done);
    }
  }
  return piles;
}

/// The newest score of a run; null without one.
const results::Measurement* newest(const DoneCell& done, const WantedMetric& wanted) {
  const auto* all = done.measured(wanted);
  return all == nullptr || !all->back().score->value ? nullptr : &all->back();
}

double mean_of(const std::vector<double>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
}

PaperScore score_of(const AblationSide& side, const WantedMetric& wanted) {
  PaperScore score;
  std::vector<double> values;
  for (const auto& [seed, done] : side.done) {
    const results::Measurement* found = newest(done, wanted);
    if (found == nullptr) continue;
    values.push_back(*found->score->value);
    if (const auto interval = found->best_interval())
      score.interval = std::pair(interval->low, interval->high);
  }
  score.runs = values.size();
  if (values.empty()) return score;
  const double mean = mean_of(values);
  score.value = mean;
  if (values.size() == 1) return score;
  double squares = 0.0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  score.sd = std::sqrt(squares / static_cast<double>(values.size() - 1));
  score.interval.reset();
  return score;
}

class TableOf {
 public:
  TableOf(results::Store& store, const Protocols& protocols, const ComparisonOptions& tests,
          const PaperLayout& layout, const Pile& pile, std::string protocol)
      : store_(store),
        protocols_(protocols),
        tests_(tests),
        layout_(layout),
        pile_(pile),
        protocol_(std::move(protocol)) {}

  /// Without rows when nothing is scored.
  PaperTable made() {
    table_.id = fmt::format("{}-{}-{}", layout_.id, pile_.data, protocol_);
    std::ranges::replace(table_.id, ' ', '-');
    table_.title = fmt::format("{} on {}, {} side, protocol {}", layout_.title, pile_.data,
                               pile_.split, protocol_);
    for (const std::string& model : pile_.models)
      table_.rows.push_back({.model = model, .scores = {}});
    for (std::size_t c = 0; c < layout_.columns.size(); ++c) add_column(c);
    std::erase_if(table_.rows, [](const PaperRow& row) {
      return std::ranges::none_of(row.scores, [](const PaperScore& one) { return one.runs > 0; });
    });
    if (layout_.average) add_average();
    add_notes();
    return std::move(table_);
  }

 private:
  [[nodiscard]] WantedMetric wanted(std::size_t column) const {
    return {protocol_, std::string(layout_.columns[column].metric)};
  }

  void add_column(std::size_t c) {
    const LayoutColumn& column = layout_.columns[c];
    const bool higher = metrics::metric_registry().get(std::string(column.metric)).higher_is_better;
    table_.columns.push_back({.group = std::string(column.group),
                              .heading = std::string(column.heading),
                              .higher_is_better = higher,
                              .scale = layout_.scale,
                              .digits = layout_.digits});
    std::size_t best = table_.rows.size();
    std::size_t scored = 0;
    for (std::size_t m = 0; m < table_.rows.size(); ++m) {
      const auto side = pile_.columns[c].find(table_.rows[m].model);
      auto& scores = table_.rows[m].scores;
      scores.push_back(side == pile_.columns[c].end() ? PaperScore()
                                                      : score_of(side->second, wanted(c)));
      if (!scores[c].value) continue;
      ++scored;
      note_numbers(side->second, c);
      if (best == table_.rows.size() ||
          (higher ? *scores[c].value > *table_.rows[best].scores[c].value
                  : *scores[c].value < *table_.rows[best].scores[c].value))
        best = m;
    }
    if (scored < 2) return;
    table_.rows[best].scores[c].best = true;
    add_ties(c, best);
  }

  /// Tests every other model of the column against the best.
  void add_ties(std::size_t c, std::size_t best) {
    AblationSide reference = pile_.columns[c].at(table_.rows[best].model);
    const Digest examples = reference.done.begin()->second.run.examples;
    const auto order = digest_order(store_, reference.done.begin()->second.run);
    std::vector<std::size_t> tested;
    std::vector<double> p;
    for (std::size_t m = 0; m < table_.rows.size(); ++m) {
      if (m == best || !table_.rows[m].scores[c].value) continue;
      AblationSide other = pile_.columns[c].at(table_.rows[m].model);
      std::erase_if(other.done,
                    [&](const auto& one) { return one.second.run.examples != examples; });
      AblationRow row{.task = std::string(layout_.columns[c].task),
                      .metric = std::string(layout_.columns[c].metric)};
      MeasuredPairs found = measured_pairs(reference, other, wanted(c));
      if (found.pairs.empty()) {
        row.reason = found.reason;
      } else {
        const std::vector<SwitchedMetric> one = {
            {.protocol = protocols_.at(found.pairs.front().reference.protocol_key),
             .pairs = std::move(found.pairs),
             .row = &row}};
        add_effects(store_, one, order, tests_);
      }
      if (row.effect) {
        tested.push_back(m);
        p.push_back(row.effect->p);
      } else {
        untested_.push_back(fmt::format("{} in {}: {}", table_.rows[m].model,
                                        layout_.columns[c].heading, row.reason));
      }
    }
    const auto adjusted = metrics::holm_adjusted(p);
    for (std::size_t i = 0; i < tested.size(); ++i)
      table_.rows[tested[i]].scores[c].tied = adjusted[i] > 1.0 - tests_.confidence + 1e-12;
  }

  void note_numbers(const AblationSide& side, std::size_t c) {
    for (const auto& [seed, done] : side.done) {
      const results::Measurement* found = newest(done, wanted(c));
      if (found == nullptr) continue;
      sizes_[std::string(layout_.columns[c].heading)].insert(found->score->n);
      if (const auto interval = found->best_interval())
        intervals_.insert(reports::interval_text(*interval));
      if (!std::ranges::contains(signatures_, found->signature))
        signatures_.push_back(found->signature);
      if (const std::string note = reports::note_of(done.run); !note.empty()) data_.insert(note);
    }
  }

  void add_average() {
    table_.columns.push_back({.group = "",
                              .heading = "Avg.",
                              .higher_is_better = true,
                              .scale = layout_.scale,
                              .digits = layout_.digits});
    for (PaperRow& row : table_.rows) {
      std::vector<double> values;
      for (const PaperScore& score : row.scores) {
        if (score.value) values.push_back(*score.value);
      }
      PaperScore average;
      if (values.size() == layout_.columns.size()) average.value = mean_of(values);
      row.scores.push_back(average);
    }
  }

  void add_notes() {
    table_.notes.assign(data_.begin(), data_.end());
    table_.notes.push_back(numbers());
    std::set<std::size_t> seeds;
    bool intervals = false;
    bool best = false;
    for (const PaperRow& row : table_.rows) {
      for (const PaperScore& score : row.scores) {
        if (score.sd) seeds.insert(score.runs);
        intervals = intervals || score.interval;
        best = best || score.best;
      }
    }
    if (!seeds.empty())
      table_.notes.push_back(fmt::format("mean ± standard deviation of the sample over {} seeds",
                                         fmt::join(seeds, " or ")));
    if (intervals && !intervals_.empty())
      table_.notes.push_back(fmt::format("in brackets: {}", fmt::join(intervals_, " or ")));
    if (best)
      table_.notes.push_back(fmt::format(
          "bold: best of the column; †: not clearly worse than it on the same examples (paired, p "
          "adjusted by Holm's method over the models > {:g})",
          1.0 - tests_.confidence));
    if (layout_.average)
      table_.notes.emplace_back(
          "Avg.: mean of the columns before it, where all are there; not tested");
    if (!untested_.empty())
      table_.notes.push_back(fmt::format("not tested: {}", fmt::join(untested_, "; ")));
    for (const std::string& signature : reports::joined_signatures(signatures_))
      table_.notes.push_back(signature);
  }

  /// "n = 3300", or by column where it differs.
  [[nodiscard]] std::string numbers() const {
    std::set<std::size_t> all;
    for (const auto& [heading, sizes] : sizes_) all.insert(sizes.begin(), sizes.end());
    if (all.size() == 1) return fmt::format("n = {}", *all.begin());
    std::vector<std::string> parts;
    for (const PaperColumn& column : table_.columns) {
      const auto sizes = sizes_.find(column.heading);
      if (sizes == sizes_.end()) continue;
      const std::string part =
          fmt::format("{} {}", column.heading, fmt::join(sizes->second, " or "));
      if (!std::ranges::contains(parts, part)) parts.push_back(part);
    }
    return fmt::format("n: {}", fmt::join(parts, ", "));
  }

  results::Store& store_;
  const Protocols& protocols_;
  const ComparisonOptions& tests_;
  const PaperLayout& layout_;
  const Pile& pile_;
  std::string protocol_;
  PaperTable table_;
  std::map<std::string, std::set<std::size_t>> sizes_;  // examples, by heading
  std::vector<std::string> signatures_;
  std::set<std::string> data_;
  std::set<std::string> intervals_;
  std::vector<std::string> untested_;
};

}  // namespace

std::vector<PaperTable> paper_tables(results::Store& store, const reports::RunChoice& choice,
                                     const ComparisonOptions& tests) {
  Protocols protocols;
  for (results::StoredProtocol& one : store.protocols()) protocols.emplace(one.key, std::move(one));
  std::vector<DoneCell> runs;
  std::vector<std::string> names;  // of protocols, by first use
  for (const results::Run& run : reports::choose_runs(store, choice)) {
    if (!run.complete()) continue;
    runs.push_back({.run = run, .scores = metric_scores(store, run, protocols)});
    for (const MetricScores& one : runs.back().scores) {
      const bool chosen =
          choice.protocols.empty() || std::ranges::contains(choice.protocols, one.protocol);
      if (chosen && !std::ranges::contains(names, one.protocol)) names.push_back(one.protocol);
    }
  }
  std::vector<PaperTable> tables;
  for (const PaperLayout& layout : paper_layouts()) {
    for (const Pile& pile : piles_of(layout, runs)) {
      for (const std::string& name : names) {
        PaperTable table = TableOf(store, protocols, tests, layout, pile, name).made();
        if (!table.rows.empty()) tables.push_back(std::move(table));
      }
    }
  }
  return tables;
}

}  // namespace cupel
