/// What a metric may ask about a SMILES string, computed once for each distinct string of a run.
#pragma once

#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "harness/chem/fingerprint.h"
#include "harness/chem/molecule.h"

namespace cupel::metrics {

/// Lazy and thread-safe; even parsing waits for the first question. The molecule facets may be
/// asked only when parsed() has a value (asserted).
class MoleculeFacts {
 public:
  /// `parsed`: the same SMILES, whose molecule serves here too; null: it is parsed here.
  MoleculeFacts(std::string smiles, const chem::MorganOptions& morgan, std::size_t morgan_bits,
                const MoleculeFacts* parsed = nullptr)
      : smiles_(std::move(smiles)),
        morgan_(morgan),
        morgan_bit_count_(morgan_bits),
        shared_(parsed) {}

  [[nodiscard]] const std::string& smiles() const { return smiles_; }
  [[nodiscard]] const Outcome<chem::Molecule, chem::Defect>& parsed() const;
  [[nodiscard]] bool trailing_text() const { return chem::has_trailing_text(smiles_); }
  [[nodiscard]] const std::string& inchi() const;
  [[nodiscard]] const std::string& canonical() const;
  [[nodiscard]] const std::string& canonical_no_stereo() const;
  [[nodiscard]] const chem::BitFingerprint& maccs() const;
  [[nodiscard]] const chem::BitFingerprint& rdk() const;
  /// Bits of a folded Morgan fingerprint; 0 when the cache keeps unfolded counts.
  [[nodiscard]] std::size_t morgan_bit_count() const { return morgan_bit_count_; }
  /// Only when morgan_bit_count() is 0 …
  [[nodiscard]] const chem::CountFingerprint& morgan_counts() const;
  /// … and only when it is not.
  [[nodiscard]] const chem::BitFingerprint& morgan_bits() const;

 private:
  template <typename T>
  struct Lazy {
    mutable std::once_flag once;
    mutable std::optional<T> value;

    template <typename Compute>
    const T& get(Compute compute) const {
      std::call_once(once, [&] { value.emplace(compute()); });
      return *value;  // NOLINT(bugprone-unchecked-optional-access): set above, once
    }
  };
  [[nodiscard]] const chem::Molecule& molecule() const;

  std::string smiles_;
  chem::MorganOptions morgan_;
  std::size_t morgan_bit_count_;
  const MoleculeFacts* shared_;
  Lazy<Outcome<chem::Molecule, chem::Defect>> parsed_;
  Lazy<std::string> inchi_, canonical_, canonical_no_stereo_;
  Lazy<chem::BitFingerprint> maccs_, rdk_, morgan_bits_;
  Lazy<chem::CountFingerprint> morgan_counts_;
};

/// Thread-safe. A second prediction file over the same references finds their facts here.
class MoleculeCache {
 public:
  /// `parsed`: a cache whose molecules serve here too, and which outlives what is got from this.
  explicit MoleculeCache(const chem::MorganOptions& morgan = {}, std::size_t morgan_bits = 0,
                         MoleculeCache* parsed = nullptr)
      : morgan_(morgan), morgan_bits_(morgan_bits), shared_(parsed) {}

  /// The reference stays valid until keep_at_most, or as long as the cache.
  [[nodiscard]] const MoleculeFacts& get(std::string_view smiles);

  /// Forgets everything when it holds more than `count` strings; no reference may be in use.
  void keep_at_most(std::size_t count);

 private:
  chem::MorganOptions morgan_;
  std::size_t morgan_bits_;
  MoleculeCache* shared_;
  std::mutex mutex_;
  // The keys are the facts' own strings.
  std::unordered_map<std::string_view, std::unique_ptr<MoleculeFacts>> facts_;
};

}  // namespace cupel::metrics
