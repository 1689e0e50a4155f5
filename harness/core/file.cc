#include "harness/core/file.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <system_error>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

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

}  // namespace

std::string read_file(const std::filesystem::path& path, std::size_t limit) {
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
  std::string bytes(size, '\0');
  std::size_t have = 0;
  while (have < size) {
    const ssize_t got = ::read(file.fd, bytes.data() + have, size - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) fail(path, std::strerror(errno));
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  bytes.resize(have);
  return bytes;
}

void write_file(const std::filesystem::path& path, std::string_view bytes) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error))
    fail(path, "is a directory", "name a file inside it");
  // Two threads may write the same file: each has a partial one of its own.
  const std::filesystem::path partial =
      path.string() + fmt::format(".partial-{}-{}", ::getpid(), ::gettid());
  {
    const Descriptor file(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666));
    if (file.fd < 0)
      fail(path, fmt::format("cannot be written: {}", std::strerror(errno)),
           "does its folder exist, and may you write there?");
    for (std::size_t done = 0; done < bytes.size();) {
      const ssize_t put = ::write(file.fd, bytes.data() + done, bytes.size() - done);
      if (put < 0 && errno == EINTR) continue;
      if (put < 0) {
        const int reason = errno;
        ::unlink(partial.c_str());
        fail(path, fmt::format("cannot be written: {}", std::strerror(reason)),
             reason == ENOSPC ? "free some disk space" : "");
      }
      done += static_cast<std::size_t>(put);
    }
  }
  std::filesystem::rename(partial, path, error);
  if (error) {
    ::unlink(partial.c_str());
    fail(path, fmt::format("cannot be written: {}", error.message()));
  }
}

}  // namespace cupel
