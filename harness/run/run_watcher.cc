#include "harness/run/run_watcher.h"

namespace cupel {

void RunWatcher::begin(const PlanCell& /*cell*/, std::size_t /*number*/, std::size_t /*count*/) {}
void RunWatcher::stage(const char* /*what*/, double /*share*/) {}
void RunWatcher::fact(std::string_view /*name*/, std::uint64_t /*step*/, double /*value*/) {}
void RunWatcher::waiting(const PlannedStage& /*stage*/) {}
void RunWatcher::trained(const PlannedStage& /*stage*/, double /*seconds*/) {}
void RunWatcher::end(const PlanCell& /*cell*/, const Error* /*failure*/, double /*seconds*/) {}

}  // namespace cupel
