#include "models/text/unigram_training.h"

#include <cstdio>

#include <fcntl.h>
#include <unistd.h>
#include <catch2/catch_approx.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "models/text/sentencepiece_model.h"
#include "tests/models/text/t5_ids_golden.h"

namespace cupel {
namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::MessageMatches;
using Texts = std::vector<std::string>;

std::string trained(const Texts& texts, std::uint32_t size) {
  return train_unigram(CUPEL_SENTENCEPIECE_MODULE, texts, size);
}

std::vector<Unigram::Piece> pieces_of(const std::string& model) {
  return SentencePieceModel(CUPEL_SENTENCEPIECE_MODULE, model).pieces();
}

/// Code of the error whose message has `part`.
Code refusal(const Texts& texts, std::uint32_t size, const std::string& part) {
  try {
    static_cast<void>(trained(texts, size));
  } catch (const Error& error) {
    CHECK_THAT(error.what(), ContainsSubstring(part));
    CHECK_FALSE(error.hint().empty());
    return error.code();
  }
  FAIL("trained");
  return Code::kCheckFailed;
}

/// What goes to stdout and stderr while this lives, from whatever library.
class Overheard {
 public:
  explicit Overheard(const std::filesystem::path& path) : path_(path) {
    std::fflush(nullptr);
    const int file = ::open(path.c_str(), O_WRONLY | O_CREAT, 0600);
    ::dup2(file, STDOUT_FILENO);
    ::dup2(file, STDERR_FILENO);
    ::close(file);
  }
  ~Overheard() {
    ::dup2(out_, STDOUT_FILENO);
    ::dup2(err_, STDERR_FILENO);
    ::close(out_);
    ::close(err_);
  }
  Overheard(const Overheard&) = delete;
  Overheard& operator=(const Overheard&) = delete;

 private:
  std::filesystem::path path_;
  int out_ = ::dup(STDOUT_FILENO);
  int err_ = ::dup(STDERR_FILENO);
};

TEST_CASE("a trained vocabulary equals what sentencepiece trains from Python") {
  const std::string origin = "t5_ids_golden.json";
  const JsonValue document = test::t5_ids_golden();
  JsonObject golden(document, origin);
  const Texts texts = golden.texts("training");
  for (const JsonValue& item : golden.member("trained").items) {
    JsonObject expected(item, origin);
    const auto asked = static_cast<std::uint32_t>(expected.integer("asked"));
    CAPTURE(asked);
    const auto pieces = pieces_of(trained(texts, asked));
    const Texts names = expected.texts("pieces");
    REQUIRE(pieces.size() == names.size());
    for (std::size_t id = 0; id < names.size(); ++id) {
      CHECK(pieces[id].text == names[id]);
      CHECK(pieces[id].score == Catch::Approx(expected.member("scores").items[id].real));
    }
  }
}

TEST_CASE("training gives the same bytes again, and other bytes for other texts") {
  Texts texts(50, "an acid and a base");
  texts.emplace_back("a salt of the acid and the base");
  const std::string model = trained(texts, 30);
  CHECK(trained(texts, 30) == model);
  texts.emplace_back("an ester");
  CHECK(trained(texts, 30) != model);
}

TEST_CASE("texts too few for a vocabulary give as many pieces as they have") {
  for (const std::uint32_t size : {20U, 1'000'000U, 4'000'000'000U}) {
    const auto pieces = pieces_of(trained({"ab"}, size));
    CHECK(pieces.size() == 6);  // three special ones, the space, a, b
  }
}

TEST_CASE("texts that the trainer would stumble over are left out") {
  const Texts good = {"a b", "b a b"};
  const std::string model = trained(good, 20);
  Texts texts = {"", "   "};
  texts.insert(texts.end(), good.begin(), good.end());
  texts.insert(texts.end(), {"\t\n", "\u3000", "\u2585", std::string(100'000, 'C'), " "});
  CHECK(trained(texts, 20) == model);
}

TEST_CASE("no vocabulary without text, or without room for every character") {
  CHECK(refusal({}, 100, "no vocabulary of 100 pieces") == Code::kUsage);
  CHECK(refusal({"", " ", "\t"}, 100, "no text is usable") == Code::kUsage);
  CHECK(refusal({"abc"}, 6, "Vocabulary size is smaller") == Code::kUsage);
  CHECK(refusal({"abc"}, 0, "vocab_size") == Code::kUsage);
  CHECK(pieces_of(trained({"abc"}, 7)).size() == 7);
}

TEST_CASE("training needs the module") {
  CHECK_THROWS_MATCHES(train_unigram("/nowhere.so", Texts{"a"}, 10), Error,
                       MessageMatches(ContainsSubstring("/nowhere.so")));
}

TEST_CASE("training is silent") {
  const test::TempDir folder;
  {
    const Overheard overheard(folder / "heard");
    static_cast<void>(trained({"an acid", "a base"}, 100));
    CHECK_THROWS_AS(trained({"an acid"}, 5), Error);
  }
  CHECK(read_file(folder / "heard").empty());
}

}  // namespace
}  // namespace cupel
