/// What a model in a process answers (the protocol: models/plugin/README.md).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "harness/core/error.h"

namespace cupel {

/// What was asked for.
struct ExpectedAnswer {
  enum class What : std::uint8_t { kHandshake, kDone, kOutputs, kScores };

  What what = What::kDone;
  std::size_t rows = 0;     ///< of kOutputs and kScores: inputs
  std::size_t columns = 0;  ///< of kScores
};

struct Handshake {
  std::int64_t protocol = 0;
};
struct Done {};
struct Progress {
  double share = 0.0;                                 ///< in [0, 1]
  std::optional<std::uint64_t> step = {};             ///< that the facts belong to
  std::vector<std::pair<std::string, double>> facts;  ///< whatever numbers stand beside it
};
/// The model says that it cannot.
struct Refusal {
  Code code = Code::kIncomplete;
  std::string message;
};
using Outputs = std::vector<std::string>;
using Scores = std::vector<float>;  ///< rows × columns, row-major, finite
using Answer = std::variant<Handshake, Done, Progress, Refusal, Outputs, Scores>;

/// One line of a process: what was expected, Progress or Refusal. Throws Error{kIncomplete} for
/// anything else, naming what is wrong and quoting the line's beginning.
[[nodiscard]] Answer parse_answer(std::string_view line, const ExpectedAnswer& expected);

}  // namespace cupel
