#include "metrics/classification/label_text.h"

#include <limits>
#include <optional>

#include "metrics/stored_text.h"

namespace cupel::metrics {
namespace {

std::optional<std::int8_t> take_label(StoredText& text) {
  if (text.take("1")) return std::int8_t{1};
  if (text.take("0")) return std::int8_t{-1};
  if (text.take("null")) return std::int8_t{0};
  return std::nullopt;
}

std::optional<float> take_logit(StoredText& text) {
  if (text.take("null")) return std::numeric_limits<float>::quiet_NaN();
  return text.real();
}

template <typename Number>
std::expected<std::vector<Number>, std::string> read_list(
    std::string_view bytes, std::optional<Number> (*take)(StoredText&), std::string_view element) {
  StoredText text(bytes);
  std::vector<Number> numbers;
  if (!text.take("[")) return std::unexpected(text.missing("["));
  do {
    const std::optional<Number> number = take(text);
    if (!number) return std::unexpected(text.missing(element));
    numbers.push_back(*number);
  } while (text.take(","));
  if (!text.take("]")) return std::unexpected(text.missing(", or ]"));
  if (!text.at_end()) return std::unexpected(text.missing("the end of the text"));
  return numbers;
}

}  // namespace

std::string write_labels(std::span<const std::int8_t> labels) {
  std::string text = "[";
  for (const std::int8_t label : labels) {
    if (text.size() > 1) text += ',';
    text += label == 0 ? "null" : label > 0 ? "1" : "0";
  }
  return text + "]";
}

std::expected<std::vector<std::int8_t>, std::string> read_labels(std::string_view text) {
  return read_list<std::int8_t>(text, take_label, "1, 0 or null");
}

std::string write_logits(std::span<const float> logits) {
  std::string text = "[";
  for (const float logit : logits) {
    if (text.size() > 1) text += ',';
    append_real(text, logit);
  }
  return text + "]";
}

std::expected<std::vector<float>, std::string> read_logits(std::string_view text) {
  return read_list<float>(text, take_logit, "a number or null");
}

}  // namespace cupel::metrics
