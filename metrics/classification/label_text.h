/// Labels and answers as the lines of JSON that a store keeps for an example of a property task:
/// reference [1,0,null] (null: missing), prediction [0.25,-1.5,3], one element a label column.
#pragma once

#include <cstdint>
#include <expected>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::metrics {

/// `labels` as in Sample::labels: 1 positive, −1 negative (written 0), 0 missing (written null).
[[nodiscard]] std::string write_labels(std::span<const std::int8_t> labels);
/// What write_labels wrote, or what is wrong with it and at which byte. Strict: no white space, at
/// least one label.
[[nodiscard]] std::expected<std::vector<std::int8_t>, std::string> read_labels(
    std::string_view text);

/// Each the shortest decimal that reads back to the same float. One that is not finite is null: a
/// model that diverged is stored, and its score says so.
[[nodiscard]] std::string write_logits(std::span<const float> logits);
/// What write_logits wrote, null as NaN, or what is wrong with it and at which byte. Any JSON
/// number is read, as the nearest float; no white space.
[[nodiscard]] std::expected<std::vector<float>, std::string> read_logits(std::string_view text);

}  // namespace cupel::metrics
