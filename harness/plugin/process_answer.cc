#include "harness/plugin/process_answer.h"

#include <cmath>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "harness/core/quote.h"

namespace cupel {
namespace {

using Kind = JsonValue::Kind;
using What = ExpectedAnswer::What;

bool is_number(const JsonValue& value) {
  return value.kind == Kind::kInteger || value.kind == Kind::kReal;
}

const std::vector<JsonValue>& items(const JsonObject& answer, const JsonValue& value,
                                    std::size_t size, const char* what) {
  if (value.kind != Kind::kArray) answer.fail(value, fmt::format("expected an array of {}", what));
  if (value.items.size() != size) {
    answer.fail(value, fmt::format("expected {} {}, found {}", size, what, value.items.size()));
  }
  return value.items;
}

Outputs read_outputs(JsonObject& answer, std::size_t rows) {
  Outputs outputs;
  for (const JsonValue& item : items(answer, answer.member("outputs"), rows, "outputs")) {
    if (item.kind != Kind::kText) answer.fail(item, "an output must be a string");
    outputs.push_back(item.text);
  }
  return outputs;
}

Scores read_scores(JsonObject& answer, const ExpectedAnswer& expected) {
  Scores scores;
  scores.reserve(expected.rows * expected.columns);
  for (const JsonValue& row :
       items(answer, answer.member("scores"), expected.rows, "rows of scores")) {
    for (const JsonValue& item : items(answer, row, expected.columns, "scores")) {
      const auto score = static_cast<float>(item.real);
      if (!is_number(item) || !std::isfinite(score))
        answer.fail(item, "a score must be a number that a 32-bit float can hold");
      scores.push_back(score);
    }
  }
  return scores;
}

Progress read_progress(JsonObject& answer, const JsonValue& root, const JsonValue& share) {
  if (!is_number(share) || share.real < 0.0 || share.real > 1.0)
    answer.fail(share, "'progress' must lie between 0 and 1");
  Progress progress{.share = share.real, .facts = {}};
  if (answer.find("step") != nullptr) {
    const std::int64_t step = answer.integer("step");
    if (step < 0) answer.fail(answer.member("step"), "'step' must not be negative");
    progress.step = static_cast<std::uint64_t>(step);
  }
  for (const auto& [key, value] : root.members) {
    if (key == "progress" || key == "step") continue;
    if (!is_number(answer.member(key)))
      answer.fail(value, "what stands beside 'progress' must be numbers");
    progress.facts.emplace_back(key, value.real);
  }
  return progress;
}

Refusal read_refusal(JsonObject& answer) {
  Refusal refusal{.message = answer.text("error")};
  if (answer.find("kind") == nullptr) return refusal;
  const std::string& kind = answer.text("kind");
  if (kind == "usage")
    refusal.code = Code::kUsage;
  else if (kind == "capability")
    refusal.code = Code::kCapability;
  else
    answer.fail(answer.member("kind"), "'kind' must be 'usage' or 'capability'");
  return refusal;
}

Answer read_expected(JsonObject& answer, const ExpectedAnswer& expected) {
  switch (expected.what) {
    case What::kHandshake:
      return Handshake{.protocol = answer.integer("protocol")};
    case What::kDone:
      if (const JsonValue& done = answer.member("done"); done.kind != Kind::kBool || !done.truth)
        answer.fail(done, "'done' must be true");
      return Done{};
    case What::kOutputs:
      return read_outputs(answer, expected.rows);
    case What::kScores:
      return read_scores(answer, expected);
  }
  return Done{};
}

Answer read_answer(std::string_view line, const ExpectedAnswer& expected) {
  const std::string origin = "answer";
  const JsonValue root = parse_json(line, origin);
  JsonObject answer(root, origin);
  Answer read;
  if (answer.find("error") != nullptr) {
    read = read_refusal(answer);
  } else if (const JsonValue* share = answer.find("progress")) {
    read = read_progress(answer, root, *share);
  } else {
    read = read_expected(answer, expected);
  }
  answer.finish();
  return read;
}

}  // namespace

Answer parse_answer(std::string_view line, const ExpectedAnswer& expected) {
  try {
    return read_answer(line, expected);
  } catch (const Error& error) {
    throw Error(Code::kIncomplete, fmt::format("{}, in '{}'", error.what(), quote(line, 80)),
                "each answer is one line of JSON, and nothing else may be printed to standard "
                "output; NaN and Infinity are no JSON");
  }
}

}  // namespace cupel
