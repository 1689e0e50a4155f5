#include "harness/run/explain_texts.h"

#include <string>
#include <utility>
#include <vector>

#include <catch2/catch_test_macros.hpp>

#include "harness/chem/molecule.h"

namespace {

using namespace cupel;

TextPair changed(TextPair pair, const TextChanges& chosen) {
  chem::silence_rdkit();
  metrics::MoleculeCache molecules;
  change(pair, chosen, molecules);
  return pair;
}

std::string marked(const std::string& prediction, const std::string& reference = "C") {
  return changed({prediction, reference}, {{"prediction-backslashes", "unknown-mark"}}).prediction;
}

}  // namespace

TEST_CASE("an unknown mark stands where T5 could not write a backslash") {
  // The reference says where.
  CHECK(marked("C/C=CC", "C/C=C\\C") == "C/C=C \u2047 C");
  CHECK(marked("CC=C/C", "C\\C=C/C") == "C \u2047 C=C/C");
  // Else a double bond with a mark at its first atom alone.
  CHECK(marked("O/N=CC") == "O/N=C \u2047 C");
  CHECK(marked("C/C=C(C)O") == "C/C=C( \u2047 C)O");
  CHECK(marked("C/C(O)=C1CC1") == "C/C(O)=C1 \u2047 CC1");
  CHECK(marked("C/C=[N+]C") == "C/C=[N+] \u2047 C");
  CHECK(marked("C/C=ClC/C=CC") == "C/C=Cl \u2047 C/C=C \u2047 C");
  // Nothing is missing, or nothing is there.
  for (const char* whole : {"C/C=C/C", "C/C=C\\C", "C/C=C", "C(/C=C)O", "C/C=C(/C)O", "C/C=C(C)/O",
                            "CC=CC", "C/CC=C", "", "/", "C/", "C/[C", "C/C(", "C/C=", "C/C(C)=C("})
    CHECK(marked(whole) == (std::string(whole) == "C/C(C)=C(" ? "C/C(C)=C( \u2047 " : whole));
  CHECK(marked("C/C=C/C", "C/C=C/C") == "C/C=C/C");
}

TEST_CASE("backslashes, white space, names and special tokens change as their names say") {
  const TextPair pair{R"(a\b\\c)", R"(d\e)"};
  CHECK(changed(pair, {{"reference-backslashes", "doubled"}}) == TextPair{R"(a\b\\c)", R"(d\\e)"});
  CHECK(changed(pair, {{"reference-backslashes", "removed"}}).reference == "de");
  CHECK(changed(pair, {{"prediction-backslashes", "halved"}}) == TextPair{R"(a\b\c)", R"(d\e)"});
  CHECK(changed({" a  b\t", "c "}, {{"white-space", "stripped"}}) == TextPair{"a  b", "c "});
  CHECK(changed({" a  b\t", "c "}, {{"white-space", "removed"}}) == TextPair{"ab", "c "});
  CHECK(changed({" a  b\t", "c "}, {{"white-space", "collapsed"}}) == TextPair{" a b ", "c "});
  CHECK(changed({"C1CC C1", "C C"}, {{"name", "cut"}}) == TextPair{"C1CC", "C C"});
  CHECK(changed({"<pad>CC</s>[SEP]", "</s>"}, {{"special-tokens", "removed"}}) ==
        TextPair{"CC", "</s>"});
  CHECK(changed({"OC", "C[C@H](N)O"}, {{"rewritten", "canonical-no-stereo"}}) ==
        TextPair{"CO", "CC(N)O"});
  CHECK(changed({"C(", "C[C@@H](O)N"}, {{"rewritten", "canonical"}}) ==
        TextPair{"C(", "C[C@H](N)O"});
  CHECK(changed({"The ACIDS", "Is"}, {{"case", "lower"}}) == TextPair{"the acids", "is"});
  CHECK(changed({"Acids are named (running)", "the"}, {{"stems", "porter"}}) ==
        TextPair{"acid are name run", "the"});
  CHECK(changed(pair, {}) == pair);
}

TEST_CASE("choices are applied in their order") {
  CHECK(changed({"C/C=CC", "C/C=C\\C"}, {{"prediction-backslashes", "unknown-mark"},
                                         {"name", "cut"}}) == TextPair{"C/C=C", "C/C=C\\C"});
}
