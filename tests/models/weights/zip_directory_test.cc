#include "models/weights/zip_directory.h"

#include <catch2/catch_test_macros.hpp>

#include "tests/support/weights.h"

namespace cupel::models {
namespace {

using test::little;
using test::zip;

std::string refused(const std::string& bytes) {
  const std::string said =
      test::refusal([&] { static_cast<void>(read_zip_directory(bytes, "f")); });
  return said.substr(0, said.find(" //"));
}

/// `bytes` with `value` over what stands `back` bytes before the end.
std::string patched(std::string bytes, std::size_t back, std::string_view value) {
  return bytes.replace(bytes.size() - back, value.size(), value);
}

const test::Entries kTwo = {{"a/data.pkl", "12345"}, {"a/b", ""}};
constexpr std::size_t kEnd = 22;
constexpr std::size_t kSecond = kEnd + 46 + 3;     // the last directory entry, "a/b"
constexpr std::size_t kFirst = kSecond + 46 + 10;  // the one before

TEST_CASE("entries are views of the archive") {
  const std::string bytes = zip(kTwo);
  const auto entries = read_zip_directory(bytes, "f");
  REQUIRE(entries.size() == 2);
  CHECK(entries.at("a/data.pkl") == "12345");
  CHECK(entries.at("a/data.pkl").data() == bytes.data() + 40);
  CHECK(entries.at("a/b").empty());
  CHECK(read_zip_directory(zip({}), "f").empty());
}

TEST_CASE("a comment may follow, also one that looks like an end") {
  const std::string end = zip({});
  const std::string bytes = patched(zip(kTwo), 2, little<std::uint16_t>(22)) + end;
  // The last one counts, as everywhere.
  CHECK(refused(bytes) == "5: f: the directory of the zip archive is not before its end");
  const std::string comment = patched(zip(kTwo), 2, little<std::uint16_t>(5)) + "PK\x05\x06!";
  CHECK(read_zip_directory(comment, "f").size() == 2);
}

TEST_CASE("sizes of 4 GiB and more stand in zip64 fields") {
  // One entry whose three numbers are all in the extra field, and an end record that says nothing.
  const std::string content = "0123456789";
  const std::string local = "PK\x03\x04" + std::string(14, '\0') + std::string(8, '\xFF') +
                            little<std::uint16_t>(1) + little<std::uint16_t>(0) + "n" + content;
  const std::string extra = little<std::uint16_t>(7) + little<std::uint16_t>(1) + "?" +
                            little<std::uint16_t>(1) + little<std::uint16_t>(24) +
                            little<std::uint64_t>(10) + little<std::uint64_t>(10) +
                            little<std::uint64_t>(0);
  const std::string central = "PK\x01\x02" + std::string(16, '\0') + std::string(8, '\xFF') +
                              little<std::uint16_t>(1) +
                              little(static_cast<std::uint16_t>(extra.size())) +
                              std::string(10, '\0') + std::string(4, '\xFF') + "n" + extra;
  const std::string end64 = "PK\x06\x06" + little<std::uint64_t>(44) + std::string(12, '\0') +
                            little<std::uint64_t>(1) + little<std::uint64_t>(1) +
                            little<std::uint64_t>(central.size()) +
                            little<std::uint64_t>(local.size());
  const auto archive = [&](const std::string& middle, std::uint64_t end64_at) {
    return local + middle + end64 + "PK\x06\x07" + std::string(4, '\0') + little(end64_at) +
           little<std::uint32_t>(1) + "PK\x05\x06" + std::string(4, '\0') +
           std::string(12, '\xFF') + std::string(2, '\0');
  };
  const std::uint64_t at = local.size() + central.size();
  CHECK(read_zip_directory(archive(central, at), "f").at("n") == content);
  CHECK(refused(archive(central, at + 1)) == "5: f: a zip64 archive without its end");
  CHECK(refused(archive(central, ~std::uint64_t{0})) == "5: f: a zip64 archive without its end");
  std::string short_extra = central;
  short_extra.replace(46 + 1 + 7, 2, little<std::uint16_t>(16));
  CHECK(refused(archive(short_extra, at)) == "5: f: a zip64 number is missing");
  std::string far = central;
  far.replace(far.size() - 8, 8, little(~std::uint64_t{0} - 3));
  CHECK(refused(archive(far, at)) == "5: f: entry 'n' is not where the directory says");
  std::string huge = central;
  for (const std::size_t back : {24U, 16U})
    huge.replace(huge.size() - back, 8, little(~std::uint64_t{0}));
  CHECK(refused(archive(huge, at)) == "5: f: entry 'n' ends beyond the archive's content");
}

TEST_CASE("a broken archive is an error of integrity") {
  const std::string bytes = zip(kTwo);
  CHECK(refused(bytes.substr(0, bytes.size() - 1)) == "5: f: a zip archive without its end");
  CHECK(refused("") == "5: f: a zip archive without its end");
  CHECK(refused(patched(bytes, 6, little<std::uint32_t>(1))) ==
        "5: f: the directory of the zip archive is not before its end");
  CHECK(refused(patched(bytes, kSecond, "xx")) ==
        "5: f: the directory of the zip archive is broken");
  CHECK(refused(patched(bytes, kSecond - 28, little<std::uint16_t>(999))) ==
        "5: f: the directory of the zip archive is broken");
  CHECK(refused(patched(bytes, kFirst - 20, little<std::uint32_t>(6))) ==
        "5: f: entry 'a/data.pkl' has two sizes");
  CHECK(
      refused(patched(bytes, kFirst - 20, little<std::uint32_t>(99) + little<std::uint32_t>(99))) ==
      "5: f: entry 'a/data.pkl' ends beyond the archive's content");
  CHECK(refused(patched(bytes, kFirst - 20, little<std::uint32_t>(6) + little<std::uint32_t>(6))) ==
        "5: f: entry 'a/b' overlaps another");
  CHECK(refused(patched(bytes, kFirst - 42, little<std::uint32_t>(1))) ==
        "5: f: entry 'a/data.pkl' is not where the directory says");
  CHECK(refused(patched(bytes, kFirst - 46, "z")) ==
        "5: f: entry 'z/data.pkl' has another name where it lies");
  CHECK(refused(zip({{"a", "1"}, {"a", "2"}})) == "5: f: entry 'a' occurs twice");
}

TEST_CASE("what torch.save never does to an archive is named") {
  const std::string bytes = zip(kTwo);
  CHECK(refused(patched(bytes, kFirst - 10, little<std::uint16_t>(8))) ==
        "2: f: entry 'a/data.pkl' is compressed");
  CHECK(refused(patched(bytes, kFirst - 8, little<std::uint16_t>(1))) ==
        "2: f: entry 'a/data.pkl' is encrypted");
  CHECK(refused(patched(bytes, 18, little<std::uint16_t>(1))) ==
        "2: f: a zip archive in several parts");
}

}  // namespace
}  // namespace cupel::models
