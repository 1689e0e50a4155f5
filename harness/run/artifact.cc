#include "harness/run/artifact.h"

#include <cerrno>
#include <chrono>
#include <set>
#include <system_error>
#include <thread>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/quote.h"

namespace cupel {
namespace {

namespace fs = std::filesystem;

constexpr const char* kSeal = "stage.json";
constexpr std::size_t kLargestSeal = std::size_t{64} << 20U;
constexpr std::chrono::milliseconds kLookAgain{100};

/// By name, relative to the artefact's folder.
using Files = std::map<std::string, FileDigest>;

[[noreturn]] void fail_to_write(const fs::path& path, const std::string& why) {
  throw Error(Code::kUsage, fmt::format("{}: cannot be written: {}", path.string(), why),
              "is the disk full, and may you write there? --artifacts names another folder");
}

/// Everything below the folder but the seal. Throws Error{`code`} for what is no regular file.
std::map<std::string, fs::path> files_below(const fs::path& folder, Code code) {
  std::map<std::string, fs::path> files;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    const fs::file_status status = entry.symlink_status();
    if (fs::is_directory(status)) continue;
    if (!fs::is_regular_file(status))
      throw Error(code, entry.path().string() + ": is no regular file",
                  "what a stage leaves must be files and folders");
    const std::string name = entry.path().lexically_relative(folder).generic_string();
    if (name != kSeal) files.emplace(name, entry.path());
  }
  return files;
}

/// What sha256sum prints of the files, by name, is what the artefact's digest is over.
Digest digest_of(const Files& files) {
  Sha256 sha;
  for (const auto& [name, file] : files) sha.update(fmt::format("{}  {}\n", file.sha256, name));
  return sha.digest();
}

void sync(const fs::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  const bool safe = file >= 0 && ::fsync(file) == 0;
  const int reason = errno;
  if (file >= 0) ::close(file);
  if (!safe) fail_to_write(path, std::generic_category().message(reason));
}

/// Files first, then the folders that name them.
void sync_below(const fs::path& folder) {
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder))
    sync(entry.path());
  sync(folder);
}

struct Seal {
  std::string config;
  double seconds = 0.0;
  std::string ended_at;
  Files files;
};

std::string write(const Seal& seal) {
  JsonWriter json;
  json.begin_object().key("config").value(seal.config).key("seconds").value(seal.seconds);
  json.key("ended_at").value(seal.ended_at).key("files").begin_array();
  for (const auto& [name, file] : seal.files) {
    json.begin_object().key("name").value(name).key("sha256").value(file.sha256);
    json.key("bytes").value(file.bytes).end_object();
  }
  return json.end_array().end_object().str();
}

Seal parse_seal(const fs::path& path) {
  const std::string origin = path.string();
  const JsonValue root = parse_json(read_file(path, kLargestSeal), origin);
  JsonObject object(root, origin);
  Seal seal{.config = object.text("config"),
            .seconds = object.member("seconds").real,
            .ended_at = object.text("ended_at"),
            .files = {}};
  const JsonValue& files = object.member("files");
  object.finish();
  for (const JsonValue& item : files.items) {
    JsonObject file(item, origin);
    const auto bytes = static_cast<std::uintmax_t>(file.integer("bytes"));
    seal.files[file.text("name")] = {.sha256 = file.text("sha256"), .bytes = bytes};
    file.finish();
  }
  return seal;
}

std::string now() {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}",
                     std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now()));
}

}  // namespace

fs::path default_artifacts(const fs::path& store) { return store.string() + ".artifacts"; }

Artifact::Artifact(const fs::path& folder, const Digest& stage)
    : path_(fs::absolute(folder) / to_hex(stage)),
      partial_(path_.string() + ".partial"),
      lock_(path_.string() + ".lock") {}

bool Artifact::finished() const {
  std::error_code unreadable;
  return fs::exists(path_, unreadable);
}

bool Artifact::begun() const {
  std::error_code unreadable;
  return fs::exists(partial_, unreadable);
}

void Artifact::begin() const {
  std::error_code error;
  fs::create_directories(partial_, error);
  if (error) fail_to_write(partial_, error.message());
  // A seal of a process that was killed before the folder got its name: it is made again.
  for (const fs::directory_entry& entry : fs::directory_iterator(partial_)) {
    if (entry.path().filename().string().starts_with(kSeal)) fs::remove(entry.path(), error);
  }
}

results::StageEnd Artifact::seal(const std::string& config, double seconds) const {
  Seal seal{.config = config, .seconds = seconds, .ended_at = now(), .files = {}};
  const auto files = files_below(partial_, Code::kIncomplete);
  std::error_code error;
  if (fs::exists(partial_ / kSeal, error)) {
    throw Error(Code::kIncomplete,
                fmt::format("{}: the stage left a file '{}'", partial_.string(), kSeal),
                "the name is taken; the model must call its file otherwise");
  }
  if (files.empty())
    throw Error(Code::kIncomplete, partial_.string() + ": the stage ended without any file",
                "fit() must write what load() needs");
  for (const auto& [name, path] : files)
    seal.files.emplace(name, digest_of_file(path, Code::kIntegrity));
  sync_below(partial_);
  write_file(partial_ / kSeal, write(seal));
  sync(partial_ / kSeal);
  sync(partial_);
  fs::rename(partial_, path_, error);
  if (error) fail_to_write(path_, error.message());
  sync(path_.parent_path());
  return {.artifact = digest_of(seal.files), .seconds = seconds, .ended_at = seal.ended_at};
}

results::StageEnd Artifact::verify(const std::string& config) const {
  const auto wrong = [&](const fs::path& file, const std::string& what) {
    return Error(Code::kIntegrity, fmt::format("{}: {}", file.string(), what),
                 fmt::format("delete {} to train the stage again", path_.string()));
  };
  Seal seal;
  try {
    seal = parse_seal(path_ / kSeal);
  } catch (const Error& error) {
    throw wrong(path_, error.what());
  }
  if (seal.config != config) throw wrong(path_ / kSeal, "is of another stage");
  auto files = files_below(path_, Code::kIntegrity);
  for (const auto& [name, expected] : seal.files) {
    const auto at = files.find(name);
    if (at == files.end()) throw wrong(path_ / name, "is not there");
    const FileDigest found = digest_of_file(at->second, Code::kIntegrity);
    if (found != expected) {
      throw wrong(at->second,
                  fmt::format("expected {} bytes with the SHA-256 {}, found {} with {}",
                              expected.bytes, expected.sha256, found.bytes, found.sha256));
    }
    files.erase(at);
  }
  if (!files.empty()) throw wrong(files.begin()->second, "was not there when the stage ended");
  return {.artifact = digest_of(seal.files), .seconds = seal.seconds, .ended_at = seal.ended_at};
}

std::map<std::string, FileDigest> Artifact::files() const {
  return parse_seal(path_ / kSeal).files;
}

StageLock::StageLock(const fs::path& path, const std::function<void()>& waiting) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  if (error) fail_to_write(path, error.message());
  file_ = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0644);
  if (file_ < 0) fail_to_write(path, std::generic_category().message(errno));
  while (::flock(file_, LOCK_EX | LOCK_NB) != 0) {
    try {
      waiting();
    } catch (...) {
      ::close(file_);
      throw;
    }
    std::this_thread::sleep_for(kLookAgain);
  }
}

StageLock::~StageLock() { ::close(file_); }

}  // namespace cupel
