/// RDKit's path fingerprint without its allocations.
#pragma once

#include "harness/chem/fingerprint.h"

namespace RDKit {
class ROMol;
}

namespace cupel::chem {

/// The same bits as RDKit::RDKFingerprintMol(molecule): every connected set of one to seven bonds
/// is a feature; its hash and one number drawn from a generator seeded with the hash set two of
/// 2048 bits. RDKit's code keeps all bond sets, several vectors for each; this one keeps the
/// current set only, so that memory does not grow with their number. For this room's own .cc files.
[[nodiscard]] BitFingerprint path_fingerprint(const RDKit::ROMol& molecule);

}  // namespace cupel::chem
