#include "metrics/molecule/molecule_cache.h"

#include <cassert>

#include "harness/chem/inchi.h"

namespace cupel::metrics {

const Outcome<chem::Molecule, chem::Defect>& MoleculeFacts::parsed() const {
  if (shared_ != nullptr) return shared_->parsed();
  return parsed_.get([this] { return chem::Molecule::from_smiles(smiles_); });
}

const chem::Molecule& MoleculeFacts::molecule() const {
  assert(parsed().has_value());
  return *parsed();
}

const std::string& MoleculeFacts::inchi() const {
  return inchi_.get([this] { return chem::inchi(molecule()); });
}

const std::string& MoleculeFacts::canonical() const {
  return canonical_.get([this] { return molecule().canonical_smiles(true); });
}

const std::string& MoleculeFacts::canonical_no_stereo() const {
  return canonical_no_stereo_.get([this] { return molecule().canonical_smiles(false); });
}

const chem::BitFingerprint& MoleculeFacts::maccs() const {
  return maccs_.get([this] { return chem::maccs(molecule()); });
}

const chem::BitFingerprint& MoleculeFacts::rdk() const {
  return rdk_.get([this] { return chem::rdk(molecule()); });
}

const chem::CountFingerprint& MoleculeFacts::morgan_counts() const {
  assert(morgan_bit_count_ == 0);
  return morgan_counts_.get([this] { return chem::morgan_counts(molecule(), morgan_); });
}

const chem::BitFingerprint& MoleculeFacts::morgan_bits() const {
  assert(morgan_bit_count_ > 0);
  return morgan_bits_.get(
      [this] { return chem::morgan_bits(molecule(), morgan_bit_count_, morgan_); });
}

const MoleculeFacts& MoleculeCache::get(std::string_view smiles) {
  const std::scoped_lock lock(mutex_);
  const auto found = facts_.find(smiles);
  if (found != facts_.end()) return *found->second;
  const MoleculeFacts* parsed = shared_ == nullptr ? nullptr : &shared_->get(smiles);
  auto facts = std::make_unique<MoleculeFacts>(std::string(smiles), morgan_, morgan_bits_, parsed);
  const std::string_view key = facts->smiles();
  return *facts_.emplace(key, std::move(facts)).first->second;
}

void MoleculeCache::keep_at_most(std::size_t count) {
  const std::scoped_lock lock(mutex_);
  if (facts_.size() > count) facts_.clear();
}

}  // namespace cupel::metrics
