#include "models/preset.h"

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "tests/support/paths.h"

namespace {

using Catch::Matchers::ContainsSubstring;
using namespace cupel;
using namespace cupel::models;

/// A preset whose source and options are given.
std::string preset(const std::string& source, const std::string& rest = "") {
  return R"({"id": "mine", "summary": "a model", "version": 2, )" + source +
         R"(, "capabilities": ["property", "captioning"], "random": true)" + rest + "}";
}
const std::string kProcess = R"("process": {"argv": ["python3", "a.py"]})";
const std::string kPlugin = R"("plugin": "torch", "implementation": "x")";

void check_refused(const std::string& bytes, const std::string& expected) {
  INFO(bytes);
  try {
    (void)parse_preset(bytes, "p.json", "/f");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kUsage);
    CHECK_THAT(error.what() + std::string(" | ") + error.hint(), ContainsSubstring(expected));
    return;
  }
  FAIL_CHECK("accepted");
}

}  // namespace

TEST_CASE("a preset of a process") {
  const Preset read =
      parse_preset(preset(R"("process": {"argv": ["./run", "-x"], "timeout": 0.25})",
                          R"(, "files": ["w.bin"], "options": {
                "beams": {"value": 5, "summary": "width", "least": 1, "most": 10},
                "heat": {"value": 0.5, "summary": "heat", "least": 0, "most": 1.5},
                "greedy": {"value": false, "summary": "no search"},
                "mode": {"value": "fast", "summary": "which"}})"),
                   "p.json", "/f");
  CHECK(read.id == "mine");
  CHECK(read.version == 2);
  CHECK(read.random);
  CHECK(read.learns);
  CHECK_FALSE(parse_preset(preset(kProcess, R"(, "learns": false)"), "p.json", "/f").learns);
  CHECK(read.folder == "/f");
  CHECK(read.files == std::vector<std::string>{"w.bin"});
  CHECK(read.capabilities == std::vector{Capability::kProperty, Capability::kCaptioning});
  const auto& process = std::get<ProcessSource>(read.source);
  CHECK(process.argv == std::vector<std::string>{"./run", "-x"});
  CHECK(process.timeout == std::chrono::milliseconds(250));
  REQUIRE(read.options.size() == 4);
  CHECK(read.options[0].name == "beams");
  CHECK(read.options[0].fallback == OptionValue(std::int64_t{5}));
  CHECK(read.options[0].most == 10.0);
  CHECK(read.options[1].fallback == OptionValue(0.5));
  CHECK(read.options[2].fallback == OptionValue(false));
  CHECK(read.options[3].fallback == OptionValue(std::string("fast")));
}

TEST_CASE("a preset of a plug-in; a minute is the default time-out") {
  const Preset read = parse_preset(preset(kPlugin), "p.json", "/f");
  CHECK(std::get<PluginSource>(read.source).library == "torch");
  CHECK(std::get<PluginSource>(read.source).implementation == "x");
  CHECK(read.options.empty());
  CHECK(std::get<ProcessSource>(parse_preset(preset(kProcess), "p", "/f").source).timeout ==
        std::chrono::minutes(1));
}

TEST_CASE("what is wrong in a preset is named with its place and a remedy") {
  check_refused("{", "p.json:1:1: ");
  check_refused(preset(kPlugin + ", " + kProcess), "p.json:1:1: 'plugin' and 'process' exclude");
  check_refused(preset(R"("random": true)"), "'random' occurs twice");
  check_refused(preset(R"("note": 1)"), "one of the keys 'plugin' and 'process' is needed");
  check_refused(preset(R"("plugin": "a b", "implementation": "x")"), "'plugin' must be a path");
  check_refused(preset(R"("plugin": "torch", "implementation": "")"), "'implementation' must not");
  check_refused(preset(R"("plugin": "torch")"), "key 'implementation' is missing");
  check_refused(preset(R"("process": {"argv": []})"), "'argv' must not be empty");
  check_refused(preset(R"("process": {"argv": ["a", "b\u0000c"]})"), "empty text or NUL");
  check_refused(preset(R"("process": {"argv": ["a"], "timeout": 0})"), "'timeout' must lie");
  check_refused(preset(R"("process": {"argv": ["a"], "timeout": "1"})"), "must be a number");
  check_refused(preset(R"("process": {"argv": ["a"], "timeuot": 1})"), "did you mean 'timeout'?");
  check_refused(preset(kProcess, R"(, "files": ["a", "a"])"), "'files' names a file twice");
  check_refused(preset(kProcess, R"(, "optoins": {})"), "did you mean 'options'?");
  check_refused(preset(kProcess, R"(, "implementation": "x")"), "unknown key 'implementation'");
  check_refused(R"({"id": "My Model"})", "'id' must be a word");
  check_refused(R"({"id": "m", "summary": "s", "version": 0})", "'version' must be at least 1");
  check_refused(R"({"id": "m", "summary": "s", "version": 1, "capabilities": ["captoining"]})",
                "did you mean 'captioning'?");
  check_refused(
      R"({"id": "m", "summary": "s", "version": 1, "capabilities": ["property", "property"]})",
      "listed twice");
  check_refused(R"({"id": "m", "summary": "s", "version": 1, "capabilities": ["property"],
                    "random": "no"})",
                "p.json:2:31: 'random' must be true or false");
}

TEST_CASE("what is wrong in an option is named") {
  const auto with = [](const std::string& options) {
    return preset(kProcess, R"(, "options": )" + options);
  };
  check_refused(with("[]"), "expected an object, found an array");
  check_refused(with(R"({"a": {"value": 1, "summary": "s"}})"), "key 'least' is missing");
  check_refused(with(R"({"a": {"value": 3, "summary": "s", "least": 0, "most": 2}})"),
                "'value' must lie between 'least' and 'most', 0 and 2");
  check_refused(with(R"({"a": {"value": "x", "summary": "s", "least": 0}})"),
                "unknown key 'least'");
  check_refused(with(R"({"a": {"value": null, "summary": "s"}})"), "'value' must be true, false");
  check_refused(with(R"({"a": {"value": "x", "summary": "s", "choices": ["y", "z"]}})"),
                "'choices' must hold 'value'");
  check_refused(with(R"({"a": {"value": 1, "summary": "s", "least": 0, "most": 2, "file": true}})"),
                "an option that names a file");
  check_refused(with(R"({"a": {"value": "w.bin", "summary": "s", "file": true}})"),
                "an option that names a file");
  check_refused(with(R"({"a b": {"value": true, "summary": "s"}})"), "option 'a b' must be a word");
}

TEST_CASE("how a model is called is a part of what identifies it") {
  const auto identity = [](const std::string& source) {
    return identity_of(parse_preset(preset(source), "p.json", "/f"));
  };
  CHECK(identity(kProcess) == std::map<std::string, std::string>{{"argv", R"("python3" "a.py")"}});
  CHECK(identity(kPlugin).at("implementation") == "x");
  CHECK(identity(kPlugin) != identity(R"("plugin": "other.so", "implementation": "x")"));
  CHECK(identity(R"("plugin": "a/m.so", "implementation": "x")") ==
        identity(R"("plugin": "b/m.so", "implementation": "x")"));
  CHECK(identity(R"("process": {"argv": ["a b"]})") !=
        identity(R"("process": {"argv": ["a", "b"]})"));
  CHECK(identity(R"("process": {"argv": ["a"], "timeout": 1})") ==
        identity(R"("process": {"argv": ["a"], "timeout": 2})"));
}

TEST_CASE("the files of a preset are digested when they are asked for") {
  const test::TempDir dir;
  write_file(dir / "p.json", preset(kProcess, R"(, "files": ["w.bin"])"));
  const Preset read = read_preset(dir / "p.json");
  CHECK(read.folder == (dir / "p.json").parent_path());
  try {
    (void)identity_of(read);
    FAIL("accepted");
  } catch (const Error& error) {
    CHECK(error.code() == Code::kCapability);
    CHECK_THAT(error.what(),
               ContainsSubstring("model 'mine': ") && ContainsSubstring("w.bin: no such file"));
  }
  write_file(dir / "w.bin", "abc");  // FIPS 180-2, appendix B.1
  CHECK(identity_of(read).at("file w.bin") ==
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file(dir / "w.bin", std::string(1'000'000, 'a'));  // appendix B.3
  CHECK(identity_of(read).at("file w.bin") ==
        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST_CASE("a script that the command line names is a part of the model, listed or not") {
  const test::TempDir dir;
  const auto identity = [&](const std::string& source) {
    return identity_of(parse_preset(preset(source), "p.json", dir / ""));
  };
  CHECK_FALSE(identity(kProcess).contains("file a.py"));
  write_file(dir / "a.py", "abc");
  const auto first = identity(kProcess);
  CHECK(first.at("file a.py") ==  // FIPS 180-2, appendix B.1
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  write_file(dir / "a.py", "abd");
  CHECK(identity(kProcess) != first);
  write_file(dir / "run", "abc");
  CHECK_FALSE(identity(R"("process": {"argv": ["run"]})").contains("file run"));  // that of PATH
  CHECK(identity(R"("process": {"argv": ["./run"]})").contains("file ./run"));
  // Where something lies is not what it is.
  CHECK(identity(R"("process": {"argv": ["x", "/etc/passwd"]})").size() == 1);
}

TEST_CASE("an option says what it can change; without a word, everything") {
  const auto option = [](const std::string& rest) {
    return parse_preset(preset(kProcess, R"(, "options": {"a": {"value": true, "summary": "s")" +
                                             rest + "}}"),
                        "p.json", "/f")
        .options.at(0);
  };
  CHECK(option("").effects.all());
  CHECK(option(R"(, "for": [])").effects.none());
  const Effects some = option(R"(, "for": ["retrieval", "answers"])").effects;
  CHECK(some.count() == 2);
  CHECK(some.test(static_cast<std::size_t>(Objective::kRetrieval)));
  CHECK(some.test(kAnswers));
  const auto with = [](const std::string& names) {
    return preset(kProcess,
                  R"(, "options": {"a": {"value": true, "summary": "s", "for": )" + names + "}}");
  };
  check_refused(with(R"(["retrival"])"), "unknown use 'retrival' | did you mean 'retrieval'?");
  check_refused(with(R"(["answers", "answers"])"), "'answers' is listed twice");
  check_refused(with(R"("answers")"), "'for' must be");
}

TEST_CASE("a model is trained in stages when its preset says so, and learns then") {
  CHECK_FALSE(parse_preset(preset(kPlugin), "p", "/f").stages);
  CHECK(parse_preset(preset(kPlugin, R"(, "stages": true)"), "p", "/f").stages);
  check_refused(preset(kPlugin, R"(, "stages": true, "learns": false)"),
                "p.json:1:1: a model that");
  check_refused(preset(kPlugin, R"(, "stages": 1)"), "'stages' must be true or false");
}

TEST_CASE("a derived preset is its base with other defaults, under another name") {
  const test::TempDir dir;
  std::filesystem::create_directories(dir / "sub");
  write_file(dir / "base.json", preset(R"("plugin": "m.so", "implementation": "x")",
                                       R"(, "files": ["w.bin"], "stages": true, "options": {
                      "beams": {"value": 5, "summary": "width", "least": 1, "most": 10, "for": []},
                      "heat": {"value": 0.5, "summary": "heat", "least": 0, "most": 1.5},
                      "mode": {"value": "fast", "summary": "which"}})"));
  write_file(dir / "w.bin", "abc");
  const auto write = [&](const std::string& name, const std::string& rest) {
    write_file(dir / name, R"({"id": "wide", "summary": "a wide one")" + rest + "}");
  };
  write("sub/wide.json", R"(, "base": "../base.json", "options": {"beams": 9, "heat": 1})");
  const Preset base = read_preset(dir / "base.json");
  const Preset wide = read_preset(dir / "sub/wide.json");
  CHECK(wide.id == "wide");
  CHECK(wide.summary == "a wide one");
  CHECK(wide.version == base.version);
  CHECK(wide.stages);
  CHECK(wide.random);
  CHECK(wide.capabilities == base.capabilities);
  CHECK(identity_of(wide) == identity_of(base));
  REQUIRE(wide.options.size() == 3);
  CHECK(wide.options[0].fallback == OptionValue(std::int64_t{9}));
  CHECK(wide.options[0].effects.none());
  CHECK(wide.options[1].fallback == OptionValue(1.0));
  CHECK(wide.options[2].fallback == OptionValue(std::string("fast")));
  // One of one.
  write("far.json",
        R"(, "base": "sub/wide.json", "capabilities": ["captioning"], "random": false)");
  const Preset far = read_preset(dir / "far.json");
  CHECK(far.options[0].fallback == OptionValue(std::int64_t{9}));
  CHECK(far.capabilities == std::vector{Capability::kCaptioning});
  CHECK_FALSE(far.random);
  CHECK(identity_of(far) == identity_of(base));

  const auto refused = [&](const std::string& rest, const std::string& expected) {
    write("bad.json", rest);
    try {
      (void)read_preset(dir / "bad.json");
    } catch (const Error& error) {
      CHECK(error.code() == Code::kUsage);
      CHECK_THAT(error.what() + std::string(" | ") + error.hint(), ContainsSubstring(expected));
      return;
    }
    FAIL_CHECK("accepted: " + rest);
  };
  refused(R"(, "base": "base.json", "options": {"beam": 1})",
          "the base has no option 'beam' | did you mean 'beams'?");
  refused(R"(, "base": "base.json", "options": {"beams": 11})", "'beams' must be from 1 to 10");
  refused(R"(, "base": "base.json", "options": {"beams": {"value": 1}})", "must be an integer");
  refused(R"(, "base": "base.json", "version": 3)", "unknown key 'version'");
  refused(R"(, "base": "base.json", "plugin": "o.so", "implementation": "x")", "unknown key");
  refused(R"(, "base": "base.json", "learns": false)", "cannot have 'learns': false");
  refused(R"(, "base": "gone.json")", "gone.json: no such file");
  refused(R"(, "base": "w.bin")", "'base' must be the name of a .json file");
  refused(R"(, "base": "bad.json")", "'base' goes round in a circle: bad.json");
  write("a.json", R"(, "base": "bad.json")");
  refused(R"(, "base": "./sub/../a.json")", "a.json:1:");
  refused(R"(, "base": "./sub/../a.json")", "'base' goes round in a circle");
}
