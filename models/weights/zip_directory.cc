#include "models/weights/zip_directory.h"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"
#include "models/weights/little_endian.h"
#include "models/weights/stored_tensor.h"

namespace cupel::models {
namespace {

constexpr std::uint32_t kEndSignature = 0x06054b50;
constexpr std::uint32_t kEnd64Signature = 0x06064b50;
constexpr std::uint32_t kLocator64Signature = 0x07064b50;
constexpr std::uint32_t kCentralSignature = 0x02014b50;
constexpr std::uint32_t kLocalSignature = 0x04034b50;
constexpr std::size_t kEndSize = 22;
constexpr std::size_t kEnd64Size = 56;
constexpr std::size_t kLocator64Size = 20;
constexpr std::size_t kCentralSize = 46;
constexpr std::size_t kLocalSize = 30;
constexpr std::uint32_t kIn64 = 0xFFFFFFFF;  // the number stands in a zip64 field

struct Entry {
  std::string_view name;
  std::uint64_t begin = 0;  // of the local header
  std::uint64_t end = 0;    // of the content
};

class ZipReader {
 public:
  ZipReader(std::string_view bytes, const std::string& origin) : bytes_(bytes), origin_(origin) {}

  std::map<std::string_view, std::string_view> read() {
    find_directory();
    std::map<std::string_view, std::string_view> contents;
    std::vector<Entry> entries;
    while (directory_begin_ < directory_end_) {
      const auto [entry, content] = next_entry();
      if (!contents.emplace(entry.name, content).second)
        damaged(fmt::format("entry '{}' occurs twice", quote(entry.name, 200)));
      entries.push_back(entry);
    }
    std::ranges::sort(entries, {}, &Entry::begin);
    for (std::size_t i = 1; i < entries.size(); ++i) {
      if (entries[i].begin < entries[i - 1].end)
        damaged(fmt::format("entry '{}' overlaps another", quote(entries[i].name, 200)));
    }
    return contents;
  }

 private:
  [[noreturn]] void damaged(const std::string& what) const { fail_damaged(origin_, what); }
  [[noreturn]] void unsupported(const std::string& what) const {
    throw Error(Code::kUsage, origin_ + ": " + what, "write it again with torch.save");
  }

  [[nodiscard]] bool is_at(std::uint64_t at, std::uint32_t signature, std::size_t size) const {
    return at <= bytes_.size() && bytes_.size() - at >= size &&
           read_little<std::uint32_t>(bytes_, at) == signature;
  }

  /// The end record is the last thing in the file, but for a comment of at most 65,535 bytes.
  [[nodiscard]] std::size_t find_end() const {
    for (std::size_t back = kEndSize; back <= std::min(bytes_.size(), kEndSize + 65'535); ++back) {
      const std::size_t at = bytes_.size() - back;
      if (is_at(at, kEndSignature, kEndSize) &&
          read_little<std::uint16_t>(bytes_, at + 20) == back - kEndSize)
        return at;
    }
    damaged("a zip archive without its end");
  }

  void find_directory() {
    std::uint64_t end = find_end();
    std::uint64_t size = read_little<std::uint32_t>(bytes_, end + 12);
    directory_begin_ = read_little<std::uint32_t>(bytes_, end + 16);
    std::uint64_t parts = read_little<std::uint16_t>(bytes_, end + 4);
    if (end >= kLocator64Size && is_at(end - kLocator64Size, kLocator64Signature, 4)) {
      end = read_little<std::uint64_t>(bytes_, end - kLocator64Size + 8);
      if (!is_at(end, kEnd64Signature, kEnd64Size)) damaged("a zip64 archive without its end");
      parts = read_little<std::uint32_t>(bytes_, end + 16);
      size = read_little<std::uint64_t>(bytes_, end + 40);
      directory_begin_ = read_little<std::uint64_t>(bytes_, end + 48);
    }
    if (parts != 0) unsupported("a zip archive in several parts");
    if (directory_begin_ > end || size != end - directory_begin_)
      damaged("the directory of the zip archive is not before its end");
    directory_start_ = directory_begin_;
    directory_end_ = end;
  }

  /// Of a central entry's extra field 1: the numbers that did not fit, in this order.
  void read_zip64(std::string_view extra, std::uint64_t& size, std::uint64_t& packed,
                  std::uint64_t& local) const {
    if (size != kIn64 && packed != kIn64 && local != kIn64) return;
    while (extra.size() >= 4) {
      const auto id = read_little<std::uint16_t>(extra, 0);
      const auto length = read_little<std::uint16_t>(extra, 2);
      extra.remove_prefix(4);
      if (length > extra.size()) break;
      if (id == 1) {
        std::string_view field = extra.substr(0, length);
        for (std::uint64_t* number : {&size, &packed, &local}) {
          if (*number != kIn64) continue;
          if (field.size() < 8) damaged("a zip64 number is missing");
          *number = read_little<std::uint64_t>(field, 0);
          field.remove_prefix(8);
        }
        return;
      }
      extra.remove_prefix(length);
    }
    damaged("a zip64 number is missing");
  }

  std::pair<Entry, std::string_view> next_entry() {
    const std::uint64_t at = directory_begin_;
    if (directory_end_ - at < kCentralSize || !is_at(at, kCentralSignature, kCentralSize))
      damaged("the directory of the zip archive is broken");
    const std::size_t name_size = read_little<std::uint16_t>(bytes_, at + 28);
    const std::size_t extra_size = read_little<std::uint16_t>(bytes_, at + 30);
    const std::size_t comment_size = read_little<std::uint16_t>(bytes_, at + 32);
    if (directory_end_ - at - kCentralSize < name_size + extra_size + comment_size)
      damaged("the directory of the zip archive is broken");
    directory_begin_ += kCentralSize + name_size + extra_size + comment_size;
    Entry entry{.name = bytes_.substr(at + kCentralSize, name_size)};
    const std::string shown = quote(entry.name, 200);
    if ((read_little<std::uint16_t>(bytes_, at + 8) & 1U) != 0)
      unsupported(fmt::format("entry '{}' is encrypted", shown));
    if (read_little<std::uint16_t>(bytes_, at + 10) != 0)
      unsupported(fmt::format("entry '{}' is compressed", shown));
    std::uint64_t packed = read_little<std::uint32_t>(bytes_, at + 20);
    std::uint64_t size = read_little<std::uint32_t>(bytes_, at + 24);
    entry.begin = read_little<std::uint32_t>(bytes_, at + 42);
    read_zip64(bytes_.substr(at + kCentralSize + name_size, extra_size), size, packed, entry.begin);
    if (packed != size) damaged(fmt::format("entry '{}' has two sizes", shown));
    const std::string_view content = content_of(entry, size, shown);
    entry.end = static_cast<std::uint64_t>(content.data() - bytes_.data()) + size;
    return {entry, content};
  }

  [[nodiscard]] std::string_view content_of(const Entry& entry, std::uint64_t size,
                                            const std::string& shown) const {
    if (!is_at(entry.begin, kLocalSignature, kLocalSize))
      damaged(fmt::format("entry '{}' is not where the directory says", shown));
    const std::size_t name_size = read_little<std::uint16_t>(bytes_, entry.begin + 26);
    const std::size_t extra_size = read_little<std::uint16_t>(bytes_, entry.begin + 28);
    const std::uint64_t start = entry.begin + kLocalSize + name_size + extra_size;
    if (start > directory_start_ || directory_start_ - start < size)
      damaged(fmt::format("entry '{}' ends beyond the archive's content", shown));
    if (bytes_.substr(entry.begin + kLocalSize, name_size) != entry.name)
      damaged(fmt::format("entry '{}' has another name where it lies", shown));
    return bytes_.substr(start, size);
  }

  std::string_view bytes_;
  const std::string& origin_;
  std::uint64_t directory_start_ = 0;
  std::uint64_t directory_begin_ = 0;  // of what is still unread
  std::uint64_t directory_end_ = 0;
};

}  // namespace

std::map<std::string_view, std::string_view> read_zip_directory(std::string_view bytes,
                                                                const std::string& origin) {
  return ZipReader(bytes, origin).read();
}

}  // namespace cupel::models
