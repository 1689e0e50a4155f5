#include "harness/run/certificate.h"

#include <cstddef>
#include <random>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/digest.h"
#include "tests/support/datasets.h"
#include "tests/support/manifests.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;

Certificate made() {
  return {.cell = {.config = "{\n  \"kind\": \"run\",\n  \"rate\": 0.10000000000000001\n}\n",
                   .model = "m",
                   .task = "generation",
                   .dataset = "d",
                   .split = "test",
                   .seed = 3},
          .examples = 50,
          .protocol = "p",
          .protocol_body = R"({"compact":true})",
          .scores = {{.metric = "exact",
                      .signature = "metric:exact",
                      .score = {.value = 0.1, .reason = {}, .n = 50},
                      .interval = results::StoredInterval{.draws = 10,
                                                          .seed = 1,
                                                          .confidence = 0.95,
                                                          .low = 0.05,
                                                          .high = 1.0 / 3.0}},
                     {.metric = "maccs",
                      .signature = "metric:maccs",
                      .score = {.value = {}, .reason = "no valid prediction", .n = 0},
                      .interval = {}}},
          .inputs = {{.kind = "data file", .name = "a.txt (d)", .digest = "sha256:00"}},
          .run_environment = "{\n  \"threads\": 2\n}\n",
          .score_environment = "{}"};
}

/// With its own digest put right again, as a forger would.
std::string forged(std::string text, const std::string& from, const std::string& to) {
  text = test::replaced(text, from, to);
  const std::string key = "\"certificate_digest\": \"";
  const std::size_t at = text.find(key) + key.size();
  text.replace(at, 64, std::string(64, '0'));
  return text.replace(at, 64, sha256_hex(text));
}

std::string refused(const std::string& text) {
  return test::said_by([&] { return parse_certificate(text, "cert.json"); });
}

}  // namespace

TEST_CASE("a certificate is read as it was written, to the last bit") {
  const std::string text = write_certificate(made());
  const Certificate read = parse_certificate(text, "cert.json");
  CHECK(write_certificate(read) == text);
  CHECK(read.cell.config == made().cell.config);
  CHECK(read.cell.digest() == made().cell.digest());
  CHECK(read.cell.seed == 3);
  CHECK(read.protocol_body == made().protocol_body);
  CHECK(read.inputs == made().inputs);
  CHECK(read.scores[0].score.value == 0.1);
  CHECK(read.scores[0].interval == made().scores[0].interval);
  CHECK(read.scores[1].score.reason == "no valid prediction");
  CHECK_THAT(text, ContainsSubstring("\"value\": 0.10000000000000001,") &&
                       ContainsSubstring("\"value_hex\": \"0x1.999999999999ap-4\"") &&
                       ContainsSubstring("\"rate\": 0.10000000000000001"));
}

TEST_CASE("every change of one byte of a certificate is found") {
  const std::string text = write_certificate(made());
  std::mt19937 random(7);
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string other = text;
    while (other[at] == text[at]) other[at] = static_cast<char>(random() % 256);
    INFO(at);
    CHECK_THAT(refused(other), ContainsSubstring("cert.json"));
  }
}

TEST_CASE("what a forger writes is refused where it contradicts itself") {
  const std::string text = write_certificate(made());
  CHECK_THAT(refused(forged(text, "\"kind\": \"run\"", "\"kind\": \"ran\"")),
             StartsWith("5: cert.json: the certificate was changed: its configuration"));
  CHECK_THAT(refused(forged(text, "compact", "Compact")),
             StartsWith("5: ") && ContainsSubstring("its protocol"));
  CHECK_THAT(refused(forged(text, "\"value\": 0.1", "\"value\": 0.2")),
             StartsWith("2: cert.json:") && ContainsSubstring("are two numbers"));
  CHECK_THAT(refused(forged(text, "\"draws\": 10", "\"draws\": 10000000")),
             StartsWith("2: ") && ContainsSubstring("1 to 1000000 draws"));
  CHECK_THAT(refused(forged(text, "\"examples\": 50", "\"examples\": -1")), StartsWith("2: "));
  CHECK_THAT(refused(forged(text, "\"format\": 1", "\"format\": 2")),
             StartsWith("2: ") && ContainsSubstring("format 1"));
  CHECK_THAT(refused(forged(text, "\"kind\": \"data file\"", "\"kinds\": \"data file\"")),
             StartsWith("2: "));
  for (const char* bad :
       {"", "[]", "{}", "{\"format\": 1}", "7", "{\"format\": 1, \"certificate_digest\": \"\"}"})
    CHECK(refused(bad) != "accepted");
  CHECK(refused(std::string(100'000, '[')) != "accepted");
}
