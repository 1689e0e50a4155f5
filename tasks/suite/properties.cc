#include "tasks/suite/properties.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "tasks/suite/candidate.h"
#include "tasks/suite/label_columns.h"
#include "tasks/suite/random.h"
#include "tasks/suite/scaled.h"

namespace cupel::tasks::suite {
namespace {

struct PropertySet {
  std::string_view name;
  std::string_view file;
  std::string_view smiles_column;
  std::size_t rows;
  std::string_view negative;  ///< how the real file writes its labels
  std::string_view positive;
};
constexpr auto kSets = std::to_array<PropertySet>({
    {"mini-bbbp", "BBBP.csv", "smiles", 600, "0", "1"},
    {"mini-tox21", "tox21.csv", "smiles", 600, "0", "1"},
    {"mini-toxcast", "toxcast.csv", "smiles", 300, "0.0", "1.0"},
    {"mini-sider", "sider.csv", "smiles", 600, "0", "1"},
    {"mini-clintox", "clintox.csv", "smiles", 600, "0", "1"},
    {"mini-muv", "muv.csv", "smiles", 1200, "0", "1"},
    {"mini-hiv", "HIV.csv", "smiles", 1200, "0", "1"},
    {"mini-bace", "bace.csv", "mol", 600, "0", "1"},
});

/// What the rules look at: how often each class occurs (up to two), and the numbers of rings.
using Features = std::vector<int>;

Features features_of(const Candidate& candidate) {
  Features out(compound_classes().size());
  for (const ClassMatch& match : candidate.classes)
    out[match.index] = static_cast<int>(std::min<std::size_t>(match.count, 2));
  out.push_back(static_cast<int>(std::min<std::size_t>(candidate.facts.aromatic_rings, 4)));
  out.push_back(static_cast<int>(std::min<std::size_t>(candidate.facts.rings, 5)));
  out.push_back(candidate.facts.charge == 0 ? 0 : 2);
  return out;
}

struct Molecules {
  std::vector<std::string> smiles;
  std::vector<Features> features;
};

Molecules draw_molecules(const PropertySet& set, const SuiteOptions& options) {
  Molecules out;
  std::set<std::string> seen;
  const std::size_t rows = scaled(set.rows, options.scale);
  for_each_candidate(options.seed, set.name, {Side::kValidation, Side::kTest}, options.jobs,
                     [&](std::uint64_t, Candidate&& candidate) {
                       if (seen.insert(candidate.canonical).second) {
                         out.features.push_back(features_of(candidate));
                         out.smiles.push_back(std::move(candidate.smiles));
                       }
                       return out.smiles.size() < rows;
                     });
  return out;
}

std::vector<int> scores(const Molecules& molecules, const LabelColumn& column, std::string_view set,
                        std::uint64_t seed) {
  // The rule is the column's own, whatever the seed: another seed gives other molecules of the same
  // property.
  Random rule(stream(0, fmt::format("{}/{}", set, column.name), 0));
  std::vector<int> weights(molecules.features.front().size());
  for (int& weight : weights) weight = 10 * (static_cast<int>(rule.below(9)) - 4);
  const std::size_t noise = 40 + 40 * rule.below(4);
  Random random(stream(seed, fmt::format("{}/{}/noise", set, column.name), 0));
  std::vector<int> out;
  for (const Features& features : molecules.features) {
    int score = static_cast<int>(random.below(noise)) - static_cast<int>(noise / 2);
    for (std::size_t i = 0; i < features.size(); ++i) score += weights[i] * features[i];
    out.push_back(score);
  }
  return out;
}

/// How many of `labelled` rows are positive.
std::size_t positives(const LabelColumn& column, std::size_t labelled) {
  const std::size_t least = std::min(std::max<std::size_t>(30, labelled / 10), labelled / 2);
  return std::clamp<std::size_t>((labelled * column.positive + 500) / 1000, least,
                                 labelled - least);
}

enum class Label : std::uint8_t { kMissing, kNegative, kPositive };

/// By column and row.
std::vector<std::vector<bool>> draw_missing(const std::vector<LabelColumn>& columns,
                                            std::size_t rows, std::string_view set,
                                            std::uint64_t seed) {
  std::vector<std::vector<bool>> out;
  for (const LabelColumn& column : columns) {
    Random random(stream(seed, fmt::format("{}/{}/missing", set, column.name), 0));
    auto& missing = out.emplace_back(rows);
    for (std::size_t row = 0; row < rows; ++row) missing[row] = random.below(1000) < column.missing;
  }
  for (std::size_t row = 0; row < rows; ++row) {  // a row without any label says nothing
    if (std::ranges::all_of(out, [row](const auto& column) { return column[row]; }))
      out[row % out.size()][row] = false;
  }
  return out;
}

std::vector<Label> label(const std::vector<int>& score, const std::vector<bool>& missing,
                         const LabelColumn& column, Random random) {
  std::vector<std::size_t> order;
  for (std::size_t row = 0; row < score.size(); ++row) {
    if (!missing[row]) order.push_back(row);
  }
  std::ranges::stable_sort(order, std::greater(), [&](std::size_t row) { return score[row]; });
  const std::size_t positive = positives(column, order.size());
  const std::size_t negative = order.size() - positive;
  for (std::size_t i = 0; i < std::min(positive, negative) / 12; ++i) {  // assays err
    std::swap(order[random.below(positive)], order[positive + random.below(negative)]);
  }
  std::vector<Label> out(score.size(), Label::kMissing);
  for (std::size_t i = 0; i < order.size(); ++i)
    out[order[i]] = i < positive ? Label::kPositive : Label::kNegative;
  return out;
}

std::string csv_cell(const std::string& text) {
  return text.contains(',') ? "\"" + text + "\"" : text;
}

std::size_t number(std::string_view text) {
  std::size_t out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::vector<std::string> property_sets() {
  std::vector<std::string> out;
  for (const PropertySet& set : kSets) out.emplace_back(set.name);
  return out;
}

std::vector<LabelColumn> label_columns(std::string_view set) {
  std::vector<LabelColumn> out;
  std::string_view rest = embedded_label_columns().front().second;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::array<std::string_view, 4> cells;
    for (std::string_view& cell : cells) {
      cell = line.substr(0, line.find('\t'));
      line.remove_prefix(std::min(cell.size() + 1, line.size()));
    }
    if (set.starts_with("mini-") && cells[0] == set.substr(5)) {
      out.push_back({.name = std::string(cells[1]),
                     .positive = number(cells[2]),
                     .missing = number(cells[3])});
    }
  }
  return out;
}

std::vector<SuiteFile> make_property_set(std::string_view name, const SuiteOptions& options) {
  const PropertySet& set = *std::ranges::find(kSets, name, &PropertySet::name);
  const auto columns = label_columns(name);
  const Molecules molecules = draw_molecules(set, options);
  std::vector<std::vector<Label>> labels;
  std::string header(set.smiles_column);
  const auto missing = draw_missing(columns, molecules.smiles.size(), name, options.seed);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    const Random errors(
        stream(options.seed, fmt::format("{}/{}/errors", name, columns[i].name), 0));
    labels.push_back(
        label(scores(molecules, columns[i], name, options.seed), missing[i], columns[i], errors));
    header += "," + csv_cell(columns[i].name);
  }
  SuiteFile file{.path = fmt::format("{}/{}", name, set.file), .bytes = header + "\n"};
  for (std::size_t row = 0; row < molecules.smiles.size(); ++row) {
    file.bytes += molecules.smiles[row];
    for (const auto& column : labels) {
      file.bytes += ',';
      if (column[row] != Label::kMissing)
        file.bytes += column[row] == Label::kPositive ? set.positive : set.negative;
    }
    file.bytes += '\n';
  }
  return {std::move(file)};
}

}  // namespace cupel::tasks::suite
