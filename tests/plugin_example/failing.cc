// A plug-in that loads and then fails: its last fact says why.
#include "models/plugin/plugin_abi.h"

namespace {
CupelStatus describe(CupelFactSink sink, void* context) {
  sink(context, {"device", 6}, {"none", 4});
  sink(context, {"error", 5}, {"no device", 9});
  return CUPEL_FAILED;
}
}  // namespace

extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() {
  static const CupelPlugin plugin{CUPEL_PLUGIN_ABI_VERSION, sizeof(CupelPlugin), "failing",
                                  describe};
  return &plugin;
}
