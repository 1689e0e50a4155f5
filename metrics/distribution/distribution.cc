#include "metrics/distribution/distribution.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>

#include "harness/chem/fingerprint.h"
#include "harness/chem/molecule.h"
#include "harness/core/error.h"
#include "harness/core/parallel.h"

namespace cupel::metrics {
namespace {

constexpr const char* kNoMolecule = "no valid molecule";
constexpr chem::MorganOptions kDiversityMorgan{.radius = 2};
constexpr std::size_t kDiversityBits = 1024;

// What `make` answers for each valid string, in order.
template <typename Made, typename Make>
std::vector<Made> of_valid(std::span<const std::string> smiles, unsigned jobs, Make make) {
  std::vector<std::optional<Made>> each(smiles.size());
  parallel_for(smiles.size(), jobs, [&](std::size_t i) {
    const auto parsed = chem::Molecule::from_smiles(smiles[i]);
    if (parsed.has_value() && parsed->atoms() > 0) each[i] = make(*parsed);
  });
  std::vector<Made> made;
  for (std::optional<Made>& one : each) {
    if (one) made.push_back(std::move(*one));
  }
  return made;
}

std::set<std::string> distinct(std::vector<std::string> smiles) {
  return {std::make_move_iterator(smiles.begin()), std::make_move_iterator(smiles.end())};
}

double power(double base, int exponent) {
  double result = base;
  for (int i = 1; i < exponent; ++i) result *= base;
  return result;
}

}  // namespace

std::vector<std::string> valid_canonical(std::span<const std::string> smiles, Suite suite,
                                         unsigned jobs) {
  return of_valid<std::string>(smiles, jobs, [suite](const chem::Molecule& molecule) {
    return molecule.canonical_smiles(suite == Suite::kMoses);
  });
}

Value uniqueness(std::span<const std::string> generated, Suite suite, std::size_t first,
                 unsigned jobs) {
  std::vector<std::string> valid = valid_canonical(generated, suite, jobs);
  if (first > 0 && valid.size() > first) valid.resize(first);
  if (valid.empty()) return std::unexpected(kNoMolecule);
  const auto all = static_cast<double>(valid.size());
  return static_cast<double>(distinct(std::move(valid)).size()) / all;
}

Value novelty(std::span<const std::string> generated, std::span<const std::string> known,
              Suite suite, unsigned jobs) {
  const std::set<std::string> ours = distinct(valid_canonical(generated, suite, jobs));
  if (ours.empty()) return std::unexpected(kNoMolecule);
  const std::set<std::string> theirs = suite == Suite::kMoses
                                           ? std::set<std::string>(known.begin(), known.end())
                                           : distinct(valid_canonical(known, suite, jobs));
  const auto fresh = std::ranges::count_if(
      ours, [&theirs](const std::string& smiles) { return !theirs.contains(smiles); });
  return static_cast<double>(fresh) / static_cast<double>(ours.size());
}

Value internal_diversity(std::span<const std::string> generated, int p, unsigned jobs) {
  if (p < 1) throw Error(Code::kUsage, "internal diversity needs a power of at least 1");
  const auto prints =
      of_valid<chem::BitFingerprint>(generated, jobs, [](const chem::Molecule& molecule) {
        return chem::morgan_bits(molecule, kDiversityBits, kDiversityMorgan);
      });
  if (prints.empty()) return std::unexpected(kNoMolecule);
  const auto all = static_cast<double>(prints.size());
  std::vector<double> likeness(prints.size());
  parallel_for(prints.size(), jobs, [&](std::size_t i) {
    double sum = 0.0;
    for (const chem::BitFingerprint& other : prints)
      sum += power(chem::tanimoto(prints[i], other), p);
    likeness[i] = std::pow(sum / all, 1.0 / p);
  });
  double sum = 0.0;
  for (const double one : likeness) sum += one;
  return 1.0 - sum / all;
}

}  // namespace cupel::metrics
