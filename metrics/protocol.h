/// A protocol: a named, versioned set of scoring choices, kept as data, each choice with its
/// source.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "harness/core/json.h"
#include "harness/core/registry.h"
#include "metrics/choices.h"

namespace cupel::metrics {

/// What a protocol says about one task.
struct TaskProtocol {
  std::vector<std::string> metrics;            ///< ids, in the order in which they are shown
  Choices choices;                             ///< exactly the choices that these metrics depend on
  std::map<std::string, std::string> sources;  ///< choice key -> where the choice comes from
  std::string source;  ///< of the section itself; must be there when it has no choice, may be empty
                       ///< otherwise
};

struct Protocol {
  std::string id;
  std::string summary;
  std::int64_t version = 0;                   ///< raised by every change of a choice
  std::string origin;                         ///< the evaluation code or paper that it describes
  std::map<std::string, TaskProtocol> tasks;  ///< "captioning", "generation", "retrieval",
                                              ///< "choice", "property"

  /// Throws Error{kUsage} when the protocol does not define this task, listing those that it does.
  [[nodiscard]] const TaskProtocol& task(const std::string& name) const;
};

/// Reads one protocol document. Throws Error{kUsage} with line and column: bad JSON, unknown or
/// missing keys, an unknown metric, choice or value, a choice that a metric needs and the protocol
/// does not make, or makes without a source.
[[nodiscard]] Protocol parse_protocol(std::string_view bytes, const std::string& origin);

/// The protocols that are part of the program (metrics/protocols/*.json).
[[nodiscard]] const Registry<Protocol>& builtin_protocols();

/// A built-in protocol by name, or a protocol file when `name` ends in ".json". Throws
/// Error{kUsage}.
[[nodiscard]] Protocol find_protocol(const std::string& name);

/// The document that parse_protocol reads, from a protocol.
void write_protocol(JsonWriter& json, const Protocol& protocol);

}  // namespace cupel::metrics
