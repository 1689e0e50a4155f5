#include "models/text/unigram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "harness/core/utf8.h"

namespace cupel {
namespace {

constexpr double kUnknownPenalty = 10.0;
constexpr double kNoPiece = std::numeric_limits<double>::quiet_NaN();

}  // namespace

/// The best segmentation of the bytes before one place.
struct Unigram::Best {
  double score = 0.0;
  std::size_t start = 0;  // of its last piece
  bool reached = false;
  bool unknown = false;  // its last piece

  void offer(double candidate, std::size_t from, bool is_unknown) {
    if (!reached || candidate > score) *this = {candidate, from, true, is_unknown};
  }
};

Unigram::Unigram(const std::vector<Piece>& pieces) : scores_{kNoPiece} {
  std::size_t bytes = 1;
  double least = 0.0;
  for (const Piece& piece : pieces) {
    bytes += piece.text.size();
    least = std::min(least, double{piece.score});
  }
  unknown_score_ = least - kUnknownPenalty;
  edges_.resize(std::bit_ceil(2 * bytes));
  for (const Piece& piece : pieces) add(piece.text, double{piece.score});
}

std::size_t Unigram::slot(std::uint32_t node, char byte) const {
  const std::uint64_t key = (std::uint64_t{node} << 8U | static_cast<unsigned char>(byte)) + 1;
  const std::uint64_t mixed = key * 0x9E3779B97F4A7C15U;
  std::size_t at = (mixed ^ mixed >> 32U) & (edges_.size() - 1);
  while (edges_[at].key != 0 && edges_[at].key != key) at = (at + 1) & (edges_.size() - 1);
  return at;
}

void Unigram::add(std::string_view text, double score) {
  if (text.empty()) return;
  std::uint32_t node = 0;
  for (const char byte : text) {
    Edge& edge = edges_[slot(node, byte)];
    if (edge.key == 0) {
      edge.key = (std::uint64_t{node} << 8U | static_cast<unsigned char>(byte)) + 1;
      edge.node = static_cast<std::uint32_t>(scores_.size());
      scores_.push_back(kNoPiece);
    }
    node = edge.node;
  }
  scores_[node] = score;
}

std::vector<Unigram::Best> Unigram::best_paths(std::string_view word) const {
  std::vector<Best> best(word.size() + 1);
  for (std::size_t start = 0; start < word.size(); start += utf8_length(word[start])) {
    const double score = best[start].score;
    const std::size_t next = start + utf8_length(word[start]);
    bool has_single = false;
    std::uint32_t node = 0;
    for (std::size_t end = start; end < word.size();) {
      const Edge& edge = edges_[slot(node, word[end])];
      if (edge.key == 0) break;
      node = edge.node;
      ++end;
      if (std::isnan(scores_[node])) continue;
      best[end].offer(scores_[node] + score, start, false);
      has_single |= end == next;
    }
    if (!has_single) best[next].offer(unknown_score_ + score, start, true);
  }
  return best;
}

void Unigram::cut(std::string_view word, std::vector<std::string_view>& out) const {
  const std::vector<Best> best = best_paths(word);
  const auto first = static_cast<std::ptrdiff_t>(out.size());
  for (std::size_t end = word.size(); end > 0;) {
    std::size_t start = best[end].start;
    while (best[end].unknown && start > 0 && best[start].unknown) start = best[start].start;
    out.push_back(word.substr(start, end - start));
    end = start;
  }
  std::reverse(out.begin() + first, out.end());
}

}  // namespace cupel
