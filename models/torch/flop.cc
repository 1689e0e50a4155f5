#include "models/torch/flop.h"

namespace cupel::nn {
namespace {

double product(std::int64_t rows, std::int64_t inner, std::int64_t columns) {
  return 2.0 * static_cast<double>(rows) * static_cast<double>(inner) *
         static_cast<double>(columns);
}

std::int64_t width(const T5Config& config) { return config.heads * config.d_kv; }

/// wi_0, wi_1 and wo.
double feed_forward(const T5Config& config, std::int64_t rows) {
  return 3.0 * product(rows, config.d_model, config.d_ff);
}

/// Scores of `rows` queries with `keys` keys, and the sum of values by them, over all heads.
double attended(const T5Config& config, std::int64_t rows, std::int64_t keys) {
  return 2.0 * product(rows, width(config), keys);
}

/// `count` of the four projections.
double projected(const T5Config& config, std::int64_t rows, int count) {
  return count * product(rows, config.d_model, width(config));
}

}  // namespace

double encoder_flop(const T5Config& config, std::int64_t length) {
  const double block = projected(config, length, 4) + attended(config, length, length) +
                       feed_forward(config, length);
  return static_cast<double>(config.layers) * block;
}

double decoding_flop(const T5Config& config, std::int64_t length, std::int64_t written,
                     std::int64_t rows) {
  const auto layers = static_cast<double>(config.layers);
  double all = layers * projected(config, length, 2);  // keys and values of the source
  for (std::int64_t step = 0; step < written; ++step) {
    const double own = projected(config, rows, 4) + attended(config, rows, step + 1);
    const double cross = projected(config, rows, 2) + attended(config, rows, length);
    all += layers * (own + cross + feed_forward(config, rows));
    all += product(rows, config.d_model, config.vocabulary);
  }
  return all;
}

}  // namespace cupel::nn
