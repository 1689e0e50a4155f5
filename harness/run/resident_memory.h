/// How much memory this process has resident, on Linux.
#pragma once

#include <optional>

namespace cupel {

/// By how much the resident memory rose between construction and its highest point since. One at a
/// time: the kernel keeps one highest point for the process.
class ResidentMemory {
 public:
  /// Gives free memory back to the system first.
  ResidentMemory();

  /// Bytes. Nothing where /proc does not tell, or does not let the highest point be set back.
  [[nodiscard]] std::optional<double> risen() const;

 private:
  std::optional<double> before_;
};

}  // namespace cupel
