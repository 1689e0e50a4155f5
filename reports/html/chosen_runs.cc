#include <algorithm>
#include <utility>

#include "reports/html/documents.h"

namespace cupel::reports {

ChosenRuns chosen_runs(results::Store& store, const RunChoice& choice) {
  ChosenRuns chosen;
  for (results::StoredProtocol& one : store.protocols())
    chosen.protocols.emplace(one.key, std::move(one));
  chosen.runs = choose_runs(store, choice);
  for (const results::Run& run : chosen.runs) {
    auto all = store.measurements(run);
    std::erase_if(all, [&](const results::Measurement& one) {
      const std::string& name = chosen.protocols.at(one.protocol_key).name;
      return !one.score ||
             (!choice.protocols.empty() && !std::ranges::contains(choice.protocols, name));
    });
    chosen.measurements.push_back(std::move(all));
  }
  return chosen;
}

metrics::TaskProtocol section_of(const ChosenRuns& chosen, const results::Run& run,
                                 const results::Measurement& measurement,
                                 const SectionOf& sections) {
  const results::StoredProtocol& stored = chosen.protocols.at(measurement.protocol_key);
  return metrics::parse_protocol(stored.body, stored.name).task(sections(run.cell.task));
}

}  // namespace cupel::reports
