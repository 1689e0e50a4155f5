#include "models/weights/pickle.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/weights.h"

namespace cupel::models {
namespace {

using Kind = Pickle::Kind;
using std::string_literals::operator""s;
using test::little;

std::string refused(const std::string& bytes) {
  const std::string said = test::refusal([&] { const Pickle pickle(bytes, "f"); });
  return said.substr(0, said.find(" //"));
}

std::string root_class(const std::string& bytes) {
  const Pickle pickle(bytes, "f");
  return std::string(pickle.class_of(pickle.root()));
}

const std::string kStorage =
    "(X\x07\0\0\0storagectorch\nFloatStorage\nX\x01\0\0\0"
    "0X\x03\0\0\0cpuK\x06tQ"s;
const std::string kTensorArguments = kStorage + "K\x00K\x02K\x03\x86K\x03K\x01\x86\x89"s;
const std::string kRebuild = "ctorch._utils\n_rebuild_tensor_v2\n";
const std::string kHooks = "ccollections\nOrderedDict\n)R";

TEST_CASE("integers of every width are read") {
  const auto integer = [](const std::string& bytes) {
    const Pickle pickle(bytes + ".", "f");
    return pickle.root().kind == Kind::kInteger ? pickle.root().integer : -999;
  };
  CHECK(integer("K\xFF") == 255);
  CHECK(integer("M\x00\xFF"s) == 65'280);
  CHECK(integer("J\xFE\xFF\xFF\xFF") == -2);
  CHECK(integer("\x8a\x00"s) == 0);
  CHECK(integer("\x8a\x01\x80") == -128);
  CHECK(integer("\x8a\x02\x80\x00"s) == 128);
  CHECK(integer("\x8a\x08" + little(INT64_MIN)) == INT64_MIN);
  CHECK(integer("\x8b\x02\0\0\0\xFF\x7F"s) == 32'767);
  CHECK(root_class("\x8a\x09" + std::string(9, '\x01') + ".") == "int beyond 64 bits");
}

TEST_CASE("a dict keeps its keys and values; attributes of an OrderedDict are dropped") {
  const std::string bytes =
      "ccollections\nOrderedDict\n)R(X\x01\0\0\0aK\x01X\x01\0\0\0bX\x02\0\0\0xyu}"
      "X\x01\0\0\0cK\x03sb."s;
  const Pickle pickle(bytes, "f");
  REQUIRE(pickle.root().kind == Kind::kDict);
  CHECK(pickle.find(pickle.root(), "a")->integer == 1);
  CHECK(pickle.find(pickle.root(), "b")->text == "xy");
  CHECK(pickle.find(pickle.root(), "c") == nullptr);
}

TEST_CASE("a tensor is its storage, offset, shape and strides") {
  for (const std::string& call : {kRebuild + "(" + kTensorArguments + kHooks + "tR.",
                                  "ctorch._utils\n_rebuild_parameter\n" + kRebuild + "(" +
                                      kTensorArguments + kHooks + "tR\x88" + kHooks + "\x87R."}) {
    const Pickle pickle(call, "f");
    REQUIRE(pickle.root().kind == Kind::kTensor);
    const Pickle::Value& storage = pickle.at(pickle.root().items[0]);
    CHECK(storage.kind == Kind::kStorage);
    CHECK(storage.type == ElementType::kFloat32);
    CHECK(storage.text == "0");
    CHECK(storage.integer == 6);
    CHECK(pickle.integers(pickle.root().items[1]) == std::vector<std::int64_t>{2, 3});
    CHECK(pickle.integers(pickle.root().items[2]) == std::vector<std::int64_t>{3, 1});
  }
}

TEST_CASE("classes and functions that mean nothing here are names, and nothing is called") {
  CHECK(root_class("cos\nsystem\nX\x04\0\0\0true\x85R."s) == "os.system");
  CHECK(root_class("\x80\x04\x8c\x02os\x8c\x06system\x93\x8c\x04true\x85R.") == "os.system");
  CHECK(root_class("cargparse\nNamespace\n)\x81}X\x01\0\0\0aK\x01sb."s) == "argparse.Namespace");
  CHECK(root_class("c__builtin__\neval\n)}\x92.") == "__builtin__.eval");
  CHECK(root_class("]K\x01"
                   "a.") == "list");
  CHECK(root_class("ccollections\nOrderedDict\n]\x85R.") == "instance of collections.OrderedDict");
  CHECK(root_class("ctorch\nFloatStorage\n)R.") == "instance of torch.FloatStorage");
  CHECK(root_class("ctorch\nbfloat16\n.") == "torch.bfloat16");
}

TEST_CASE("a tensor of parts that are not plain is opaque") {
  const std::string complex =
      "(X\x07\0\0\0storagectorch\nComplexFloatStorage\nX\x01\0\0\0"
      "0X\x03\0\0\0cpuK\x06tQ"s;
  CHECK(root_class(kRebuild + "(" + complex + "K\x00K\x02\x85K\x01\x85\x89"s + kHooks + "tR.") ==
        "torch.ComplexFloatStorage");
  CHECK(root_class(kRebuild + "(" + kTensorArguments + "NtR.") == "tensor with hooks or flags");
  CHECK(root_class(kRebuild + "(" + kTensorArguments + kHooks + "}X\x04\0\0\0conj\x88stR."s) ==
        "tensor with hooks or flags");
  CHECK(root_class(kRebuild + "(" + kTensorArguments + kHooks + "}tR.") == "tensor");
}

TEST_CASE("what no Pickler writes is refused with its place") {
  CHECK(refused("") == "5: f: its pickle at byte 0: ends early");
  CHECK(refused("X\xFF\xFF\xFF\xFF...") == "5: f: its pickle at byte 0: ends early");
  CHECK(refused("\x8d" + little(~std::uint64_t{0}) + ".") ==
        "5: f: its pickle at byte 0: ends early");
  CHECK(refused("cos") == "5: f: its pickle at byte 0: ends early");
  CHECK(refused("I1\n.") ==
        "5: f: its pickle at byte 0: opcode 0x49 is none that torch.save writes");
  CHECK(refused("\x80\x06N.") == "5: f: its pickle at byte 0: a protocol beyond 5");
  CHECK(refused(".") == "5: f: its pickle at byte 0: takes a value that is not there");
  CHECK(refused("N(.") == "5: f: its pickle at byte 2: takes a value that is not there");
  CHECK(refused("N(\x85.") == "5: f: its pickle at byte 2: takes values that are not there");
  CHECK(refused("NN.") == "5: f: its pickle at byte 2: ends before its end");
  CHECK(refused("N.N") == "5: f: its pickle at byte 1: ends before its end");
  CHECK(refused("h\x00."s) == "5: f: its pickle at byte 0: recalls a value that is not there");
  CHECK(refused("Nq\x05h\x04."s) ==
        "5: f: its pickle at byte 3: recalls a value that is not there");
  CHECK(refused("}(K\x01u.") == "5: f: its pickle at byte 4: a key without a value");
  CHECK(refused("K\x01NNs.") == "5: f: its pickle at byte 4: sets an item of what has none");
  CHECK(refused("}Na.") == "5: f: its pickle at byte 2: appends to what is no list");
  CHECK(refused("K\x01Nb.") == "5: f: its pickle at byte 3: a state for no object");
  CHECK(refused("K\x01)R.") == "5: f: its pickle at byte 3: calls what is no function");
  CHECK(refused("cos\nsystem\nNR.") == "5: f: its pickle at byte 12: arguments that are no tuple");
  CHECK(refused("K\x01)\x81.") == "5: f: its pickle at byte 3: an instance of what is no class");
  CHECK(refused("NQ.") == "5: f: its pickle at byte 1: refers to something else than a storage");
  CHECK(refused(kRebuild + ")R.").ends_with("a tensor of the wrong number of parts"));
  CHECK(refused(kRebuild + "(K\x01K\x01K\x01K\x01K\x01K\x01tR.")
            .ends_with("a tensor of the wrong parts"));
  CHECK(refused("ctorch\nSize\nN\x85R.").ends_with("a torch.Size of no tuple"));
  CHECK(refused("NK\x01\x93.").ends_with("the name of a class is no text"));
}

TEST_CASE("depth, values, names and size are bounded") {
  CHECK(refused(std::string(10'001, '(')) == "5: f: its pickle at byte 10000: is nested too deep");
  CHECK(refused(std::string(5'000'000, '}')) == "2: f: its pickle has too many values");
  CHECK(refused("Nr" + little(~std::uint32_t{0}) + ".") == "2: f: its pickle has too many values");
  CHECK(refused("N" + std::string(5'000'000, '\x94')) == "2: f: its pickle has too many values");
  CHECK(
      refused("c" + std::string(300, 'a') + "\nb\n.").ends_with("the name of a class is too long"));
  std::string names;
  for (int i = 0; i < 70'000; ++i) names += fmt::format("ca\n{}\n0", i);
  CHECK(refused(names) == "2: f: its pickle has too many classes");
  CHECK(refused(std::string((std::size_t{64} << 20U) + 1, 'N')) ==
        "2: f: a pickle of 67108865 bytes; at most 67108864 are read");
  // A tuple that holds itself twice, thirty times over: nothing walks through it.
  std::string laughs = ")";
  for (int i = 0; i < 30; ++i) laughs += "q\x01h\x01\x86";
  CHECK(root_class(laughs + ".") == "tuple");
}

}  // namespace
}  // namespace cupel::models
