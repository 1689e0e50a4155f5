#include "harness/core/gzip.h"

#include <algorithm>
#include <limits>
#include <new>

#include <zlib.h>

#include <fmt/format.h>

#include "harness/core/error.h"

namespace cupel {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20U;
constexpr int kGzipOnly = 16 + MAX_WBITS;

class Inflater {
 public:
  explicit Inflater(const std::string& name) : name_(name) {
    if (inflateInit2(&stream_, kGzipOnly) != Z_OK) throw std::bad_alloc();
  }
  ~Inflater() { inflateEnd(&stream_); }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Appends one member to `out` and takes its bytes away from `rest`.
  void member(std::string_view& rest, std::string& out, std::size_t limit) {
    if (inflateReset(&stream_) != Z_OK) throw std::bad_alloc();
    for (int status = Z_OK; status != Z_STREAM_END;) {
      const std::size_t have = out.size();
      out.resize(have + std::min(kPiece, limit - std::min(limit, have) + 1));
      status = step(rest, out.data() + have, out.size() - have);
      out.resize(have + written_);
      if (out.size() > limit)
        fail(fmt::format("unpacks to more than {} bytes", limit),
             "check that it is the right file");
      if (status == Z_MEM_ERROR) throw std::bad_alloc();
      if (status != Z_OK && status != Z_STREAM_END) refuse(status, rest.empty());
    }
  }

 private:
  int step(std::string_view& rest, char* out, std::size_t room) {
    constexpr std::size_t kMost = std::numeric_limits<uInt>::max();
    // zlib's old interface takes a pointer to bytes that it never writes.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(rest.data()));
    stream_.avail_in = static_cast<uInt>(std::min(rest.size(), kMost));
    const uInt given = stream_.avail_in;
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(room);
    const int status = inflate(&stream_, Z_NO_FLUSH);
    rest.remove_prefix(given - stream_.avail_in);
    written_ = room - stream_.avail_out;
    return status;
  }

  [[noreturn]] void refuse(int status, bool at_end) const {
    if (status == Z_BUF_ERROR && at_end)
      fail("the gzip stream ends early: the file is truncated", "download it again");
    fail(fmt::format("the gzip stream is damaged ({})",
                     stream_.msg == nullptr ? "no reason given" : stream_.msg),
         "download it again; a name that ends in .gz must be gzip");
  }
  [[noreturn]] void fail(const std::string& what, const std::string& hint) const {
    throw Error(Code::kUsage, name_ + ": " + what, hint);
  }

  const std::string& name_;
  z_stream stream_{};
  std::size_t written_ = 0;
};

}  // namespace

std::string gunzip(std::string_view bytes, const std::string& name, std::size_t limit) {
  std::string out;
  Inflater inflater(name);
  do {
    inflater.member(bytes, out, limit);
  } while (!bytes.empty());
  return out;
}

std::string gzip(std::string_view bytes) {
  z_stream stream{};
  if (deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, kGzipOnly, MAX_MEM_LEVEL,
                   Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::bad_alloc();
  std::string out;
  for (int status = Z_OK; status != Z_STREAM_END;) {
    const std::size_t given = std::min<std::size_t>(bytes.size(), std::numeric_limits<uInt>::max());
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(given);
    const std::size_t have = out.size();
    out.resize(have + kPiece);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + have);
    stream.avail_out = static_cast<uInt>(kPiece);
    status = deflate(&stream, given == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    bytes.remove_prefix(given - stream.avail_in);
    out.resize(have + kPiece - stream.avail_out);
  }
  deflateEnd(&stream);
  return out;
}

}  // namespace cupel
