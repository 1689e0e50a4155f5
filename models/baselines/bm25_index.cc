#include "models/baselines/bm25_index.h"

#include <algorithm>
#include <cmath>

namespace cupel::models {

std::vector<std::string> bm25_words(std::string_view text) {
  std::vector<std::string> words;
  bool inside = false;
  for (const char byte : text) {
    const bool upper = byte >= 'A' && byte <= 'Z';
    const bool part = upper || (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
    if (part && !inside) words.emplace_back();
    if (part) words.back() += upper ? static_cast<char>(byte - 'A' + 'a') : byte;
    inside = part;
  }
  return words;
}

Bm25Index::Bm25Index(std::span<const std::string_view> texts, const Bm25Options& options)
    : size_(texts.size()) {
  std::vector<double> lengths;
  double total = 0.0;
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const std::vector<std::string> words = bm25_words(texts[i]);
    lengths.push_back(static_cast<double>(words.size()));
    total += lengths.back();
    for (const std::string& word : words) {
      std::vector<Posting>& list = postings_[word];
      if (list.empty() || list.back().first != i)
        list.emplace_back(static_cast<std::uint32_t>(i), 0.0);
      list.back().second += 1.0;
    }
  }
  const auto n_texts = static_cast<double>(size_);
  const double mean = total / n_texts;
  for (auto& [word, list] : postings_) {
    const auto n = static_cast<double>(list.size());
    const double rarity = std::log(1.0 + (n_texts - n + 0.5) / (n + 0.5));
    for (auto& [text, weight] : list) {
      const double norm = options.k1 * (1.0 - options.b + options.b * lengths[text] / mean);
      weight = rarity * weight / (weight + norm);
    }
  }
}

std::vector<double> Bm25Index::scores(std::string_view query) const {
  std::vector<double> result(size_, 0.0);
  const std::vector<std::string> words = bm25_words(query);
  for (const std::string& word : words) {
    const auto found = postings_.find(word);
    if (found == postings_.end()) continue;
    for (const auto& [text, weight] : found->second) result[text] += weight;
  }
  return result;
}

std::optional<std::size_t> Bm25Index::best(std::string_view query) const {
  const std::vector<double> all = scores(query);
  const auto best = std::ranges::max_element(all);  // the first of several
  if (best == all.end() || *best == 0.0) return std::nullopt;
  return static_cast<std::size_t>(best - all.begin());
}

}  // namespace cupel::models
