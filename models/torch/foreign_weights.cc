#include "models/torch/foreign_weights.h"

#include "models/torch/weight_files.h"

namespace cupel::nn {
namespace {

// In old exports of T5, where nothing reads it.
constexpr const char* kUnusedBias =
    "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight";

}  // namespace

void load_foreign_weights(AtomasNetwork& network, const std::filesystem::path& path,
                          const std::string& sha256) {
  const auto file = models::TensorFile::open(path, sha256);
  Parameters& parameters = network.parameters();
  if (file.find("molt5.shared.weight") != nullptr) {
    load_parameters(
        parameters, file,
        {.ignored = {std::string("molt5.") + kUnusedBias, std::string("molt5_m.") + kUnusedBias}});
    return;
  }
  load_parameters(parameters, file,
                  {.prefix = "molt5.", .except = "molt5.smiles.", .ignored = {kUnusedBias}});
  if (!network.options().unified) {
    load_parameters(parameters, file,
                    {.prefix = "molt5.smiles.", .ignored = {"decoder.*", "lm_head.weight"}});
  }
  network.restart_momentum();
}

}  // namespace cupel::nn
