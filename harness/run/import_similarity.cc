#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <utility>

#include <fmt/format.h>

#include "harness/run/import_checks.h"

namespace cupel::import {
namespace {

using Offset = std::ptrdiff_t;

constexpr Offset kNear = 16;             ///< shifts up to this many rows are tried one by one
constexpr std::size_t kMostRows = 4096;  ///< taken from the file, in blocks of neighbours
constexpr std::size_t kBlock = 256;

/// Hashes of the words of a text, or of the four-character pieces of a SMILES; sorted, each once.
using Features = std::vector<std::uint32_t>;

Features features_of(std::string_view text, bool molecule) {
  Features features;
  const auto add = [&](std::string_view part) {
    std::uint32_t hash = 2166136261U;  // FNV-1a
    for (const char byte : part)
      hash = (hash ^ static_cast<std::uint32_t>(std::tolower(static_cast<unsigned char>(byte)))) *
             16777619U;
    features.push_back(hash);
  };
  if (molecule) {
    for (std::size_t at = 0; at + 4 <= text.size(); ++at) add(text.substr(at, 4));
    if (!text.empty() && text.size() < 4) add(text);
  } else {
    const auto in_word = [](char byte) { return std::isalnum(static_cast<unsigned char>(byte)); };
    for (auto at = text.begin(); at != text.end();) {
      const auto begin = std::find_if(at, text.end(), in_word);
      at = std::find_if_not(begin, text.end(), in_word);
      if (begin != at) add({begin, at});
    }
  }
  std::ranges::sort(features);
  const auto rest = std::ranges::unique(features);
  features.erase(rest.begin(), rest.end());
  return features;
}

/// The features of a text with what each is worth.
struct Weighted {
  std::vector<std::pair<std::uint32_t, double>> features;
  double sum = 0.0;
};

/// Outputs and references of some rows with their neighbours, compared by their rare features:
/// boilerplate ("The molecule is a") says nothing about which row an output belongs to.
class Neighbourhood {
 public:
  explicit Neighbourhood(const Case& examined)
      : examined_(examined), rows_(static_cast<Offset>(examined.rows())) {
    const std::size_t blocks = examined.rows() <= kMostRows ? 1 : kMostRows / kBlock;
    const std::size_t length = blocks == 1 ? examined.rows() : kBlock;
    for (std::size_t block = 0; block < blocks; ++block) {
      const std::size_t first = block * examined.rows() / blocks;
      for (std::size_t i = 0; i < length; ++i) sampled_.push_back(first + i);
    }
    for (const std::size_t row : sampled_) {
      for (const std::uint32_t feature : plain(row, kReference)) ++frequency_[feature];
    }
    for (const std::size_t row : sampled_) outputs_.push_back(weighted(row, kPrediction));
  }

  [[nodiscard]] const std::vector<std::size_t>& sampled() const { return sampled_; }

  /// Of the output of sampled row i with the reference `offset` rows further on (the file taken as
  /// a ring): twice the common weight over the sum of both, in [0, 1].
  [[nodiscard]] double similarity(std::size_t i, Offset offset) {
    const Weighted& output = outputs_[i];
    if (output.features.empty()) return 0.0;
    const Weighted& other = reference(wrapped(static_cast<Offset>(sampled_[i]) + offset));
    double common = 0.0;
    for (auto a = output.features.begin(), b = other.features.begin();
         a != output.features.end() && b != other.features.end();) {
      if (a->first == b->first) {
        common += a->second;
        ++a;
        ++b;
      } else if (a->first < b->first) {
        ++a;
      } else {
        ++b;
      }
    }
    return output.sum + other.sum > 0.0 ? 2.0 * common / (output.sum + other.sum) : 0.0;
  }

  /// With references far away, which have nothing to do with the row.
  [[nodiscard]] double far_similarity(std::size_t i) {
    return (similarity(i, rows_ / 3) + similarity(i, rows_ / 2)) / 2.0;
  }

 private:
  [[nodiscard]] std::size_t wrapped(Offset row) const {
    return static_cast<std::size_t>(((row % rows_) + rows_) % rows_);
  }
  [[nodiscard]] Features plain(std::size_t row, std::size_t column) const {
    return features_of(examined_.cell(row, column), !examined_.captioning);
  }
  [[nodiscard]] Weighted weighted(std::size_t row, std::size_t column) const {
    Weighted text;
    for (const std::uint32_t feature : plain(row, column)) {
      const auto at = frequency_.find(feature);
      const double count = at == frequency_.end() ? 1.0 : at->second;
      const double weight = std::log((static_cast<double>(sampled_.size()) + 1.0) / count);
      text.features.emplace_back(feature, weight);
      text.sum += weight;
    }
    return text;
  }
  const Weighted& reference(std::size_t row) {
    const auto [at, fresh] = references_.try_emplace(row);
    if (fresh) at->second = weighted(row, kReference);
    return at->second;
  }

  const Case& examined_;
  Offset rows_;
  std::vector<std::size_t> sampled_;
  std::vector<Weighted> outputs_;
  std::unordered_map<std::size_t, Weighted> references_;
  std::unordered_map<std::uint32_t, double> frequency_;
};

struct Moments {
  double mean = 0.0;
  double z = 0.0;  ///< mean over its standard error
};

Moments moments(std::span<const double> values) {
  const auto n = static_cast<double>(values.size());
  double sum = 0.0;
  double squares = 0.0;
  for (const double value : values) {
    sum += value;
    squares += value * value;
  }
  const double mean = sum / n;
  const double variance = std::max((squares - n * mean * mean) / std::max(n - 1.0, 1.0), 1e-9);
  return {.mean = mean, .z = mean / std::sqrt(variance / n)};
}

/// The part of the file in which outputs fit the references `offset` rows on better than their own.
struct Shift {
  Offset offset = 0;
  std::size_t first = 0;  ///< of the sampled rows
  std::size_t end = 0;
  double gain = 0.0;  ///< sum of the differences
};

/// The stretch with the largest sum (Bentley 1984).
Shift best_stretch(std::span<const double> gains, Offset offset) {
  Shift best{.offset = offset};
  double sum = 0.0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < gains.size(); ++i) {
    if (sum <= 0.0) {
      sum = 0.0;
      first = i;
    }
    sum += gains[i];
    if (sum > best.gain) best = {.offset = offset, .first = first, .end = i + 1, .gain = sum};
  }
  return best;
}

/// Distances beyond kNear at which outputs are found word for word among the references, if many
/// agree on one.
std::vector<Offset> far_offsets(const Case& examined, const std::vector<std::size_t>& sampled) {
  std::unordered_map<std::string_view, std::vector<std::size_t>> outputs;
  for (const std::size_t row : sampled) {
    const std::string_view output = examined.cell(row, kPrediction);
    if (!output.empty() && output != examined.cell(row, kReference)) outputs[output].push_back(row);
  }
  std::unordered_map<Offset, std::size_t> votes;
  for (std::size_t row = 0; row < examined.rows(); ++row) {
    const auto at = outputs.find(examined.cell(row, kReference));
    if (at == outputs.end() || at->second.size() > 4) continue;  // a constant output votes for all
    for (const std::size_t from : at->second)
      ++votes[static_cast<Offset>(row) - static_cast<Offset>(from)];
  }
  std::vector<Offset> offsets;
  for (const auto& [offset, count] : votes) {
    if (count >= 10 && std::abs(offset) > kNear) offsets.push_back(offset);
  }
  std::ranges::sort(offsets);
  offsets.resize(std::min<std::size_t>(offsets.size(), 8));
  return offsets;
}

/// Sure of a shift: z of 8 is beyond what choosing among offsets and stretches can make of chance,
/// and the outputs must have little to do with their own references there (a quarter of what they
/// have with the shifted ones, above references far away): outputs that resemble both may come from
/// a file whose neighbours resemble each other.
bool convincing(const Shift& shift, Neighbourhood& near) {
  constexpr std::size_t kLeast = 20;
  if (shift.end < shift.first + kLeast) return false;
  std::vector<double> gains;
  double own = 0.0;
  double there = 0.0;
  double far = 0.0;
  for (std::size_t i = shift.first; i < shift.end; ++i) {
    own += near.similarity(i, 0);
    there += near.similarity(i, shift.offset);
    far += near.far_similarity(i);
    gains.push_back(near.similarity(i, shift.offset) - near.similarity(i, 0));
  }
  return moments(gains).z >= 8.0 && there - far >= 4.0 * std::max(own - far, 0.0);
}

}  // namespace

Relation relate(const Case& examined) {
  Neighbourhood near(examined);
  Relation relation;
  std::vector<double> differences;
  for (std::size_t i = 0; i < near.sampled().size(); ++i) {
    const double own = near.similarity(i, 0);
    const double other = near.far_similarity(i);
    relation.own += own;
    relation.other += other;
    differences.push_back(own - other);
  }
  const auto n = static_cast<double>(differences.size());
  relation.own /= n;
  relation.other /= n;
  relation.z = moments(differences).z;
  return relation;
}

Findings check_shift(const Case& examined) {
  if (examined.rows() < 20) return {};
  Neighbourhood near(examined);
  std::vector<Offset> offsets = far_offsets(examined, near.sampled());
  for (Offset k = 1; k <= std::min(kNear, static_cast<Offset>(examined.rows()) / 4); ++k) {
    offsets.push_back(k);
    offsets.push_back(-k);
  }
  Shift best;
  for (const Offset offset : offsets) {
    std::vector<double> gains;
    for (std::size_t i = 0; i < near.sampled().size(); ++i)
      gains.push_back(near.similarity(i, offset) - near.similarity(i, 0));
    const Shift shift = best_stretch(gains, offset);
    if (shift.gain > best.gain) best = shift;
  }
  if (best.offset == 0 || !convincing(best, near)) return {};
  const bool whole = (best.end - best.first) * 20 >= near.sampled().size() * 19;
  const auto line = [&](std::size_t i) { return examined.line(near.sampled()[i]); };
  return {
      {.cause = "outputs-shifted",
       .sure = true,
       .what = fmt::format("{} the outputs fit the references {} row{} further {}, not their own",
                           whole ? "all over the file"
                                 : fmt::format("from about line {} to line {}", line(best.first),
                                               line(best.end - 1)),
                           std::abs(best.offset), std::abs(best.offset) == 1 ? "" : "s",
                           best.offset > 0 ? "down" : "up"),
       .remedy = "an output was lost or added on the way, or a header was counted as a row: "
                 "write the outputs beside their own references"}};
}

Findings check_relation(const Case& examined) {
  const std::size_t copies = count_rows(examined, [&](std::size_t row) {
    return examined.cell(row, kPrediction) == examined.cell(row, kInput);
  });
  if (examined.rows() < 50 || copies * 2 >= examined.rows()) return {};
  const Relation relation = relate(examined);
  if (relation.z >= 3.0) return {};
  // No model answers in alphabetical order, unless all its inputs come in some.
  const bool sorted =
      std::ranges::is_sorted(examined.file.rows, {}, &results::PredictionRow::prediction) &&
      !std::ranges::is_sorted(examined.file.rows, {}, &results::PredictionRow::input) &&
      examined.cell(0, kPrediction) != examined.cell(examined.rows() / 2, kPrediction);
  return {{.cause = "outputs-unrelated",
           .sure = sorted,
           .what = fmt::format("the outputs fit their own references no better than others "
                               "(similarity {:.3f} and {:.3f}){}",
                               relation.own, relation.other,
                               sorted ? ", and they stand in alphabetical order" : ""),
           .remedy = sorted ? "they were sorted alone: write them in the order of their inputs"
                            : "were the outputs sorted or shuffled alone, or made for another data "
                              "set?"}};
}

}  // namespace cupel::import
