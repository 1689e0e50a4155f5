/// What stages of training end with: folders of files that a plug-in wrote, each sealed with the
/// digests of its files. A stage with the digest D has its artefact in D/ (hexadecimal), what is
/// not finished in D.partial/, and a lock file D.lock.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <string>

#include "harness/core/digest.h"
#include "harness/core/file.h"
#include "results/stage_record.h"

namespace cupel {

/// Where the artefacts of a store's plans are unless a user says otherwise: beside it, in
/// "STORE.artifacts".
[[nodiscard]] std::filesystem::path default_artifacts(const std::filesystem::path& store);

/// The artefact of one stage.
class Artifact {
 public:
  Artifact(const std::filesystem::path& folder, const Digest& stage);

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] const std::filesystem::path& partial() const { return partial_; }
  [[nodiscard]] const std::filesystem::path& lock() const { return lock_; }
  [[nodiscard]] bool finished() const;
  [[nodiscard]] bool begun() const;  ///< there is something to resume

  /// Makes the folder of what is not finished; the caller holds its StageLock. Throws Error{kUsage}
  /// when it cannot be made.
  void begin() const;

  /// Writes stage.json (the stage's configuration, and name, SHA-256 and size of each file) into
  /// the partial folder and gives it its name, all of it safe on the disk. Throws
  /// Error{kIncomplete} when the plug-in left nothing, or what is no regular file; Error{kUsage}
  /// when the disk is full.
  [[nodiscard]] results::StageEnd seal(const std::string& config, double seconds) const;

  /// Reads every file of a finished artefact again. Throws Error{kIntegrity} naming the first file
  /// that is not as stage.json says (expected, found), is not there, or should not be.
  [[nodiscard]] results::StageEnd verify(const std::string& config) const;

  /// The files of a finished artefact as stage.json says, by name, relative to path(). Throws
  /// Error{kUsage} when that cannot be read.
  [[nodiscard]] std::map<std::string, FileDigest> files() const;

 private:
  std::filesystem::path path_;
  std::filesystem::path partial_;
  std::filesystem::path lock_;
};

/// Held by the one process of a machine that trains a stage; freed by the system when it dies.
class StageLock {
 public:
  /// Makes the file, and its folder. Waits for another holder; `waiting` is called about ten times
  /// a second meanwhile, and may throw. Throws Error{kUsage} when the file cannot be made.
  StageLock(const std::filesystem::path& path, const std::function<void()>& waiting);
  ~StageLock();
  StageLock(const StageLock&) = delete;
  StageLock& operator=(const StageLock&) = delete;

 private:
  int file_ = -1;
};

}  // namespace cupel
