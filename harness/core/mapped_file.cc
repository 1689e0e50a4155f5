#include "harness/core/mapped_file.h"

#include <cerrno>
#include <cstddef>
#include <system_error>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace cupel {
namespace {

class Descriptor {
 public:
  explicit Descriptor(const std::filesystem::path& path)
      : number_(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)) {}
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

[[noreturn]] void fail(const std::filesystem::path& path, Code code, const std::string& why) {
  throw Error(code, "cannot read " + path.string() + ": " + why);
}

}  // namespace

MappedFile::MappedFile(const std::filesystem::path& path, Code code) {
  const Descriptor file(path);
  struct stat about{};
  if (file.number() < 0 || ::fstat(file.number(), &about) != 0)
    fail(path, code, std::generic_category().message(errno));
  if (!S_ISREG(about.st_mode)) fail(path, code, "not a regular file");
  const auto size = static_cast<std::size_t>(about.st_size);
  if (size == 0) return;
  void* start = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file.number(), 0);
  if (start == MAP_FAILED) fail(path, code, std::generic_category().message(errno));
  bytes_ = {static_cast<const char*>(start), size};
}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace cupel
