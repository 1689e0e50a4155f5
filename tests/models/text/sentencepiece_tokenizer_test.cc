#include "models/text/sentencepiece_tokenizer.h"

#include <catch2/catch_test_macros.hpp>
#include <catch2/generators/catch_generators.hpp>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "metrics/text/bleu.h"
#include "tests/metrics/text/golden_captions.h"

namespace cupel {
namespace {

SentencePieceTokenizer opened(const std::filesystem::path& model) {
  return {CUPEL_SENTENCEPIECE_MODULE, read_file(model)};
}

/// Code of the error that opening ends with.
Code refusal(const std::filesystem::path& module, const std::string& model) {
  try {
    const SentencePieceTokenizer tokenizer(module, model);
  } catch (const Error& error) {
    CHECK_FALSE(error.hint().empty());
    CHECK(std::string(error.what()).size() > 30);
    return error.code();
  }
  FAIL("opened");
  return Code::kCheckFailed;
}

void check_cases(const SentencePieceTokenizer& tokenizer, const char* key) {
  const auto path = test::data("t5_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  for (const JsonValue& item : golden.member(key).items) {
    JsonObject sample(item, path.string());
    const std::string text = sample.text("text");
    INFO(text);
    const Tokens tokens = tokenizer.tokenize(text);
    CHECK(std::vector<std::string>(tokens.views.begin(), tokens.views.end()) ==
          sample.texts("tokens"));
  }
}

TEST_CASE("T5 pieces equal the fast tokenizer's on the golden sentences") {
  const auto tokenizer = opened(test::data("tiny_spiece.model"));
  check_cases(tokenizer, "tiny");
  CHECK(tokenizer.id() == "t5");
  CHECK(tokenizer.digest() == sha256_hex(read_file(test::data("tiny_spiece.model"))));
}

TEST_CASE("T5 pieces of the real model equal the fast tokenizer's on the golden sentences") {
  check_cases(opened(test::real_data("t5_spiece/spiece.model")), "t5");
}

TEST_CASE("T5 pieces equal the fast tokenizer's on every published text") {
  const std::string name =
      GENERATE(as<std::string>{}, "molt5-large-smiles2caption", "t5-v1_1-small-smiles2caption",
               "molt5-large-caption2smiles", "molt5-small-caption2smiles");
  const auto tokenizer = opened(test::real_data("t5_spiece/spiece.model"));
  const auto path = test::data("t5_golden.json");
  const JsonValue document = parse_json(read_file(path), path.string());
  JsonObject golden(document, path.string());
  JsonObject files(golden.member("files"), path.string());
  JsonObject file(files.member(name), path.string());
  const auto rows = test::captions(name);
  const metrics::PairContext context{.tokenizer = &tokenizer};
  Sha256 digest;
  for (const test::Caption& row : rows) {
    for (const std::string* text : {&row.prediction, &row.reference}) {
      std::string line;
      for (const std::string_view token : tokenizer.tokenize(*text).views) {
        if (!line.empty()) line += '\t';
        line += token;
      }
      digest.update(line + "\n");
    }
  }
  CHECK(digest.hex() == file.text("digest"));
  const auto bleu2 = metrics::make_bleu(2);
  const auto bleu4 = metrics::make_bleu(4);
  const auto table = test::measure_all(*bleu4, rows, context);
  CHECK(table.sum()[8] == file.member("predicted-tokens").real);
  CHECK(table.sum()[9] == file.member("reference-tokens").real);
  CHECK(bleu4->score(table).value() == std::stod(file.text("bleu-4")));
  CHECK(bleu2->score(test::measure_all(*bleu2, rows, context)).value() ==
        std::stod(file.text("bleu-2")));
}

TEST_CASE("a missing or foreign module is a missing capability") {
  const std::string model = read_file(test::data("tiny_spiece.model"));
  const test::TempDir folder;
  write_file(folder / "text.so", "not a library");
  CHECK(refusal(folder / "nowhere.so", model) == Code::kCapability);
  CHECK(refusal(folder / "text.so", model) == Code::kCapability);
}

TEST_CASE("a broken model is an error of its user") {
  const std::string model = read_file(test::data("tiny_spiece.model"));
  CHECK(refusal(CUPEL_SENTENCEPIECE_MODULE, "") == Code::kUsage);
  CHECK(refusal(CUPEL_SENTENCEPIECE_MODULE, "not a model at all") == Code::kUsage);
  CHECK(refusal(CUPEL_SENTENCEPIECE_MODULE, model.substr(0, model.size() / 2)) == Code::kUsage);
}

}  // namespace
}  // namespace cupel
