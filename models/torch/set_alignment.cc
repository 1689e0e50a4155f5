#include "models/torch/set_alignment.h"

#include <cstdint>
#include <limits>
#include <map>
#include <span>
#include <vector>

#include <ATen/TensorOperators.h>
#include <ATen/ops/mm.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "models/torch/batches.h"

namespace cupel::nn {
namespace {

constexpr std::int64_t kNoSet = -1;

using Numbers = std::vector<std::int64_t>;

/// The token of each byte.
Numbers tokens_of(const LocatedInput& input) {
  Numbers tokens(input.size, kNoSet);
  for (std::size_t token = 0; token < input.tokens.ranges.size(); ++token) {
    const TextRange& range = input.tokens.ranges[token];
    for (std::size_t at = range.begin; at < range.end; ++at)
      tokens[at] = static_cast<std::int64_t>(token);
  }
  return tokens;
}

/// The sets of one side, numbered as they appear in the input.
struct NumberedSets {
  NumberedSets(const Numbers& tokens, const at::Tensor& sets) {
    const at::Tensor row = sets[0].to(at::kCPU).contiguous();
    const auto* of_token = row.const_data_ptr<std::int64_t>();
    for (const std::int64_t token : tokens) {
      if (token == kNoSet) {
        bytes.push_back(kNoSet);
        continue;
      }
      const std::int64_t set = of_token[token];
      const auto [found, fresh] = numbers.emplace(set, static_cast<std::int64_t>(order.size()));
      if (fresh) order.push_back(set);
      bytes.push_back(found->second);
    }
  }
  /// Of a set of the network; of one without bytes kNoSet.
  [[nodiscard]] std::int64_t number(std::int64_t set) const {
    const auto found = numbers.find(set);
    return found == numbers.end() ? kNoSet : found->second;
  }

  Numbers bytes;
  Numbers order;  // sets of the network
  std::map<std::int64_t, std::int64_t> numbers;
};

/// [sets of the text]: the most similar set of the molecule.
Numbers most_similar(const LevelSets& level) {
  const auto units = [](const Tokens& tokens) {
    const at::Tensor rows = tokens.states[0].to(at::kFloat);
    return rows / rows.norm(2, -1, true);
  };
  at::Tensor cosines = at::mm(units(level.text), units(level.smiles).t());
  if (level.smiles.valid.defined())
    cosines = cosines.masked_fill(level.smiles.valid.logical_not(),
                                  -std::numeric_limits<double>::infinity());
  const at::Tensor best = cosines.argmax(1).to(at::kCPU).contiguous();
  const auto* begin = best.const_data_ptr<std::int64_t>();
  return {begin, begin + best.numel()};
}

std::string level_text(const LevelSets& level, const Numbers& smiles, const Numbers& text) {
  const NumberedSets molecule(smiles, level.smiles_sets);
  const NumberedSets words(text, level.text_sets);
  const Numbers best = most_similar(level);
  Numbers match;
  for (const std::int64_t set : words.order)
    match.push_back(molecule.number(best[static_cast<std::size_t>(set)]));
  return fmt::format(R"({{"molecule":[{}],"text":[{}],"match":[{}]}})",
                     fmt::join(molecule.bytes, ","), fmt::join(words.bytes, ","),
                     fmt::join(match, ","));
}

}  // namespace

std::string aligned_sets(const AtomasNetwork& network, const LocatedInput& smiles,
                         const LocatedInput& text) {
  const auto states = [&](Modality modality, const LocatedInput& input) {
    static constexpr std::size_t kFirst = 0;
    const at::Tensor ids =
        pad_rows(std::span(&input.tokens.ids, 1), std::span(&kFirst, 1), network.pooled_length());
    return network.encode(modality, ids, Weights::kOnline);
  };
  const auto levels = network.hierarchical()->sets(states(Modality::kText, text),
                                                   states(Modality::kSmiles, smiles));
  const Numbers smiles_tokens = tokens_of(smiles);
  const Numbers text_tokens = tokens_of(text);
  std::string out;
  for (const LevelSets& level : levels)
    out += (out.empty() ? "" : ",") + level_text(level, smiles_tokens, text_tokens);
  return R"({"levels":[)" + out + "]}";
}

}  // namespace cupel::nn
