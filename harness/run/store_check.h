/// Is everything in a store what its digests say, and is every score what its statistics say?
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "harness/core/digest.h"
#include "results/store.h"

namespace cupel {

struct StoreProblem {
  bool damaged = false;  ///< SQLite's own structure, rather than one of our digests
  std::string what;      ///< names run, row and metric
};

struct StoreCheck {
  std::size_t runs = 0;
  std::size_t incomplete = 0;  ///< runs; no problem: the same import or run again completes them
  std::size_t predictions = 0;
  std::size_t scores = 0;
  std::size_t plans = 0;
  Digest content{};
  std::vector<StoreProblem> problems;
};

/// Reads all of it: SQLite's integrity and foreign keys; the digest of every example, prediction,
/// cell, plan, stage of training and protocol; the Merkle roots; every complete measurement, whose
/// score is computed again from its statistics and must be equal bit for bit; the length of every
/// overlap. A score whose metric or statistics this program does not know is a problem too. The
/// statistics of one measurement are in memory at a time.
[[nodiscard]] StoreCheck check_store(results::Store& store);

}  // namespace cupel
