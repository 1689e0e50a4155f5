/// The examples of a report: what was asked and answered, and how it was scored one by one.
#pragma once

#include <string>

#include "reports/html/documents.h"
#include "results/store.h"

namespace cupel::reports {

/// A plain block "examples", {"molecules_in_block", "runs": [{"run", "set", "answer"}]}, and packed
/// ones, each array with one element an example:
///   set-N        {"inputs", "references", "input_molecules", "reference_molecules"}, once for all
///                runs on them; molecules are numbers in the molecule table, or null
///   run-ID       {"predictions", "molecules", "invalid": [examples], "differences":
///                [[of the prediction], [of the reference]], "scores": [{"protocol", "metric",
///                "higher_is_better", "values"}]}; of alignment {"pairs"}, see alignment_pairs.h
///   molecules-N  see MoleculeTable
/// A score of an example is the metric's of its statistics alone; null where there is none. A
/// metric that scores no example by itself is left out.
[[nodiscard]] std::string example_blocks(results::Store& store, const ChosenRuns& chosen,
                                         const SectionOf& sections, unsigned jobs);

}  // namespace cupel::reports
