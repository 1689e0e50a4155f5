#include "harness/core/file.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace cupel {
namespace {

struct Descriptor {
  int fd;
  explicit Descriptor(int opened) : fd(opened) {}
  ~Descriptor() {
    if (fd >= 0) ::close(fd);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
};

[[noreturn]] void fail(const std::filesystem::path& path, const std::string& what,
                       const std::string& hint = {}) {
  throw Error(Code::kUsage, path.string() + ": " + what, hint);
}

/// Counts lines over successive pieces of a file and stops at one that is too long.
class LineGuard {
 public:
  LineGuard(const std::filesystem::path& path, std::size_t max_line)
      : path_(path), max_line_(max_line) {}

  void check(std::string_view piece) {
    if (max_line_ == std::numeric_limits<std::size_t>::max()) return;
    while (!piece.empty()) {
      const std::size_t end = piece.find('\n');
      length_ += std::min(end, piece.size());
      if (length_ > max_line_) {
        fail(path_, fmt::format("line {} is longer than {} MiB", line_, max_line_ >> 20U),
             "a line break is probably missing; write one example a line");
      }
      if (end == std::string_view::npos) return;
      ++line_;
      length_ = 0;
      piece.remove_prefix(end + 1);
    }
  }

 private:
  const std::filesystem::path& path_;
  std::size_t max_line_;
  std::size_t line_ = 1;
  std::size_t length_ = 0;
};

/// Stops with errno set.
bool write_all(int fd, std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t put = ::write(fd, bytes.data(), bytes.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

void write_pieces(const std::filesystem::path& path, std::span<const std::string_view> pieces,
                  bool durably) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    fail(path, "is a directory", "name a file inside it");
  // The rename would put a file in the place of a device such as /dev/stdout.
  if (std::filesystem::exists(path, error) && !std::filesystem::is_regular_file(path, error)) {
    fail(path, "is not a regular file", "name a file, and copy it from there");
  }
  // Two threads may write the same file: each has a partial one of its own.
  const std::filesystem::path partial =
      path.string() + fmt::format(".partial-{}-{}", ::getpid(), ::gettid());
  {
    const Descriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.fd < 0)
      fail(path, fmt::format("cannot be written: {}", std::strerror(errno)),
           "does its folder exist, and may you write there?");
    bool whole = true;
    for (const std::string_view piece : pieces) whole = whole && write_all(file.fd, piece);
    if (!whole || (durably && ::fsync(file.fd) != 0)) {
      const int reason = errno;
      ::unlink(partial.c_str());
      fail(path, fmt::format("cannot be written: {}", std::strerror(reason)),
           reason == ENOSPC ? "free some disk space" : "");
    }
  }
  std::filesystem::rename(partial, path, error);
  if (error) {
    ::unlink(partial.c_str());
    fail(path, fmt::format("cannot be written: {}", error.message()));
  }
}

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t limit, std::size_t max_line) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.fd < 0) {
    const int reason = errno;
    fail(path, std::strerror(reason),
         reason == EACCES ? "check its permissions: chmod +r"
                          : "check the path; relative paths start at the working folder");
  }
  struct stat status{};
  if (::fstat(file.fd, &status) != 0) fail(path, std::strerror(errno));
  if (S_ISDIR(status.st_mode)) fail(path, "is a directory", "name a file inside it");
  if (!S_ISREG(status.st_mode))
    fail(path, "is not a regular file", "copy its content to a file first");
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > limit) {
    fail(path, fmt::format("has {} bytes; at most {} are read", size, limit),
         "split the file, or check that it is the right one");
  }
  constexpr std::size_t kPiece = std::size_t{4} << 20U;
  std::string bytes;
  bytes.reserve(std::min(size, 4 * kPiece));
  LineGuard guard(path, max_line);
  for (;;) {
    const std::size_t have = bytes.size();
    // What starts well is read to the end: growing by copies would take twice the memory.
    if (have > 4 * kPiece) bytes.reserve(size + 1);
    bytes.resize(have + std::min(kPiece, std::max<std::size_t>(size, have + 1) - have));
    const ssize_t got = ::read(file.fd, bytes.data() + have, bytes.size() - have);
    if (got < 0 && errno == EINTR) {
      bytes.resize(have);
      continue;
    }
    if (got < 0) fail(path, std::strerror(errno));
    bytes.resize(have + static_cast<std::size_t>(got));
    if (got == 0) return bytes;
    if (bytes.size() > limit) fail(path, "grows while it is read", "wait until it is complete");
    guard.check(std::string_view(bytes).substr(have));
  }
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  write_pieces(path, {&bytes, 1}, false);
}

void write_file_durably(const std::filesystem::path& path,
                        std::span<const std::string_view> pieces) {
  write_pieces(path, pieces, true);
  const std::filesystem::path parent = path.parent_path();
  const Descriptor folder(
      ::open(parent.empty() ? "." : parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // EINVAL: a file system that has no such thing for folders.
  if (folder.fd < 0 || (::fsync(folder.fd) != 0 && errno != EINVAL))
    fail(path, fmt::format("its folder cannot be synchronised: {}", std::strerror(errno)));
}

FileDigest digest_of_file(const std::filesystem::path& path, Code code) {
  std::error_code none;
  if (!std::filesystem::is_regular_file(path, none))
    throw Error(code, path.string() + ": no such file");
  std::ifstream stream(path, std::ios::binary);
  Sha256 sha;
  FileDigest digest;
  std::string piece(std::size_t{1} << 20U, '\0');
  while (stream) {
    stream.read(piece.data(), static_cast<std::streamsize>(piece.size()));
    const auto got = static_cast<std::size_t>(stream.gcount());
    sha.update(std::string_view(piece).substr(0, got));
    digest.bytes += got;
  }
  if (!stream.eof()) throw Error(code, path.string() + ": cannot be read");
  digest.sha256 = sha.hex();
  return digest;
}

}  // namespace cupel
