// A shared library that needs a function that nobody has.
#include "models/plugin/plugin_abi.h"

extern "C" const CupelPlugin* nobody_has_this();

extern "C" __attribute__((visibility("default"))) const CupelPlugin* cupel_plugin() {
  return nobody_has_this();
}
