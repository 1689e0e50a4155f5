/// With what and on what something was computed: recorded beside results, in no digest.
#pragma once

#include <string>

namespace cupel {

/// JSON: cupel, compiler, rdkit, inchi, sqlite, system, processor, threads. No host name, no paths.
[[nodiscard]] std::string environment_facts();

}  // namespace cupel
