#include "harness/run/answer_agreement.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <map>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/run/answer_comparison.h"
#include "metrics/classification/label_text.h"
#include "metrics/retrieval/rank.h"
#include "metrics/retrieval/rank_text.h"

namespace cupel {
namespace {

using Scores = std::map<std::int64_t, double>;  // by row of the gallery

bool near(double a, double b) {
  return std::abs(a - b) <= kInvarianceTolerance * std::max({1.0, std::abs(a), std::abs(b)});
}

bool logits_agree(const std::string& before, const std::string& now) {
  const auto a = metrics::read_logits(before);
  const auto b = metrics::read_logits(now);
  return a && b && std::ranges::equal(*a, *b, near);
}

bool places_agree(const metrics::TieRank& a, const metrics::TieRank& b) {
  const auto apart = [](const metrics::TieRank& low, const metrics::TieRank& high) {
    return high.better > low.better + low.equal + 1;
  };
  return a.candidates == b.candidates && a.finite == b.finite && !apart(a, b) && !apart(b, a);
}

Scores best_of(const std::string& text) {
  static const std::string origin = "ranks";  // outlives the objects, which refer to it
  const JsonValue root = parse_json(text, origin);
  JsonObject object(root, origin);
  Scores best;
  for (const JsonValue& one : object.member("top").items) {
    JsonObject row(one, origin);
    best[row.integer("row")] = row.member("score").real;
  }
  return best;
}

/// Rows of `some` are in `other` with the same score, or score as the last there.
bool best_agree(const Scores& some, const Scores& other) {
  double last = std::numeric_limits<double>::infinity();
  for (const auto& [row, score] : other) last = std::min(last, score);
  return std::ranges::all_of(some, [&](const auto& one) {
    const auto at = other.find(one.first);
    return near(one.second, at == other.end() ? last : at->second);
  });
}

bool ranks_agree(const std::string& before, const std::string& now) {
  const auto a = metrics::read_ranks(before);
  const auto b = metrics::read_ranks(now);
  if (!a || !b || !std::ranges::equal(*a, *b, places_agree)) return false;
  try {
    const Scores first = best_of(before);
    const Scores other = best_of(now);
    return best_agree(first, other) && best_agree(other, first);
  } catch (const Error&) {
    return false;
  }
}

}  // namespace

bool answers_agree(Capability capability, const std::string& before, const std::string& now) {
  if (before == now) return true;
  switch (capability) {
    case Capability::kMoleculeRetrieval:
    case Capability::kTextRetrieval:
      return ranks_agree(before, now);
    case Capability::kProperty:
      return logits_agree(before, now);
    default:
      return false;
  }
}

}  // namespace cupel
