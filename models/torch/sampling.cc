#include "models/torch/sampling.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <vector>

#include "harness/core/split_mix.h"

namespace cupel::nn {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

/// The best of what is offered, and the distance to the second.
class Best {
 public:
  void offer(std::size_t token, double score) {
    if (score > best_) {
      second_ = best_;
      best_ = score;
      token_ = token;
    } else if (score > second_) {
      second_ = score;
    }
  }
  [[nodiscard]] std::size_t token() const { return token_; }
  [[nodiscard]] double score() const { return best_; }
  [[nodiscard]] double margin() const { return best_ - second_; }

 private:
  std::size_t token_ = 0;
  double best_ = -kInfinity;
  double second_ = -kInfinity;
};

/// Tokens from the likeliest down: those in front may be drawn.
struct Allowed {
  std::vector<std::size_t> order;
  std::size_t count = 0;
  double last_by = kInfinity;  ///< how clearly the last one is allowed
  double next_by = kInfinity;  ///< how clearly the one behind it is not
};

void limit_count(Allowed& allowed, std::span<const float> logits, const Sampling& sampling) {
  const auto most = static_cast<std::size_t>(sampling.top_k);
  if (most == 0 || most >= allowed.count) return;
  const float least = logits[allowed.order[most - 1]];
  std::size_t count = most;
  while (count < allowed.count && logits[allowed.order[count]] == least) ++count;
  allowed.count = count;
  if (count == allowed.order.size()) return;
  allowed.last_by = (least - logits[allowed.order[count]]) / sampling.temperature;
  allowed.next_by = allowed.last_by;
}

void limit_share(Allowed& allowed, std::span<const float> logits, const Sampling& sampling) {
  if (sampling.top_p >= 1.0) return;
  const double largest = logits[allowed.order.front()];
  std::vector<double> weights;
  for (std::size_t i = 0; i < allowed.count; ++i)
    weights.push_back(std::exp((logits[allowed.order[i]] - largest) / sampling.temperature));
  const double whole = std::reduce(weights.begin(), weights.end());
  double share = weights.front() / whole;
  double before = 0.0;  // the share of those before the last one
  std::size_t count = 1;
  while (count < allowed.count && share < sampling.top_p) {
    before = share;
    share += weights[count++] / whole;
  }
  if (count < allowed.count) {
    allowed.last_by = kInfinity;
    allowed.next_by = share - sampling.top_p;
  }
  if (count > 1) allowed.last_by = std::min(allowed.last_by, sampling.top_p - before);
  allowed.count = count;
}

Allowed allowed_tokens(std::span<const float> logits, const Sampling& sampling) {
  Allowed allowed{.order = std::vector<std::size_t>(logits.size()), .count = logits.size()};
  std::iota(allowed.order.begin(), allowed.order.end(), 0);
  // Of equal ones the last comes first: torch.sort goes up, and top-p takes from its end.
  std::ranges::sort(allowed.order, [&](auto a, auto b) {
    return logits[a] != logits[b] ? logits[a] > logits[b] : a > b;
  });
  limit_count(allowed, logits, sampling);
  limit_share(allowed, logits, sampling);
  return allowed;
}

double gumbel(std::uint64_t key, std::size_t token) {
  const std::uint64_t mixed = split_mix(key + kSplitMixStep * (token + 1));
  // In the open interval: both logarithms are finite.
  const double uniform = (static_cast<double>(mixed >> 12U) + 0.5) * 0x1p-52;
  return -std::log(-std::log(uniform));
}

TokenChoice choice(const Best& best) {
  return {.token = static_cast<std::int64_t>(best.token()), .margin = best.margin()};
}

}  // namespace

TokenChoice likeliest(std::span<const float> logits) {
  Best best;
  for (std::size_t token = 0; token < logits.size(); ++token) best.offer(token, logits[token]);
  return choice(best);
}

TokenChoice drawn(std::span<const float> logits, const Sampling& sampling, std::uint64_t key) {
  const auto score = [&](std::size_t token) {
    return logits[token] / sampling.temperature + gumbel(key, token);
  };
  Best best;
  if (sampling.top_k == 0 && sampling.top_p >= 1.0) {
    for (std::size_t token = 0; token < logits.size(); ++token) best.offer(token, score(token));
    return choice(best);
  }
  const Allowed allowed = allowed_tokens(logits, sampling);
  for (std::size_t i = 0; i < allowed.count; ++i)
    best.offer(allowed.order[i], score(allowed.order[i]));
  TokenChoice chosen = choice(best);
  if (best.token() == allowed.order[allowed.count - 1])
    chosen.margin = std::min(chosen.margin, allowed.last_by);
  if (allowed.count < allowed.order.size() && score(allowed.order[allowed.count]) > best.score())
    chosen.margin = std::min(chosen.margin, allowed.next_by);
  return chosen;
}

}  // namespace cupel::nn
