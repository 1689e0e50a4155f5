#include "harness/run/answers.h"

#include <algorithm>
#include <cmath>
#include <span>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/parallel.h"
#include "harness/core/split_mix.h"
#include "harness/core/utf8.h"
#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/rank_text.h"

namespace cupel {
namespace {

constexpr std::size_t kMostAtOnce = 1024;
constexpr std::size_t kScoresAtOnce = std::size_t{16} << 20U;
constexpr std::size_t kShownCandidates = 10;

void check_count(std::size_t found, std::size_t wanted, const char* what) {
  if (found == wanted) return;
  throw Error(Code::kIncomplete,
              fmt::format("the model gave {} {} where {} were asked for", found, what, wanted));
}

/// The ranks of example `row` among T candidates, for each T.
std::vector<metrics::TieRank> choice_ranks(std::span<const float> scores, std::size_t row,
                                           std::span<const std::size_t> choices) {
  const auto others = other_candidates(row, scores.size(), choices.back() - 1);
  std::vector<float> chosen = {scores[row]};
  for (const std::uint32_t other : others) chosen.push_back(scores[other]);
  std::vector<metrics::TieRank> ranks;
  for (const std::size_t count : choices)
    ranks.push_back(metrics::rank_of(std::span<const float>(chosen).first(count), 0));
  return ranks;
}

}  // namespace

std::vector<std::uint32_t> other_candidates(std::size_t row, std::size_t rows, std::size_t count) {
  if (count >= rows) {
    throw Error(
        Code::kUsage,
        fmt::format("a choice among {} needs as many test rows; there are {}", count + 1, rows),
        "use a larger data set");
  }
  SplitMix64 random((static_cast<std::uint64_t>(rows) << 32U) ^ row);
  std::vector<std::uint32_t> others;
  while (others.size() < count) {
    // The bias of the remainder is below rows / 2^64.
    const auto drawn = static_cast<std::uint32_t>(random.next() % rows);
    if (drawn != row && !std::ranges::contains(others, drawn)) others.push_back(drawn);
  }
  return others;
}

Answers::Answers(models::Model& model, const tasks::Task& task, const CellExamples& examples,
                 const models::Work& work)
    : model_(model), task_(task), examples_(examples), work_(work) {
  if (!examples.gallery().empty()) model.set_gallery(examples.gallery(), work);
}

std::size_t Answers::batch() const {
  if (examples_.gallery().empty()) return kMostAtOnce;
  return std::clamp<std::size_t>(kScoresAtOnce / examples_.gallery().size(), 1, kMostAtOnce);
}

std::vector<std::string> Answers::predict(std::size_t first, std::size_t count) {
  switch (task_.capability) {
    case Capability::kCaptioning:
    case Capability::kGeneration:
    case Capability::kAlignment:
      return texts(first, count);
    case Capability::kMoleculeRetrieval:
    case Capability::kTextRetrieval:
      return ranks(first, count);
    case Capability::kProperty:
      return logits(first, count);
  }
  return {};
}

std::vector<std::string> Answers::texts(std::size_t first, std::size_t count) {
  auto outputs = model_.generate(examples_.inputs().subspan(first, count), work_);
  check_count(outputs.size(), count, "outputs");
  for (std::size_t i = 0; i < count; ++i) {
    const bool nul = outputs[i].contains('\0');
    if (!nul && !first_invalid_utf8(outputs[i])) continue;
    throw Error(Code::kIncomplete, fmt::format("the model's output for row {} {}", first + i + 1,
                                               nul ? "holds a NUL byte" : "is not UTF-8"));
  }
  return outputs;
}

std::vector<std::string> Answers::ranks(std::size_t first, std::size_t count) {
  const std::size_t candidates = examples_.gallery().size();
  const auto scores = model_.rank(examples_.inputs().subspan(first, count), work_);
  check_count(scores.size(), count * candidates, "scores");
  std::vector<std::string> written(count);
  parallel_for(count, work_.jobs, [&](std::size_t i) {
    const auto row = std::span(scores).subspan(i * candidates, candidates);
    const auto ranks = task_.choices.empty() ? std::vector{metrics::rank_of(row, first + i)}
                                             : choice_ranks(row, first + i, task_.choices);
    written[i] = metrics::write_ranks(ranks, metrics::best_rows(row, kShownCandidates));
  });
  return written;
}

std::vector<std::string> Answers::logits(std::size_t first, std::size_t count) {
  const auto numbers = model_.classify(examples_.inputs().subspan(first, count), work_);
  const std::size_t labels = examples_.labels();
  check_count(numbers.size(), count * labels, "numbers");
  std::vector<std::string> written;
  for (std::size_t i = 0; i < count; ++i) {
    const auto row = std::span(numbers).subspan(i * labels, labels);
    if (!std::ranges::all_of(row, [](float number) { return std::isfinite(number); })) {
      throw Error(Code::kIncomplete,
                  fmt::format("the model's answer for row {} is not finite", first + i + 1));
    }
    written.push_back(metrics::write_logits(row));
  }
  return written;
}

}  // namespace cupel
