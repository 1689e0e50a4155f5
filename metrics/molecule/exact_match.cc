#include "metrics/molecule/exact_match.h"

#include <cstdint>
#include <string>

#include "harness/chem/inchi.h"
#include "harness/core/error.h"
#include "metrics/molecule/invalid_rule.h"
#include "metrics/pair.h"

namespace cupel::metrics {
namespace {

enum class Identity : std::uint8_t { kString, kCanonical, kCanonicalNoStereo, kInchi };

Identity identity_of(const std::string& name) {
  if (name == "string") return Identity::kString;
  if (name == "canonical") return Identity::kCanonical;
  if (name == "canonical-no-stereo") return Identity::kCanonicalNoStereo;
  return Identity::kInchi;
}

class ExactMatch final : public MeanMetric {
 public:
  explicit ExactMatch(const Choices& choices)
      : rule_(choices),
        identity_(identity_of(choices.text("exact"))),
        empty_inchi_differs_(choices.text("empty-inchi") == "differs") {}

 protected:
  [[nodiscard]] Counted value_of(const Pair& pair) const override {
    return {.value = equal(pair) ? 1.0 : 0.0};
  }

 private:
  [[nodiscard]] bool equal(const Pair& pair) const {
    const bool same_string = pair.prediction() == pair.reference();
    if (identity_ == Identity::kString) return same_string;
    const MoleculeFacts& predicted = pair.predicted_molecule();
    const MoleculeFacts& reference = pair.reference_molecule();
    if (!rule_.valid(predicted) || !rule_.valid(reference)) return false;
    // One string has one canonical SMILES and one InChI; only an empty InChI needs a look.
    if (same_string && !(identity_ == Identity::kInchi && empty_inchi_differs_)) return true;
    if (identity_ == Identity::kCanonical) return predicted.canonical() == reference.canonical();
    if (identity_ == Identity::kCanonicalNoStereo)
      return predicted.canonical_no_stereo() == reference.canonical_no_stereo();
    return predicted.inchi() == reference.inchi() &&
           !(empty_inchi_differs_ && predicted.inchi().empty());
  }

  InvalidRule rule_;
  Identity identity_;
  bool empty_inchi_differs_;
};

}  // namespace

std::unique_ptr<PairMetric> make_exact(const Choices& choices) {
  if (choices.text("exact") == "inchi" && !chem::has_inchi())
    throw Error(Code::kCapability, "exact match by InChI needs an InChI, which this build lacks",
                "configure with -DCUPEL_WITH_INCHI=ON, or choose \"exact\": \"canonical\"");
  return std::make_unique<ExactMatch>(choices);
}

}  // namespace cupel::metrics
