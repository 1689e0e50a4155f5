#include "metrics/retrieval/rank_text.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <optional>

#include <fmt/format.h>

#include "metrics/stored_text.h"

namespace cupel::metrics {
namespace {

/// Reads one line; the first thing that is missing is kept.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::expected<std::vector<TieRank>, std::string> read() {
    std::vector<TieRank> ranks;
    const bool good = expect("{\"ranks\":[") && list([&] { return rank(ranks); }) &&
                      (!text_.take(",\"top\":[") || list([&] { return row(); })) && expect("}") &&
                      (text_.at_end() || fail("the end of the text"));
    if (!good) return std::unexpected(wrong_);
    return ranks;
  }

 private:
  bool fail(std::string_view wanted) {
    wrong_ = text_.missing(wanted);
    return false;
  }
  bool expect(std::string_view wanted) { return text_.take(wanted) || fail(wanted); }
  bool whole(std::string_view key, std::uint32_t& number) {
    if (!expect(key)) return false;
    const auto found = text_.whole();
    if (!found) return fail("a whole number");
    number = *found;
    return true;
  }
  /// One element or more, and the closing bracket.
  template <typename Element>
  bool list(const Element& element) {
    do {
      if (!element()) return false;
    } while (text_.take(","));
    return expect("]");
  }
  bool rank(std::vector<TieRank>& ranks) {
    TieRank& one = ranks.emplace_back();
    if (!whole("{\"better\":", one.better) || !whole(",\"candidates\":", one.candidates) ||
        !whole(",\"equal\":", one.equal) || !expect(",\"finite\":"))
      return false;
    one.finite = text_.take("true");
    if (!one.finite && !text_.take("false")) return fail("true or false");
    if (std::uint64_t{one.better} + one.equal >= one.candidates)
      return fail("a target among the candidates");
    return expect("}");
  }
  bool row() {
    std::uint32_t number = 0;
    if (!whole("{\"row\":", number) || !expect(",\"score\":")) return false;
    if (!text_.take_number() && !text_.take("null")) return fail("a number");
    return expect("}");
  }

  StoredText text_;
  std::string wrong_;
};

}  // namespace

std::vector<ScoredRow> best_rows(std::span<const float> scores, std::size_t count) {
  std::vector<std::uint32_t> rows(scores.size());
  std::iota(rows.begin(), rows.end(), 0U);
  const auto before = [&](std::uint32_t a, std::uint32_t b) {
    const bool a_nan = std::isnan(scores[a]);
    const bool b_nan = std::isnan(scores[b]);
    if (a_nan != b_nan) return b_nan;
    if (!a_nan && scores[a] != scores[b]) return scores[a] > scores[b];
    return a < b;
  };
  const std::size_t kept = std::min(count, rows.size());
  std::ranges::partial_sort(rows, rows.begin() + static_cast<std::ptrdiff_t>(kept), before);
  std::vector<ScoredRow> best;
  for (std::size_t i = 0; i < kept; ++i) best.push_back({rows[i], scores[rows[i]]});
  return best;
}

std::string write_ranks(std::span<const TieRank> ranks, std::span<const ScoredRow> top) {
  std::string text = "{\"ranks\":[";
  for (const TieRank& rank : ranks) {
    if (&rank != ranks.data()) text += ',';
    fmt::format_to(std::back_inserter(text),
                   R"({{"better":{},"candidates":{},"equal":{},"finite":{}}})", rank.better,
                   rank.candidates, rank.equal, rank.finite);
  }
  text += ']';
  if (!top.empty()) {
    text += ",\"top\":[";
    for (const ScoredRow& one : top) {
      if (&one != top.data()) text += ',';
      fmt::format_to(std::back_inserter(text), R"({{"row":{},"score":)", one.row);
      append_real(text, one.score);
      text += '}';
    }
    text += ']';
  }
  return text + "}";
}

std::expected<std::vector<TieRank>, std::string> read_ranks(std::string_view text) {
  return Reader(text).read();
}

}  // namespace cupel::metrics
