// A plug-in from the past: right symbol, other version, and a table that ends there.
#include "models/plugin/plugin_abi.h"

namespace {
struct OldTable {
  uint32_t abi_version = 1;
  uint32_t struct_size = sizeof(OldTable);
};
}  // namespace

extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() {
  static const OldTable plugin;
  return reinterpret_cast<const CupelPlugin*>(&plugin);
}
