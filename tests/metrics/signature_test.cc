#include "metrics/signature.h"

#include <set>
#include <string>

#include <catch2/catch_test_macros.hpp>

#include "harness/core/error.h"
#include "metrics/builtin.h"

namespace {

using namespace cupel::metrics;

const SignatureFacts kFacts{.tokenizer_digest = std::string(64, 'a'),
                            .wordnet_digest = std::string(64, 'b'),
                            .rdkit = "2025.03.1",
                            .inchi = "1.07.3",
                            .cupel = "0.1.0"};

Signature signature_of(const std::string& metric, const std::string& protocol,
                       const std::string& task) {
  const Protocol& known = builtin_protocols().get(protocol);
  return Signature::of(metric, known, known.task(task), kFacts);
}

}  // namespace

TEST_CASE("both forms of every signature of every protocol read back to the same signature") {
  std::set<std::string> seen;
  for (const Protocol& protocol : builtin_protocols().entries()) {
    for (const auto& [name, task] : protocol.tasks) {
      for (const std::string& metric : task.metrics) {
        const auto signature = Signature::of(metric, protocol, task, kFacts);
        CHECK(Signature::parse(signature.short_form()) == signature);
        CHECK(Signature::parse(signature.long_form()) == signature);
        CHECK(seen.insert(signature.short_form()).second);
      }
    }
  }
}

TEST_CASE(
    "a signature names the protocol, the tokenizer, RDKit, the denominator and the tie rule") {
  CHECK(signature_of("bleu-2", "molt5", "captioning").short_form() ==
        "bleu-2|p:molt5.1|c:as-named|sp:[CLS]%20|t:scibert|tm:512|td:aaaaaaaaaaaaaaaa|den:all|"
        "v:0.1.0");
  CHECK(signature_of("maccs", "molt5", "generation").short_form() ==
        "maccs|p:molt5.1|c:as-named|sp:|iv:chemistry+syntax|is:left-out|rd:2025.03.1|den:valid|v:0."
        "1.0");
  CHECK(signature_of("recall@5", "atomas", "retrieval").long_form() ==
        "metric:recall@5|protocol:atomas.1|ties:atomas|denominator:all|version:0.1.0");
  CHECK(signature_of("accuracy@10", "moleculestm", "choice").short_form() ==
        "accuracy@10|p:moleculestm.1|ti:optimistic|ba:32|den:all|v:0.1.0");
  CHECK(signature_of("pr-auc", "openbiomed", "property").long_form() ==
        "metric:pr-auc|protocol:openbiomed.1|pr-curve:trapezoids|denominator:labelled|version:0.1."
        "0");
  CHECK(signature_of("roc-auc", "cupel", "property").short_form() ==
        "roc-auc|p:cupel.1|den:labelled|v:0.1.0");
}

TEST_CASE(
    "every single change of a choice shows in the short form of a metric that depends on it") {
  for (const auto& [protocol_name, name] :
       {std::pair{"molt5", "captioning"}, std::pair{"molt5", "generation"},
        std::pair{"cupel", "retrieval"}, std::pair{"cupel", "choice"},
        std::pair{"cupel", "property"}}) {
    const Protocol& protocol = builtin_protocols().get(protocol_name);
    const TaskProtocol& task = protocol.task(name);
    for (const std::string& metric : task.metrics) {
      const std::string before = Signature::of(metric, protocol, task, kFacts).short_form();
      for (const std::string& key : metric_registry().get(metric).choices) {
        TaskProtocol changed = task;
        const ChoiceSpec& spec = *find_choice(key);
        switch (spec.kind) {
          case ChoiceSpec::Kind::kFlag:
            changed.choices.set(key, !task.choices.flag(key));
            break;
          case ChoiceSpec::Kind::kInteger:
            changed.choices.set(key, task.choices.integer(key) + 1);
            break;
          case ChoiceSpec::Kind::kText:
            changed.choices.set(key, task.choices.text(key) + "x");
            break;
          case ChoiceSpec::Kind::kOneOf:
            changed.choices.set(
                key, std::string(task.choices.text(key) == spec.allowed[0] ? spec.allowed[1]
                                                                           : spec.allowed[0]));
            break;
          case ChoiceSpec::Kind::kSetOf:
            changed.choices.set(key, std::vector<std::string>{"x"});
            break;
        }
        INFO(metric << " " << key);
        CHECK(Signature::of(metric, protocol, changed, kFacts).short_form() != before);
      }
    }
  }
}

TEST_CASE("facts of the machine show in the short form") {
  const Protocol& protocol = builtin_protocols().get("molt5");
  const auto with = [&](const std::string& metric, const char* task, const SignatureFacts& facts) {
    return Signature::of(metric, protocol, protocol.task(task), facts).short_form();
  };
  SignatureFacts other = kFacts;
  other.rdkit = "2025.09.1";
  CHECK(with("maccs", "generation", other) != with("maccs", "generation", kFacts));
  CHECK(with("bleu", "generation", other) == with("bleu", "generation", kFacts));
  other = kFacts;
  other.inchi = "1.06";
  CHECK(with("exact", "generation", other) != with("exact", "generation", kFacts));
  other = kFacts;
  other.wordnet_digest = std::string(64, 'c');
  CHECK(with("meteor", "captioning", other) != with("meteor", "captioning", kFacts));
  other = kFacts;
  other.cupel = "0.2.0";
  CHECK(with("rouge-l", "captioning", other) != with("rouge-l", "captioning", kFacts));
}

TEST_CASE("what is no signature is refused") {
  for (const char* bad : {"", "|", "a|b", "p:x|p:x", "zz:1", "m:a%4", "m:a%4G", "m:a b", "m:%41"}) {
    INFO(bad);
    CHECK_THROWS_AS(Signature::parse(bad), cupel::Error);
  }
}
