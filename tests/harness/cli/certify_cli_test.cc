// cupel certify, verify and explain as scripts see them.
#include <filesystem>
#include <string>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/json.h"
#include "tests/support/cli.h"
#include "tests/support/paths.h"
#include "tests/support/stores.h"

namespace {

namespace fs = std::filesystem;
using Catch::Matchers::ContainsSubstring;
using Catch::Matchers::StartsWith;
using namespace cupel;
using test::Ran;

/// An imported run that is scored, and its certificate.
class Place {
 public:
  Place() {
    test::write_bytes(path("p.tsv"), test::prediction_tsv(60, 1));
    REQUIRE(test::run("import " + path("p.tsv") +
                      " --model m --task generation --dataset mini --store " + path("s.db"))
                .status == 0);
    REQUIRE(test::run("score --resamples 50 --protocol cupel --store " + path("s.db")).status == 0);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (dir_ / name).string(); }
  [[nodiscard]] Ran run(const std::string& verb, const std::string& more) const {
    return test::run(verb + " --store " + path("s.db") + " " + more);
  }
  [[nodiscard]] Ran certify() const {
    return run("certify m", "--protocol cupel --out " + path("c.json"));
  }
  [[nodiscard]] Ran verify(const std::string& more = "") const {
    return run("verify " + path("c.json"), more);
  }

 private:
  test::TempDir dir_;
};

}  // namespace

TEST_CASE("a certificate is issued, verified, and refused once an input is another") {
  const Place place;
  const Ran issued = place.certify();
  INFO(issued.err);
  REQUIRE(issued.status == 0);
  CHECK(issued.out.empty());
  const std::string text = test::content(place.path("c.json"));
  CHECK(text.find(fs::temp_directory_path().string()) == std::string::npos);  // no paths
  const Ran same = place.verify();
  CHECK(same.status == 0);
  CHECK_THAT(same.out,
             ContainsSubstring("reproduced    exact ") && ContainsSubstring(", bit for bit\n") &&
                 ContainsSubstring("cannot check  imported file 'p.tsv': name it with --file "
                                   "'p.tsv=PATH'\n") &&
                 ContainsSubstring("\nreproduced: 7 scores of m, generation on mini; "));
  const std::string named = "--file p.tsv=" + place.path("p.tsv");
  CHECK_THAT(place.verify(named).out, ContainsSubstring("same          imported file 'p.tsv'\n"));
  const Ran piped = place.run("certify m", "--protocol cupel --metric exact");
  CHECK(piped.status == 0);
  CHECK_THAT(piped.out, StartsWith("{\n  \"cell\": {") && ContainsSubstring("\"value_hex\""));

  test::write_bytes(place.path("p.tsv"), test::prediction_tsv(60, 2));
  const Ran file = place.verify(named + " --format json");
  CHECK(file.status == 5);
  const JsonValue root = parse_json(file.out, "verify");
  JsonObject document(root, "verify");
  CHECK(document.text("verdict") == "differs");
  test::tamper(place.path("s.db"), "UPDATE prediction SET text = 'CC(' WHERE position = 7");
  const Ran changed = place.verify();
  CHECK(changed.status == 5);
  CHECK_THAT(changed.out, ContainsSubstring("changed       predictions 'predictions': prediction 7 "
                                            "was changed\n") &&
                              ContainsSubstring("\ndiffers: 7 scores"));
  const Ran again = place.certify();
  CHECK(again.status == 5);
  CHECK_THAT(again.err, ContainsSubstring("no certificate: predictions 'predictions': prediction "
                                          "7 was changed"));
}

TEST_CASE("what is no certificate, or of another store, is refused") {
  const Place place;
  REQUIRE(place.certify().status == 0);
  test::import_into(place.path("other.db"), 10, 0);
  CHECK(test::run("verify " + place.path("c.json") + " --store " + place.path("other.db")).status ==
        2);
  const std::string text = test::content(place.path("c.json"));
  test::write_bytes(place.path("c.json"), text + " ");
  const Ran longer = place.verify();
  CHECK(longer.status == 5);
  CHECK_THAT(longer.err, ContainsSubstring("c.json: the certificate was changed"));
  test::write_bytes(place.path("c.json"), "{}");
  CHECK(place.verify().status == 2);
  CHECK(place.run("certify m", "--protocol molt5").status == 2);
  CHECK(place.run("certify nobody", "--protocol cupel").status == 2);
  CHECK(place.run("certify m", "--protocol cupel --file p.tsv").status == 2);
  const std::string misnamed = "--file q.tsv=" + place.path("p.tsv");
  CHECK_THAT(place.run("certify m", "--protocol cupel " + misnamed).err,
             ContainsSubstring("--file: the certificate has no input 'q.tsv'\n") &&
                 ContainsSubstring("did you mean 'p.tsv'?"));
  test::write_bytes(place.path("c.json"), text);
  CHECK(place.verify(misnamed).status == 2);
}

TEST_CASE("a vocabulary that is not there makes scores that cannot be checked", "[slow]") {
  const test::TempDir dir;
  const std::string store = (dir / "s.db").string();
  const std::string pieces = (dir / "v.txt").string();
  test::write_bytes(pieces, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\nmolecule\nis\na\n");
  REQUIRE(test::run("import " + test::suite("captioning.tsv").string() +
                    " --model m --task captioning --dataset mini --store " + store)
              .status == 0);
  REQUIRE(
      test::run("score --resamples 0 --protocol molt5 --wordpiece " + pieces + " --store " + store)
          .status == 0);
  const std::string out = (dir / "c.json").string();
  const std::string certify = "certify m --protocol molt5 --store " + store + " --out " + out;
  CHECK(test::run(certify).status == 2);
  REQUIRE(test::run(certify + " --wordpiece " + pieces).status == 0);
  const std::string verify = "verify " + out + " --store " + store;
  CHECK(test::run(verify + " --wordpiece " + pieces).status == 0);
  const Ran without = test::run(verify);
  CHECK(without.status == 6);
  CHECK_THAT(without.out, ContainsSubstring("cannot check  vocabulary 'scibert': ") &&
                              ContainsSubstring("cannot check  bleu-2: ") &&
                              ContainsSubstring("\ncannot check: 6 scores"));
  test::write_bytes(pieces, "[PAD]\n[UNK]\n[CLS]\n[SEP]\nthe\nmolecule\nis\nb\n");
  const Ran other = test::run(verify + " --wordpiece " + pieces);
  CHECK(other.status == 5);
  CHECK_THAT(other.out, ContainsSubstring("changed       vocabulary 'scibert': expected sha256:"));
}

TEST_CASE("a printed number is explained, or said to be out of reach") {
  const Place place;
  const Ran report = place.run("report", "--format json");
  REQUIRE(report.status == 0);
  const std::string exact = "explain --store " + place.path("s.db") +
                            " --protocol cupel --run m --metric exact --most 2 --target ";
  const Ran none = test::run(exact + "0.99999");
  INFO(none.err);
  CHECK(none.status == 1);
  CHECK_THAT(none.out, ContainsSubstring("no set of choices that was tried reaches it; the "
                                         "nearest is ") &&
                           ContainsSubstring("by chance\n"));
  const Ran wide = test::run(exact + "0");  // 0 stands for anything up to a half
  CHECK(wide.status == 0);
  CHECK_THAT(wide.out, ContainsSubstring(" no change\n"));
  const Ran json = test::run(exact + "0.99999 --format json");
  const JsonValue root = parse_json(json.out, "explain");
  JsonObject document(root, "explain");
  CHECK(document.member("sets").items.empty());
  CHECK(document.integer("size") == 2);
  CHECK(test::run(exact + "ninety").status == 2);
  CHECK(test::run("explain --store " + place.path("s.db")).status == 2);
  CHECK(place.run("explain", "--paper nobody").status == 2);
  CHECK(place.run("explain", "--paper molt5").status == 2);
  CHECK_THAT(place.run("explain", "--run m --metric bleu-2 --target 0.1").err,
             ContainsSubstring("'bleu-2' is no metric of generation under protocol 'molt5'"));
  const Ran percent = test::run(exact + "30.2");
  CHECK(percent.status == 2);
  CHECK_THAT(percent.err, ContainsSubstring("'30.2' is more than exact can be") &&
                              ContainsSubstring("--target 30.2%"));
  CHECK_THAT(place.run("explain", "--paper molt5 --run m").err,
             ContainsSubstring("--paper stands in place of --run"));
}
