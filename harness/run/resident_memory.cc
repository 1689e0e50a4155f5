#include "harness/run/resident_memory.h"

#include <algorithm>
#include <fstream>
#include <string>

#include <malloc.h>

namespace cupel {
namespace {

/// "VmRSS:" or "VmHWM:" of this process, in bytes.
std::optional<double> status_of(const std::string& key) {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0.0;
    if (word == key && status >> kilobytes) return kilobytes * 1024.0;
  }
  return {};
}

}  // namespace

ResidentMemory::ResidentMemory() {
  ::malloc_trim(0);
  std::ofstream peak("/proc/self/clear_refs");
  peak << "5" << std::flush;  // proc(5): the highest point is the present one
  if (peak) before_ = status_of("VmRSS:");
}

std::optional<double> ResidentMemory::risen() const {
  const auto highest = status_of("VmHWM:");
  if (!before_ || !highest) return {};
  return std::max(0.0, *highest - *before_);
}

}  // namespace cupel
