#include "models/model.h"

namespace cupel::models {

const Registry<ModelEntry>& model_registry() {
  static const Registry<ModelEntry> all("model");
  return all;
}

}  // namespace cupel::models
