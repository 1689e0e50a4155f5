#include "reports/ablation_report.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/utf8.h"
#include "reports/comparison_report.h"

namespace cupel::reports {
namespace {

using For = Column::For;

Cell cell(std::size_t count) { return static_cast<std::int64_t>(count); }
Cell cell(const std::optional<double>& number) { return number ? Cell(*number) : Cell(); }
Cell cell(const std::optional<std::int64_t>& count) { return count ? Cell(*count) : Cell(); }
Cell cell(const std::optional<std::string>& text) { return text ? Cell(*text) : Cell(); }
Cell or_nothing(const std::string& text) { return text.empty() ? Cell() : Cell(text); }

/// Of the seeds that have a value.
struct Mean {
  std::optional<double> value;
  std::optional<double> deviation;  // of the sample; needs two seeds
};

Mean mean_of(const AblationRow& row, std::optional<double> AblationSeed::* side) {
  double sum = 0.0;
  double count = 0.0;
  for (const AblationSeed& seed : row.seeds) {
    sum += (seed.*side).value_or(0.0);
    count += (seed.*side).has_value() ? 1.0 : 0.0;
  }
  if (count == 0.0) return {};
  double squares = 0.0;
  for (const AblationSeed& seed : row.seeds) {
    if (seed.*side) squares += (*(seed.*side) - sum / count) * (*(seed.*side) - sum / count);
  }
  Mean mean{.value = sum / count, .deviation = {}};
  if (count > 1.0) mean.deviation = std::sqrt(squares / (count - 1.0));
  return mean;
}

Cell with_deviation(const Mean& mean) {
  if (!mean.value) return {};
  if (!mean.deviation) return *mean.value;
  return fmt::format("{:.4f} ± {:.4f}", *mean.value, *mean.deviation);
}

std::string value_of(const std::optional<std::string>& value) {
  if (!value) return "absent";
  return value->empty() ? "empty" : *value;
}

/// "levels: 3 -> 1; ga: 1 -> 0".
std::string switch_of(const AblationVariant& variant) {
  if (!variant.known) return "not known: stages of its training were never begun";
  if (variant.settings.empty()) return "none: the same as the reference";
  std::vector<std::string> all;
  for (const SettingDifference& one : variant.settings)
    all.push_back(
        fmt::format("{}: {} -> {}", one.key, value_of(one.baseline), value_of(one.candidate)));
  return fmt::format("{}", fmt::join(all, "; "));
}

/// People read the settings below the switches when there are several.
std::string short_switch(const AblationVariant& variant) {
  if (!variant.known) return "not known";
  if (variant.settings.size() > 1) return fmt::format("{} settings", variant.settings.size());
  return shortened(switch_of(variant));
}

const char* covered_by(const AblationRow& row) {
  return row.seeds.size() > 1 ? "examples, seeds" : "examples";
}

std::vector<Column> people_columns() {
  return {{.id = "metric", .heading = "metric"},
          {.id = "variant", .heading = "variant"},
          {.id = "switch", .heading = "switch"},
          {.id = "reference_value", .heading = "reference"},
          {.id = "variant_value", .heading = "value"},
          {.id = "difference", .heading = "effect"},
          {.id = "low", .heading = "low"},
          {.id = "high", .heading = "high"},
          {.id = "p", .heading = "p"},
          {.id = "p_holm", .heading = "Holm"},
          {.id = "seeds", .heading = "seeds"},
          {.id = "examples", .heading = "n"},
          {.id = "covers", .heading = "interval covers"},
          {.id = "verdict", .heading = "variant is"},
          {.id = "reason", .heading = "why not"}};
}

Cell part(const AblationRow& row, double AblationEffect::* member) {
  return row.effect ? Cell((*row.effect).*member) : Cell();
}

std::vector<Cell> people_row(const Ablation& ablation, const AblationRow& row) {
  const AblationVariant& variant = ablation.variants[row.variant];
  std::string seeds = fmt::format("{}", row.seeds.size());
  if (row.seeds.size() != row.seeds_planned) seeds += fmt::format(" of {}", row.seeds_planned);
  return {row.metric,
          variant.name,
          short_switch(variant),
          with_deviation(mean_of(row, &AblationSeed::reference)),
          with_deviation(mean_of(row, &AblationSeed::variant)),
          part(row, &AblationEffect::value),
          part(row, &AblationEffect::low),
          part(row, &AblationEffect::high),
          part(row, &AblationEffect::p),
          part(row, &AblationEffect::p_holm),
          seeds,
          row.seeds.empty() ? Cell() : cell(row.examples),
          row.effect ? Cell(covered_by(row)) : Cell(),
          row.effect ? Cell(verdict_name(row.verdict)) : Cell(),
          or_nothing(row.reason)};
}

Table effects_table() {
  return {.id = "effects",
          .title = {},
          .columns = {{"plan", ""},
                      {"reference", ""},
                      {"variant", ""},
                      {"settings", ""},
                      {"switch", ""},
                      {"task", ""},
                      {"dataset", ""},
                      {"split", ""},
                      {"protocol", ""},
                      {"metric", ""},
                      {"better", ""},
                      {"examples", ""},
                      {"seeds", ""},
                      {"seeds_planned", ""},
                      {"reference_value", ""},
                      {"reference_sd", ""},
                      {"variant_value", ""},
                      {"variant_sd", ""},
                      {"difference", ""},
                      {"low", ""},
                      {"high", ""},
                      {"p", ""},
                      {"p_holm", ""},
                      {"covers", ""},
                      {"seed_variance", ""},
                      {"example_variance", ""},
                      {"verdict", ""},
                      {"reason", ""},
                      {"confidence", ""},
                      {"resamples", ""},
                      {"trials", ""},
                      {"draw_seed", ""},
                      {"signature", ""},
                      {"signature_long", ""}},
          .rows = {},
          .notes = {}};
}

std::vector<Cell> effect_row(const Ablation& ablation, const AblationRow& row) {
  const AblationVariant& variant = ablation.variants[row.variant];
  const Mean reference = mean_of(row, &AblationSeed::reference);
  const Mean own = mean_of(row, &AblationSeed::variant);
  const ComparisonOptions& tests = ablation.options.tests;
  const bool several = row.effect && row.seeds.size() > 1;
  const auto of_several = [&](double AblationEffect::* member) {
    return several ? part(row, member) : Cell();
  };
  return {ablation.plan,
          ablation.reference,
          variant.name,
          variant.known ? cell(variant.settings.size()) : Cell(),
          switch_of(variant),
          row.task,
          row.dataset,
          row.split,
          row.protocol,
          row.metric,
          row.higher_is_better ? "higher" : "lower",
          cell(row.examples),
          cell(row.seeds.size()),
          cell(row.seeds_planned),
          cell(reference.value),
          cell(reference.deviation),
          cell(own.value),
          cell(own.deviation),
          part(row, &AblationEffect::value),
          part(row, &AblationEffect::low),
          part(row, &AblationEffect::high),
          part(row, &AblationEffect::p),
          part(row, &AblationEffect::p_holm),
          row.effect ? Cell(covered_by(row)) : Cell(),
          of_several(&AblationEffect::of_seeds),
          of_several(&AblationEffect::of_examples),
          row.effect ? Cell(verdict_name(row.verdict)) : Cell(),
          or_nothing(row.reason),
          tests.confidence,
          cell(tests.resamples),
          cell(tests.trials),
          cell(tests.seed),
          or_nothing(row.signature),
          or_nothing(row.signature_long)};
}

Table switches_table(const Ablation& ablation) {
  Table table{.id = "switches",
              .title = fmt::format("Ablation of plan {} ({}): {} against {}", ablation.plan,
                                   printable(ablation.plan_name),
                                   ablation.variants.size() == 1
                                       ? "one variant"
                                       : fmt::format("{} variants", ablation.variants.size()),
                                   printable(ablation.reference)),
              .columns = {{.id = "variant", .heading = "variant"},
                          {.id = "settings", .heading = "settings"},
                          {.id = "part", .heading = "of"},
                          {.id = "key", .heading = "setting"},
                          {.id = "reference", .heading = "", .whom = For::kMachines},
                          {.id = "reference", .heading = "reference", .whom = For::kPeople},
                          {.id = "variant_value", .heading = "", .whom = For::kMachines},
                          {.id = "variant_value", .heading = "variant", .whom = For::kPeople}},
              .rows = {},
              .notes = {}};
  for (const AblationVariant& one : ablation.variants) {
    const Cell count = one.known ? cell(one.settings.size()) : Cell();
    if (!one.known || one.settings.empty()) {
      table.rows.push_back({one.name, count, {}, switch_of(one), {}, {}, {}, {}});
      if (!one.known) continue;
    }
    for (const SettingDifference& setting : one.settings) {
      table.rows.push_back({one.name, count, setting.part, setting.key, cell(setting.baseline),
                            shortened(value_of(setting.baseline)), cell(setting.candidate),
                            shortened(value_of(setting.candidate))});
    }
  }
  return table;
}

Table seeds_table(const Ablation& ablation) {
  Table table{.id = "seeds",
              .title = {},
              .columns = {{"variant", ""},
                          {"task", ""},
                          {"dataset", ""},
                          {"split", ""},
                          {"protocol", ""},
                          {"metric", ""},
                          {"seed", ""},
                          {"reference_run", ""},
                          {"variant_run", ""},
                          {"reference_value", ""},
                          {"variant_value", ""},
                          {"reference_n", ""},
                          {"variant_n", ""}},
              .rows = {},
              .notes = {}};
  for (const AblationRow& row : ablation.rows) {
    for (const AblationSeed& one : row.seeds) {
      table.rows.push_back({ablation.variants[row.variant].name, row.task, row.dataset, row.split,
                            row.protocol, row.metric, cell(one.seed), one.reference_run,
                            one.variant_run, cell(one.reference), cell(one.variant),
                            cell(one.reference_n), cell(one.variant_n)});
    }
  }
  return table;
}

Table gaps_table(const Ablation& ablation) {
  Table table{.id = "gaps",
              .title = "Left out",
              .columns = {{.id = "variant", .heading = "variant"},
                          {.id = "task", .heading = "task"},
                          {.id = "dataset", .heading = "data set"},
                          {.id = "split", .heading = "split"},
                          {.id = "seed", .heading = "seed"},
                          {.id = "state", .heading = "is"},
                          {.id = "reason", .heading = "why"}},
              .rows = {},
              .notes = {}};
  for (const AblationGap& gap : ablation.gaps)
    table.rows.push_back({gap.variant, gap.task, gap.dataset, gap.split, cell(gap.seed),
                          gap.incomplete ? "incomplete" : "never to be done", gap.reason});
  return table;
}

/// Rows that are tested together.
auto family_of(const AblationRow& row) {
  return std::tie(row.task, row.dataset, row.split, row.protocol, row.metric);
}

/// The smallest p that the trials can show is 1 / (1 + draws), times the family.
void note_too_few_draws(const Ablation& ablation, std::vector<std::string>& notes) {
  std::ptrdiff_t most = 0;
  for (const AblationRow& row : ablation.rows) {
    if (!row.effect || row.seeds.size() != 1) continue;
    most = std::max(most, std::ranges::count_if(ablation.rows, [&](const AblationRow& other) {
                      return other.effect && family_of(other) == family_of(row);
                    }));
  }
  const ComparisonOptions& tests = ablation.options.tests;
  const std::size_t draws = std::min(tests.resamples, tests.trials);
  const double smallest = static_cast<double>(most) / static_cast<double>(draws + 1);
  if (smallest <= 1.0 - tests.confidence) return;
  notes.push_back(
      fmt::format("{} draws cannot show a clear effect of {} variants with one seed: "
                  "the smallest adjusted p that they can give is {:.2g}.",
                  draws, most, smallest));
}

/// What the numbers are, before anybody reads them.
std::vector<std::string> head_notes(const Ablation& ablation) {
  const ComparisonOptions& tests = ablation.options.tests;
  std::vector<std::string> notes;
  notes.push_back(
      fmt::format("The reference is {}: {}. Effects are variant - reference on the same "
                  "examples and seeds.",
                  printable(ablation.reference), ablation.why));
  for (const AblationVariant& one : ablation.variants) {
    if (one.known && one.settings.size() > 1)
      notes.push_back(fmt::format("{} differs in {} settings: its effect belongs to no single one.",
                                  printable(one.name), one.settings.size()));
  }
  notes.push_back(
      fmt::format("Holm: p adjusted over all variants under one task, data set, protocol and "
                  "metric; better or worse where that is at most {:.4g}.",
                  1.0 - tests.confidence));
  const auto counts = [&](auto&& wanted) {
    return std::ranges::any_of(ablation.rows, [&](const AblationRow& row) {
      return row.effect && wanted(row.seeds.size());
    });
  };
  if (counts([](std::size_t seeds) { return seeds > 1; })) {
    notes.push_back(fmt::format(
        "Several seeds: mean ± standard deviation over them; low, high, p: {:.6g} % interval and "
        "test for other seeds and other examples (seeds x examples by Obuchowski and Rockette, t "
        "by "
        "Cochran), {} bootstrap draws of the examples, seed {}. Few seeds give wide intervals.",
        100.0 * tests.confidence, tests.resamples, tests.seed));
  }
  if (counts([](std::size_t seeds) { return seeds == 1; })) {
    notes.push_back(fmt::format(
        "ONE SEED: interval and p cover the choice of examples only. Another training of either "
        "may differ by more, and nothing here says by how much. {:.6g} % percentile interval of "
        "{} paired bootstrap draws, seed {}; p: the larger of the bootstrap's and of {} "
        "randomization trials.",
        100.0 * tests.confidence, tests.resamples, tests.seed, tests.trials));
  }
  note_too_few_draws(ablation, notes);
  return notes;
}

/// One table for each task, data set and protocol, whose rows are neighbours.
void add_effect_tables(const Ablation& ablation, std::vector<Table>& tables) {
  const AblationRow* before = nullptr;
  for (const AblationRow& row : ablation.rows) {
    const auto place = [](const AblationRow& one) {
      return std::tie(one.task, one.dataset, one.split, one.protocol);
    };
    if (before == nullptr || place(*before) != place(row)) {
      tables.push_back({.id = "effects",
                        .title = fmt::format("{} on {}, {}, protocol {}", row.task, row.dataset,
                                             row.split, printable(row.protocol)),
                        .columns = people_columns(),
                        .rows = {},
                        .notes = {}});
    }
    before = &row;
    Table& table = tables.back();
    table.rows.push_back(people_row(ablation, row));
    if (!row.signature.empty() && !std::ranges::contains(table.notes, row.signature))
      table.notes.push_back(row.signature);
  }
}

}  // namespace

std::vector<Table> ablation_tables(const Ablation& ablation, bool people) {
  Table switches = switches_table(ablation);
  if (people) {
    switches.notes = head_notes(ablation);
    std::vector<Table> tables = {std::move(switches)};
    add_effect_tables(ablation, tables);
    if (!ablation.gaps.empty()) tables.push_back(gaps_table(ablation));
    return tables;
  }
  Table effects = effects_table();
  effects.notes = head_notes(ablation);
  for (const AblationRow& row : ablation.rows) effects.rows.push_back(effect_row(ablation, row));
  return {std::move(effects), std::move(switches), seeds_table(ablation), gaps_table(ablation)};
}

}  // namespace cupel::reports
