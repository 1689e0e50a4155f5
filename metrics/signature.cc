#include "metrics/signature.h"

#include <algorithm>
#include <cstddef>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/nearest.h"
#include "metrics/builtin.h"

namespace cupel::metrics {
namespace {

struct FieldName {
  std::string long_key;
  std::string short_key;
};

/// All fields in print order: who measured what, the choices, then the things outside the protocol.
const std::vector<FieldName>& field_names() {
  static const std::vector<FieldName> names = [] {
    std::vector<FieldName> all = {{"metric", "m"}, {"protocol", "p"}};
    for (const ChoiceSpec& spec : choice_specs())
      all.push_back({std::string(spec.key), std::string(spec.short_key)});
    for (const FieldName& name :
         {FieldName{"tokenizer", "td"}, FieldName{"wordnet", "wn"}, FieldName{"rdkit", "rd"},
          FieldName{"inchi", "in"}, FieldName{"denominator", "den"}, FieldName{"version", "v"}}) {
      all.push_back(name);
    }
    return all;
  }();
  return names;
}

bool plain(char c) { return c > ' ' && c < 0x7F && c != '%' && c != '|' && c != ':'; }

std::string escape(std::string_view value) {
  std::string out;
  for (const char c : value) {
    if (plain(c))
      out += c;
    else
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string unescape(std::string_view value) {
  std::string out;
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      if (!plain(value[i]))
        throw Error(Code::kUsage, "signature: a character that must be escaped stands bare in '" +
                                      std::string(value) + "'");
      out += value[i];
      continue;
    }
    const int high = i + 2 < value.size() ? hex_digit(value[i + 1]) : -1;
    const int low = i + 2 < value.size() ? hex_digit(value[i + 2]) : -1;
    if (high < 0 || low < 0)
      throw Error(Code::kUsage, "signature: bad escape in '" + std::string(value) + "'",
                  "escapes are % and two of 0-9A-F");
    const char decoded = static_cast<char>(high * 16 + low);
    if (plain(decoded))
      throw Error(Code::kUsage, "signature: needless escape in '" + std::string(value) + "'");
    out += decoded;
    i += 2;
  }
  return out;
}

std::size_t position(std::string_view long_key) {
  const auto& names = field_names();
  return static_cast<std::size_t>(std::ranges::find(names, long_key, &FieldName::long_key) -
                                  names.begin());
}

std::string long_key_of(std::string_view key) {
  std::vector<std::string> known;
  for (const FieldName& name : field_names()) {
    if (key == name.long_key || key == name.short_key) return name.long_key;
    known.push_back(name.long_key);
  }
  throw Error(Code::kUsage, fmt::format("signature: unknown field '{}'", key), suggest(key, known));
}

/// The rows that a mean is over.
std::string denominator(const MetricEntry& metric, const Choices& choices) {
  const bool skips = std::ranges::contains(metric.choices, "invalid-similarity") &&
                     choices.text("invalid-similarity") == "left-out";
  if (metric.family == MetricEntry::Family::kProperty) return "labelled";
  if (metric.family == MetricEntry::Family::kAlignment) return "two-sets";  // in the truth
  return skips ? "valid" : "all";
}

}  // namespace

void Signature::add(std::string key, std::string value) {
  const std::size_t at = position(key);
  const auto before =
      std::ranges::find_if(fields_, [&](const auto& field) { return position(field.first) >= at; });
  if (before != fields_.end() && before->first == key) {
    throw Error(Code::kUsage, fmt::format("signature: field '{}' occurs twice", key));
  }
  fields_.emplace(before, std::move(key), std::move(value));
}

Signature Signature::of(const std::string& metric, const Protocol& protocol,
                        const TaskProtocol& task, const SignatureFacts& facts) {
  const MetricEntry& entry = metric_registry().get(metric);
  Signature signature;
  signature.add("metric", metric);
  signature.add("protocol", fmt::format("{}.{}", protocol.id, protocol.version));
  const auto uses = [&](std::string_view key) { return std::ranges::contains(entry.choices, key); };
  for (const ChoiceSpec& spec : choice_specs()) {
    const std::string key(spec.key);
    const bool about_input = key == "columns" || key == "strip-prefix";
    if (task.choices.has(key) && (about_input || uses(key)))
      signature.add(key, task.choices.printed(key));
  }
  const auto add_known = [&](const char* key, const std::string& value) {
    if (!value.empty()) signature.add(key, value);
  };
  if (uses("tokens")) add_known("tokenizer", facts.tokenizer_digest.substr(0, kShortDigest));
  if (uses("morphy")) add_known("wordnet", facts.wordnet_digest.substr(0, kShortDigest));
  if (uses("invalid")) add_known("rdkit", facts.rdkit);
  if (uses("exact") && task.choices.text("exact") == "inchi") add_known("inchi", facts.inchi);
  signature.add("denominator", denominator(entry, task.choices));
  add_known("version", facts.cupel);
  return signature;
}

Signature Signature::parse(std::string_view text) {
  Signature signature;
  bool first = true;
  for (std::size_t at = 0; at <= text.size();) {
    const std::size_t end = std::min(text.find('|', at), text.size());
    const std::string_view field = text.substr(at, end - at);
    const std::size_t colon = field.find(':');
    if (colon == std::string_view::npos && first && !field.empty()) {
      signature.add("metric", unescape(field));  // the short form starts with the bare metric
    } else if (colon == std::string_view::npos) {
      throw Error(Code::kUsage, fmt::format("signature: '{}' is not key:value", field));
    } else {
      signature.add(long_key_of(field.substr(0, colon)), unescape(field.substr(colon + 1)));
    }
    first = false;
    at = end + 1;
  }
  return signature;
}

std::string Signature::short_form() const {
  std::string out;
  for (const auto& [key, value] : fields_) {
    if (!out.empty()) out += '|';
    if (key != "metric" || value.empty()) out += field_names()[position(key)].short_key + ":";
    out += escape(value);
  }
  return out;
}

std::string Signature::long_form() const {
  std::string out;
  for (const auto& [key, value] : fields_) {
    if (!out.empty()) out += '|';
    out += key + ":" + escape(value);
  }
  return out;
}

}  // namespace cupel::metrics
