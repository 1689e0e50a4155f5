// A plug-in from the past: right symbol, other version.
#include "models/plugin/plugin_abi.h"

extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() {
  static const CupelPlugin plugin{0, sizeof(CupelPlugin), "old", nullptr};
  return &plugin;
}
