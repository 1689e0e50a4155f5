#include "tasks/split.h"

#include <algorithm>
#include <numeric>
#include <random>
#include <unordered_map>

#include "harness/chem/molecule.h"
#include "harness/chem/scaffold.h"
#include "harness/core/parallel.h"

namespace cupel::tasks {
namespace {

std::uint64_t whole(const Fractions& fractions) {
  return std::uint64_t{fractions[0]} + fractions[1] + fractions[2];
}

/// Below `n`, each as likely. The standard's distributions differ between libraries, its engine
/// does not.
std::size_t draw(std::mt19937_64& random, std::size_t n) {
  const std::uint64_t biased = std::uint64_t(0) - n;  // 2^64 - n, of which 2^64 mod n is left over
  const std::uint64_t refused = biased % n;
  for (;;) {
    const std::uint64_t number = random();
    if (number >= refused) return number % n;
  }
}

std::vector<std::vector<std::size_t>> sets_of(std::span<const std::string> scaffolds) {
  std::vector<std::vector<std::size_t>> sets;
  std::unordered_map<std::string_view, std::size_t> known;
  for (std::size_t row = 0; row < scaffolds.size(); ++row) {
    const auto [at, is_new] = known.try_emplace(scaffolds[row], sets.size());
    if (is_new) sets.emplace_back();
    sets[at->second].push_back(row);
  }
  std::ranges::sort(sets, [](const auto& a, const auto& b) {
    return a.size() != b.size() ? a.size() > b.size() : a.front() > b.front();
  });
  return sets;
}

}  // namespace

std::vector<Side> random_split(std::size_t rows, const Fractions& fractions, std::uint64_t seed) {
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::mt19937_64 random(seed);
  for (std::size_t i = rows; i > 1; --i) std::swap(order[i - 1], order[draw(random, i)]);
  const std::size_t train = rows * fractions[0] / whole(fractions);
  const std::size_t validation = rows * fractions[1] / whole(fractions);
  std::vector<Side> sides(rows, Side::kTest);
  for (std::size_t i = 0; i < train + validation; ++i)
    sides[order[i]] = i < train ? Side::kTrain : Side::kValidation;
  return sides;
}

std::vector<Side> scaffold_split(std::span<const std::string> scaffolds,
                                 const Fractions& fractions) {
  const auto fits = [&](std::size_t rows, std::uint64_t share) {
    return rows * whole(fractions) <= scaffolds.size() * share;
  };
  std::vector<Side> sides(scaffolds.size(), Side::kTest);
  std::size_t train = 0;
  std::size_t both = 0;
  for (const std::vector<std::size_t>& set : sets_of(scaffolds)) {
    Side side = Side::kTest;
    if (fits(train + set.size(), fractions[0])) {
      side = Side::kTrain;
      train += set.size();
    } else if (fits(both + set.size(), std::uint64_t{fractions[0]} + fractions[1])) {
      side = Side::kValidation;
    }
    if (side != Side::kTest) both += set.size();
    for (const std::size_t row : set) sides[row] = side;
  }
  return sides;
}

std::vector<std::optional<std::string>> scaffolds_of(std::span<const Sample> rows,
                                                     bool with_chirality) {
  std::vector<std::optional<std::string>> scaffolds(rows.size());
  parallel_for(rows.size(), 0, [&](std::size_t row) {
    const auto molecule = chem::Molecule::from_smiles(rows[row].smiles);
    if (molecule) scaffolds[row] = chem::murcko_scaffold(*molecule, with_chirality);
  });
  return scaffolds;
}

}  // namespace cupel::tasks
