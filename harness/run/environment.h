/// With what and on what something was computed: recorded beside results, in no digest.
#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "harness/plan/plan.h"

namespace cupel {

/// JSON: cupel, compiler, rdkit, inchi, sqlite, system, processor, threads. No host name, no paths.
[[nodiscard]] std::string environment_facts();

/// The same for these cells, done with `jobs` threads (0: all processors): also jobs, and what
/// their models say that they run on (ModelEntry::runs_on), as far as it can be found out; how fast
/// that is ("…gflops") is left out.
[[nodiscard]] std::string environment_facts(const Plan& plan, std::span<const std::size_t> cells,
                                            unsigned jobs);

}  // namespace cupel
