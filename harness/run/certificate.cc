#include "harness/run/certificate.h"

#include <cstdint>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/json_rewrite.h"

namespace cupel {
namespace {

constexpr std::int64_t kFormat = 1;
constexpr const char* kOwnDigest = "certificate_digest";
const std::string kZeros(64, '0');

std::string rewritten(const JsonValue& value) {
  JsonWriter json;
  write_json(json, value);
  return json.str();
}

/// As an object that people can read where that gives the same bytes back, else as a text.
void write_document(JsonWriter& json, const std::string& text) {
  const JsonValue value = parse_json(text, "certificate");
  if (rewritten(value) == text)
    write_json(json, value);
  else
    json.value(text);
}

std::string document_of(const JsonValue& value) {
  return value.kind == JsonValue::Kind::kText ? value.text : rewritten(value);
}

void write_number(JsonWriter& json, const std::string& name, double number) {
  json.key(name).value(number).key(name + "_hex").value(fmt::format("{:a}", number));
}

void write_cell(JsonWriter& json, const Certificate& certificate) {
  const results::Cell& cell = certificate.cell;
  json.begin_object().key("configuration");
  write_document(json, cell.config);
  json.key("dataset").value(cell.dataset).key("digest").value(to_hex(cell.digest()));
  json.key("examples").value(certificate.examples).key("model").value(cell.model).key("seed");
  cell.seed ? json.value(*cell.seed) : json.null();
  json.key("split").value(cell.split).key("task").value(cell.task).end_object();
}

void write_interval(JsonWriter& json, const results::StoredInterval& interval) {
  json.begin_object().key("confidence").value(interval.confidence);
  json.key("draws").value(interval.draws);
  write_number(json, "high", interval.high);
  write_number(json, "low", interval.low);
  json.key("seed").value(static_cast<std::int64_t>(interval.seed)).end_object();
}

void write_score(JsonWriter& json, const CertifiedScore& one) {
  json.begin_object().key("interval");
  one.interval ? write_interval(json, *one.interval) : void(json.null());
  json.key("metric").value(one.metric).key("n").value(one.score.n);
  if (!one.score.value) json.key("reason").value(one.score.reason);
  json.key("signature").value(one.signature);
  if (one.score.value) write_number(json, "value", *one.score.value);
  json.end_object();
}

std::string written(const Certificate& certificate, const std::string& own_digest) {
  JsonWriter json;
  json.begin_object().key("cell");
  write_cell(json, certificate);
  json.key(kOwnDigest).value(own_digest).key("environments").begin_object().key("run");
  write_document(json, certificate.run_environment);
  json.key("scores");
  write_document(json, certificate.score_environment);
  json.end_object().key("format").value(kFormat).key("inputs").begin_array();
  for (const CertifiedInput& input : certificate.inputs) {
    json.begin_object().key("digest").value(input.digest).key("kind").value(input.kind);
    json.key("name").value(input.name).end_object();
  }
  json.end_array().key("protocol").begin_object().key("body");
  write_document(json, certificate.protocol_body);
  json.key("digest").value(sha256_hex(certificate.protocol_body));
  json.key("name").value(certificate.protocol).end_object().key("scores").begin_array();
  for (const CertifiedScore& score : certificate.scores) write_score(json, score);
  return json.end_array().end_object().str();
}

[[noreturn]] void changed(const std::string& origin, const std::string& what) {
  throw Error(Code::kIntegrity, fmt::format("{}: the certificate was changed: {}", origin, what),
              "get a copy as it was issued, or certify the run again");
}

class Reader {
 public:
  Reader(std::string_view bytes, const std::string& origin)
      : bytes_(bytes), origin_(origin), root_(parse_json(bytes, origin)), object_(root_, origin) {}

  Certificate read() {
    if (object_.integer("format") != kFormat)
      object_.fail(object_.member("format"), "this program reads certificates of format 1");
    check_own_digest();
    Certificate all;
    read_cell(all);
    read_environments(all);
    read_protocol(all);
    for (const JsonValue& item : array(object_, "inputs")) all.inputs.push_back(input(item));
    for (const JsonValue& item : array(object_, "scores")) all.scores.push_back(score(item));
    if (all.scores.empty()) object_.fail(object_.member("scores"), "a certificate has scores");
    object_.finish();
    return all;
  }

 private:
  const std::vector<JsonValue>& array(JsonObject& object, const std::string& key) const {
    const JsonValue& value = object.member(key);
    if (value.kind != JsonValue::Kind::kArray)
      object.fail(value, fmt::format("'{}' must be an array", key));
    return value.items;
  }

  std::size_t count(JsonObject& object, const std::string& key) const {
    const std::int64_t number = object.integer(key);
    if (number < 0) object.fail(object.member(key), fmt::format("'{}' is negative", key));
    return static_cast<std::size_t>(number);
  }

  void check_own_digest() {
    const std::string own = object_.text(kOwnDigest);
    const std::string before = fmt::format("\"{}\": \"", kOwnDigest);
    const std::size_t at = bytes_.find(before + own + "\"");
    if (own.size() != kZeros.size() || at == std::string::npos) changed(origin_, "its own digest");
    std::string blank(bytes_);
    blank.replace(at + before.size(), own.size(), kZeros);
    if (sha256_hex(blank) != own) changed(origin_, "its bytes have not the digest that it says");
  }

  void check_document(const std::string& text, const std::string& digest, const char* what) const {
    if (sha256_hex(text) != digest)
      changed(origin_, fmt::format("its {} has not the digest that it says", what));
  }

  void read_cell(Certificate& all) {
    JsonObject cell(object_.member("cell"), origin_);
    all.cell = {.config = document_of(cell.member("configuration")),
                .model = cell.text("model"),
                .task = cell.text("task"),
                .dataset = cell.text("dataset"),
                .split = cell.text("split"),
                .seed = {}};
    if (cell.member("seed").kind != JsonValue::Kind::kNull) all.cell.seed = cell.integer("seed");
    all.examples = count(cell, "examples");
    check_document(all.cell.config, cell.text("digest"), "configuration");
    cell.finish();
  }

  void read_environments(Certificate& all) {
    JsonObject both(object_.member("environments"), origin_);
    all.run_environment = document_of(both.member("run"));
    all.score_environment = document_of(both.member("scores"));
    both.finish();
  }

  void read_protocol(Certificate& all) {
    JsonObject protocol(object_.member("protocol"), origin_);
    all.protocol = protocol.text("name");
    all.protocol_body = document_of(protocol.member("body"));
    check_document(all.protocol_body, protocol.text("digest"), "protocol");
    protocol.finish();
  }

  CertifiedInput input(const JsonValue& item) const {
    JsonObject object(item, origin_);
    CertifiedInput one{
        .kind = object.text("kind"), .name = object.text("name"), .digest = object.text("digest")};
    object.finish();
    return one;
  }

  double number(JsonObject& object, const std::string& name) const {
    const JsonValue& value = object.member(name);
    if (value.kind != JsonValue::Kind::kReal && value.kind != JsonValue::Kind::kInteger)
      object.fail(value, fmt::format("'{}' must be a number", name));
    if (fmt::format("{:a}", value.real) != object.text(name + "_hex"))
      object.fail(value, fmt::format("'{0}' and '{0}_hex' are two numbers", name));
    return value.real;
  }

  results::StoredInterval interval(const JsonValue& item) const {
    JsonObject object(item, origin_);
    results::StoredInterval one{.draws = count(object, "draws"),
                                .seed = static_cast<std::uint64_t>(object.integer("seed")),
                                .confidence = object.member("confidence").real,
                                .low = number(object, "low"),
                                .high = number(object, "high")};
    if (one.draws < 1 || one.draws > kMostDraws || !(one.confidence > 0 && one.confidence < 1))
      object.fail(item, "an interval has 1 to 1000000 draws, and a confidence between 0 and 1");
    object.finish();
    return one;
  }

  CertifiedScore score(const JsonValue& item) const {
    JsonObject object(item, origin_);
    CertifiedScore one{.metric = object.text("metric"),
                       .signature = object.text("signature"),
                       .score = {.value = {}, .reason = {}, .n = count(object, "n")},
                       .interval = {}};
    if (object.find("reason") != nullptr)
      one.score.reason = object.text("reason");
    else
      one.score.value = number(object, "value");
    const JsonValue& drawn = object.member("interval");
    if (drawn.kind != JsonValue::Kind::kNull) one.interval = interval(drawn);
    object.finish();
    return one;
  }

  static constexpr std::size_t kMostDraws = 1'000'000;

  std::string_view bytes_;
  const std::string& origin_;
  JsonValue root_;
  JsonObject object_;
};

}  // namespace

std::string write_certificate(const Certificate& certificate) {
  return written(certificate, sha256_hex(written(certificate, kZeros)));
}

Certificate parse_certificate(std::string_view bytes, const std::string& origin) {
  return Reader(bytes, origin).read();
}

}  // namespace cupel
