#include "models/torch/t5_config.h"

#include <array>
#include <utility>

namespace cupel::nn {
namespace {

constexpr std::array<std::pair<std::string_view, T5Config>, 5> kSizes = {{
    {"tiny", {.d_model = 128, .d_ff = 256, .d_kv = 32, .heads = 4, .layers = 2}},
    {"mini", {.d_model = 256, .d_ff = 512, .d_kv = 32, .heads = 8, .layers = 4}},
    {"small", {.d_model = 512, .d_ff = 1024, .d_kv = 64, .heads = 6, .layers = 8}},
    {"base", {.d_model = 768, .d_ff = 2048, .d_kv = 64, .heads = 12, .layers = 12}},
    {"large", {.d_model = 1024, .d_ff = 2816, .d_kv = 64, .heads = 16, .layers = 24}},
}};

}  // namespace

std::optional<T5Config> t5_size(std::string_view name, std::int64_t vocabulary) {
  for (const auto& [known, shape] : kSizes) {
    if (known != name) continue;
    T5Config config = shape;
    config.vocabulary = vocabulary;
    return config;
  }
  return std::nullopt;
}

std::vector<std::string_view> t5_sizes() {
  std::vector<std::string_view> names;
  for (const auto& [name, shape] : kSizes) names.push_back(name);
  return names;
}

}  // namespace cupel::nn
