/// Texts about a structure of the grammar.
#pragma once

#include <string>
#include <vector>

#include "harness/chem/facts.h"
#include "tasks/suite/classes.h"
#include "tasks/suite/random.h"
#include "tasks/suite/structure.h"
#include "tasks/suite/text.h"

namespace cupel::tasks::suite {

/// How the first sentence calls the molecule.
enum class Subject {
  kTheMolecule,  ///< "The molecule is …", as in ChEBI-20
  kIt,           ///< "it is …", as in PCdes
};

/// How much a text says.
enum class Detail {
  kFull,         ///< every substituent with its position
  kNoPositions,  ///< every substituent, but not where it is
  kClasses,      ///< classes of compounds and counts only
};

/// A text about the molecule that the structure was last written as. It says nothing but what
/// holds: names and places from the tree, everything else from RDKit's reading of the SMILES.
/// Wording, order and choice of facts are random.
[[nodiscard]] Text describe(const Structure& structure, const chem::MoleculeFacts& facts,
                            const std::vector<ClassMatch>& classes, Subject subject, Detail detail,
                            Random& random);

}  // namespace cupel::tasks::suite
