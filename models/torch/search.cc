#include "models/torch/search.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

#include <ATen/TensorOperators.h>
#include <ATen/ops/full.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/logsumexp.h>
#include <ATen/ops/tensor.h>
#include <ATen/ops/topk.h>

#include "harness/core/split_mix.h"
#include "models/torch/beam_pool.h"
#include "models/torch/t5_config.h"

namespace cupel::nn {
namespace {

/// Finished sentences are left out of the batch once they are this share of it: leaving out copies.
constexpr double kIdleShare = 0.25;
/// What beams other than the first start with, so that the first step sees one beam.
constexpr float kDead = -1e9F;
constexpr double kInfinity = std::numeric_limits<double>::infinity();

std::span<const std::int64_t> ids(const at::Tensor& tensor) {
  return {tensor.const_data_ptr<std::int64_t>(), static_cast<std::size_t>(tensor.numel())};
}

/// Which sentences are still in the batch, and which of those go on.
class Batch {
 public:
  explicit Batch(std::int64_t sentences)
      : members_(static_cast<std::size_t>(sentences)), open_(members_.size(), true) {
    std::iota(members_.begin(), members_.end(), 0);
  }

  /// The number of a sentence, by its place in the batch.
  [[nodiscard]] std::size_t sentence(std::size_t place) const { return members_[place]; }
  [[nodiscard]] std::size_t size() const { return members_.size(); }
  [[nodiscard]] bool open(std::size_t place) const { return open_[place]; }
  void close(std::size_t place) { open_[place] = false; }
  [[nodiscard]] bool finished() const { return !std::ranges::contains(open_, true); }

  /// The places that stay, once enough have closed; empty: leave all as it is.
  [[nodiscard]] std::vector<std::int64_t> shrink() {
    const auto closed = static_cast<double>(std::ranges::count(open_, false));
    if (closed < kIdleShare * static_cast<double>(size()) || closed == 0.0) return {};
    std::vector<std::int64_t> places;
    std::vector<std::size_t> members;
    for (std::size_t place = 0; place < size(); ++place) {
      if (!open_[place]) continue;
      places.push_back(static_cast<std::int64_t>(place));
      members.push_back(members_[place]);
    }
    members_ = std::move(members);
    open_.assign(members_.size(), true);
    return places;
  }

 private:
  std::vector<std::size_t> members_;
  std::vector<bool> open_;
};

at::Tensor start_tokens(std::int64_t rows) { return at::full({rows}, kPad, at::kLong); }

template <typename T>
void keep_places(std::vector<T>& values, std::span<const std::int64_t> places, std::size_t each) {
  std::vector<T> kept;
  for (const std::int64_t place : places) {
    const auto first = values.begin() + place * static_cast<std::ptrdiff_t>(each);
    kept.insert(kept.end(), first, first + static_cast<std::ptrdiff_t>(each));
  }
  values = std::move(kept);
}

/// One token a sentence a step: the likeliest, or one that is drawn.
Found search_rows(Stepper& stepper, std::int64_t sentences, const SearchOptions& options) {
  const auto size = static_cast<std::size_t>(sentences);
  Found found{.tokens = Sequences(size),
              .log_probabilities = std::vector(size, 0.0),
              .margins = std::vector(size, kInfinity)};
  Batch batch(sentences);
  at::Tensor tokens = start_tokens(sentences);
  for (std::int64_t length = 1; length < options.max_length; ++length) {
    if (options.check) options.check();
    const at::Tensor logits = stepper.step(tokens).to(at::kCPU, at::kFloat).contiguous();
    const at::Tensor whole = at::logsumexp(logits, {-1});
    const auto columns = static_cast<std::size_t>(logits.size(1));
    std::vector<std::int64_t> next(batch.size(), kPad);
    for (std::size_t place = 0; place < batch.size(); ++place) {
      if (!batch.open(place)) continue;
      const std::size_t sentence = batch.sentence(place);
      const std::span row(logits.const_data_ptr<float>() + place * columns, columns);
      const TokenChoice choice =
          options.sampling ? drawn(row, *options.sampling,
                                   split_mix(options.seeds[sentence] +
                                             kSplitMixStep * static_cast<std::uint64_t>(length)))
                           : likeliest(row);
      next[place] = choice.token;
      found.tokens[sentence].push_back(choice.token);
      found.log_probabilities[sentence] +=
          row[static_cast<std::size_t>(choice.token)] - whole.const_data_ptr<float>()[place];
      found.margins[sentence] = std::min(found.margins[sentence], choice.margin);
      if (choice.token == kEnd) batch.close(place);
    }
    if (batch.finished()) break;
    if (const auto places = batch.shrink(); !places.empty()) {
      stepper.keep(at::tensor(places));
      keep_places(next, places, 1);
    }
    tokens = at::tensor(next);
  }
  return found;
}

class BeamSearch {
 public:
  BeamSearch(Stepper& stepper, std::int64_t sentences, const SearchOptions& options)
      : stepper_(stepper),
        options_(options),
        beams_(static_cast<std::size_t>(options.beams)),
        batch_(sentences),
        pools_(static_cast<std::size_t>(sentences), BeamPool(beams_, options.length_penalty)),
        histories_(pools_.size() * beams_),
        scores_(pools_.size() * beams_, kDead),
        next_(pools_.size() * beams_, kPad),
        margins_(pools_.size(), kInfinity) {
    for (std::size_t row = 0; row < scores_.size(); row += beams_) scores_[row] = 0.0F;
  }

  Found run() {
    // `length` counts the start token: what each beam has seen before the step.
    for (std::int64_t length = 1; length < options_.max_length && !batch_.finished(); ++length) {
      if (options_.check) options_.check();
      const at::Tensor rows = at::tensor(next_);
      const at::Tensor logits = stepper_.step(rows).to(at::kCPU, at::kFloat);
      advance(logits, length);
    }
    for (std::size_t place = 0; place < batch_.size(); ++place) {
      if (batch_.open(place)) add_open_beams(place);
    }
    Found found;
    for (std::size_t sentence = 0; sentence < pools_.size(); ++sentence) {
      const BeamPool& pool = pools_[sentence];
      found.tokens.push_back(pool.best().tokens);
      found.log_probabilities.push_back(pool.best().sum);
      found.margins.push_back(std::min(margins_[sentence], pool.margin()));
    }
    return found;
  }

 private:
  void advance(const at::Tensor& logits, std::int64_t length) {
    const std::int64_t vocabulary = logits.size(1);
    const auto sentences = static_cast<std::int64_t>(batch_.size());
    const at::Tensor sums = at::log_softmax(logits, -1) + at::tensor(scores_).unsqueeze(1);
    const std::int64_t choices = options_.beams * vocabulary;
    // One more than can be chosen: how near was it?
    const std::int64_t seen = std::min(2 * options_.beams + 1, choices);
    const auto [scores, places] = at::topk(sums.view({sentences, choices}), seen, -1, true, true);
    std::vector<std::int64_t> parents(next_.size());
    std::iota(parents.begin(), parents.end(), 0);
    std::vector<std::vector<std::int64_t>> histories(histories_.size());
    for (std::size_t place = 0; place < batch_.size(); ++place) {
      if (!batch_.open(place)) continue;
      const auto each = static_cast<std::size_t>(seen);
      step_sentence(place, {scores.const_data_ptr<float>() + place * each, each},
                    ids(places).subspan(place * each, each), vocabulary, length, parents,
                    histories);
    }
    histories_ = std::move(histories);
    if (batch_.finished()) return;
    stepper_.choose(at::tensor(parents));
    if (const auto kept = batch_.shrink(); !kept.empty()) {
      stepper_.keep(at::tensor(kept));
      keep_places(histories_, kept, beams_);
      keep_places(scores_, kept, beams_);
      keep_places(next_, kept, beams_);
    }
  }

  /// Candidates best first: those that end go to the pool, if they are among the first `beams`; the
  /// others are the next beams.
  void step_sentence(std::size_t place, std::span<const float> scores,
                     std::span<const std::int64_t> candidates, std::int64_t vocabulary,
                     std::int64_t length, std::vector<std::int64_t>& parents,
                     std::vector<std::vector<std::int64_t>>& histories) {
    const std::size_t first = place * beams_;
    BeamPool& pool = pools_[batch_.sentence(place)];
    std::size_t beam = 0;
    std::size_t rank = 0;
    for (; rank < std::min(candidates.size(), 2 * beams_) && beam < beams_; ++rank) {
      const std::size_t parent = first + static_cast<std::size_t>(candidates[rank] / vocabulary);
      const std::int64_t token = candidates[rank] % vocabulary;
      if (token == kEnd) {
        if (rank >= beams_) continue;
        auto ended = histories_[parent];
        ended.push_back(kEnd);
        pool.add(std::move(ended), scores[rank], length);
        continue;
      }
      histories[first + beam] = histories_[parent];
      histories[first + beam].push_back(token);
      parents[first + beam] = static_cast<std::int64_t>(parent);
      scores_[first + beam] = scores[rank];
      next_[first + beam] = token;
      ++beam;
    }
    double& margin = margins_[batch_.sentence(place)];
    margin = std::min(margin, decided_by(scores, candidates, vocabulary, rank));
    if (pool.is_final(scores.front(), length)) batch_.close(place);
  }

  /// How near the first candidate that was dropped came, `next` or behind it; and those that end,
  /// to the other side of the first `beams`.
  [[nodiscard]] double decided_by(std::span<const float> scores,
                                  std::span<const std::int64_t> candidates, std::int64_t vocabulary,
                                  std::size_t next) const {
    double margin = kInfinity;
    const auto ends = [&](std::size_t rank) { return candidates[rank] % vocabulary == kEnd; };
    const auto between = [&](std::size_t better, std::size_t worse) {
      if (scores[worse] > kDead / 2)
        margin = std::min(margin, static_cast<double>(scores[better] - scores[worse]));
    };
    std::size_t dropped = next;
    while (dropped < scores.size() && ends(dropped)) ++dropped;
    if (dropped < scores.size()) between(next - 1, dropped);
    for (std::size_t rank = 0; rank < scores.size(); ++rank) {
      if (!ends(rank)) continue;
      if (rank >= beams_)
        between(beams_ - 1, rank);
      else if (beams_ < scores.size())
        between(rank, beams_);
    }
    return margin;
  }

  void add_open_beams(std::size_t place) {
    for (std::size_t row = place * beams_; row < (place + 1) * beams_; ++row) {
      const auto length = static_cast<std::int64_t>(histories_[row].size());
      pools_[batch_.sentence(place)].add(histories_[row], scores_[row], length);
    }
  }

  Stepper& stepper_;
  const SearchOptions& options_;
  std::size_t beams_;
  Batch batch_;
  std::vector<BeamPool> pools_;                       // by sentence
  std::vector<std::vector<std::int64_t>> histories_;  // by row, as the two below
  std::vector<float> scores_;
  std::vector<std::int64_t> next_;
  std::vector<double> margins_;  // by sentence
};

}  // namespace

Found search(Stepper& stepper, std::int64_t sentences, const SearchOptions& options) {
  const bool draws = options.sampling.has_value();
  if (options.beams < 1 || options.max_length < 1 || (draws && options.beams > 1))
    throw std::logic_error("a search without beams, without length, or that draws with beams");
  if (draws && options.seeds.size() != static_cast<std::size_t>(sentences))
    throw std::logic_error("a search that draws without a seed for each sentence");
  if (options.beams == 1) return search_rows(stepper, sentences, options);
  return BeamSearch(stepper, sentences, options).run();
}

}  // namespace cupel::nn
