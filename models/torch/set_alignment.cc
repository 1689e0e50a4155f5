#include "models/torch/set_alignment.h"

#include <cstdint>
#include <limits>
#include <map>
#include <numeric>
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
  /// `sets` [tokens of the network]: the set of each.
  NumberedSets(const Numbers& tokens, const at::Tensor& sets) {
    const at::Tensor row = sets.to(at::kCPU).contiguous();
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

/// [sets of the text] of one example: the most similar set of the molecule.
Numbers most_similar(const LevelSets& level, std::int64_t example) {
  const auto units = [&](const Tokens& tokens) {
    const at::Tensor rows = tokens.states[example].to(at::kFloat);
    return rows / rows.norm(2, -1, true);
  };
  at::Tensor cosines = at::mm(units(level.text), units(level.smiles).t());
  if (level.smiles.valid.defined())
    cosines = cosines.masked_fill(level.smiles.valid[example].logical_not(),
                                  -std::numeric_limits<double>::infinity());
  const at::Tensor best = cosines.argmax(1).to(at::kCPU).contiguous();
  const auto* begin = best.const_data_ptr<std::int64_t>();
  return {begin, begin + best.numel()};
}

std::string level_text(const LevelSets& level, std::int64_t example, const Numbers& smiles,
                       const Numbers& text) {
  const NumberedSets molecule(smiles, level.smiles_sets[example]);
  const NumberedSets words(text, level.text_sets[example]);
  const Numbers best = most_similar(level, example);
  Numbers match;
  for (const std::int64_t set : words.order)
    match.push_back(molecule.number(best[static_cast<std::size_t>(set)]));
  return fmt::format(R"({{"molecule":[{}],"text":[{}],"match":[{}]}})",
                     fmt::join(molecule.bytes, ","), fmt::join(words.bytes, ","),
                     fmt::join(match, ","));
}

}  // namespace

std::vector<std::string> aligned_sets(const AtomasNetwork& network,
                                      std::span<const LocatedInput> smiles,
                                      std::span<const LocatedInput> text, std::int64_t extra_pads) {
  const auto states = [&](Modality modality, std::span<const LocatedInput> inputs) {
    std::vector<Ids> ids;
    for (const LocatedInput& input : inputs) ids.push_back(input.tokens.ids);
    std::vector<std::size_t> all(ids.size());
    std::iota(all.begin(), all.end(), 0);
    return network.encode(modality, pad_rows(ids, all, network.pooled_length(), extra_pads),
                          Weights::kOnline);
  };
  const auto levels = network.hierarchical()->sets(states(Modality::kText, text),
                                                   states(Modality::kSmiles, smiles));
  std::vector<std::string> answers;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const Numbers smiles_tokens = tokens_of(smiles[i]);
    const Numbers text_tokens = tokens_of(text[i]);
    std::string out;
    for (const LevelSets& level : levels) {
      out += (out.empty() ? "" : ",") +
             level_text(level, static_cast<std::int64_t>(i), smiles_tokens, text_tokens);
    }
    answers.push_back(R"({"levels":[)" + out + "]}");
  }
  return answers;
}

}  // namespace cupel::nn
