/// A number, and everything without which it says nothing.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace cupel {

struct Score {
  std::string metric;
  std::optional<double> value;  ///< in [0, 1] where the metric is a fraction
  std::string reason;           ///< why there is no value; empty when there is one
  std::optional<double>
      low;  ///< bootstrap interval; absent when no interval was asked for or none exists
  std::optional<double> high;
  std::size_t n = 0;           ///< examples in the denominator
  std::string signature;       ///< short form
  std::string signature_long;  ///< the same with long names
};

}  // namespace cupel
