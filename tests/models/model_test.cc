#include "models/model.h"

#include <stdexcept>

#include <catch2/catch_test_macros.hpp>

namespace cupel::models {
namespace {

class Nothing final : public Model {
  void fit(const TrainingData& /*data*/, const Work& /*work*/) override {}
};

TEST_CASE("a model that is asked for what it does not do says that this is a mistake") {
  const std::unique_ptr<Model> model = std::make_unique<Nothing>();
  CHECK_THROWS_AS((void)model->generate({}, {}), std::logic_error);
  CHECK_THROWS_AS(model->set_gallery({}, {}), std::logic_error);
  CHECK_THROWS_AS((void)model->rank({}, {}), std::logic_error);
  CHECK_THROWS_AS((void)model->classify({}, {}), std::logic_error);
}

TEST_CASE("an entry can do what it declares, and nothing else") {
  const ModelEntry entry{.id = "one", .capabilities = {Capability::kProperty}};
  CHECK(entry.can(Capability::kProperty));
  CHECK_FALSE(entry.can(Capability::kCaptioning));
}

}  // namespace
}  // namespace cupel::models
