#include "tasks/suite/suite.h"

#include <algorithm>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/nearest.h"
#include "tasks/suite/pairs.h"
#include "tasks/suite/properties.h"

namespace cupel::tasks {
namespace {

namespace fs = std::filesystem;

/// A folder that is gone in the end unless it was renamed.
class Partial {
 public:
  explicit Partial(fs::path path) : path_(std::move(path)) {
    std::error_code error;
    fs::remove_all(path_, error);  // of a process that had our number and was killed
    if (!fs::create_directories(path_, error) || error) {
      throw Error(Code::kUsage, path_.string() + ": cannot be made: " + error.message(),
                  "is the folder around it writable?");
    }
  }
  ~Partial() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  Partial(const Partial&) = delete;
  Partial& operator=(const Partial&) = delete;

  [[nodiscard]] const fs::path& path() const { return path_; }

 private:
  fs::path path_;
};

[[noreturn]] void refuse(const fs::path& folder) {
  throw Error(Code::kUsage, folder.string() + " is there already, and not an empty folder",
              "choose another folder, or remove this one");
}

void write_files(const fs::path& folder, const std::vector<SuiteFile>& files, std::string& list) {
  for (const SuiteFile& file : files) {
    fs::create_directories((folder / file.path).parent_path());
    write_file(folder / file.path, file.bytes);
    list += fmt::format("{}\t{}\t{}\n", file.path, file.bytes.size(), sha256_hex(file.bytes));
  }
}

}  // namespace

std::vector<std::string> suite_sets() {
  std::vector<std::string> out = {"mini-chebi-20", "mini-pcdes", "mini-pubchemstm-distill"};
  std::ranges::copy(suite::property_sets(), std::back_inserter(out));
  return out;
}

std::vector<SuiteFile> make_suite_set(std::string_view set, const SuiteOptions& options) {
  if (!(options.scale >= kSmallestScale && options.scale <= kLargestScale)) {
    throw Error(Code::kUsage, fmt::format("--scale is {}", options.scale),
                fmt::format("it must be {} to {}", kSmallestScale, kLargestScale));
  }
  const auto known = suite_sets();
  if (!std::ranges::contains(known, set)) {
    throw Error(Code::kUsage, fmt::format("the suite has no set '{}'", set),
                suggest(std::string(set), known));
  }
  return suite::label_columns(set).empty() ? suite::make_pair_set(set, options)
                                           : suite::make_property_set(set, options);
}

std::vector<SuiteFile> make_suite(const SuiteOptions& options) {
  std::vector<SuiteFile> out;
  for (const std::string& set : suite_sets())
    std::ranges::move(make_suite_set(set, options), std::back_inserter(out));
  return out;
}

void write_suite(const fs::path& folder, const SuiteOptions& options,
                 const SuiteProgress& progress) {
  fs::path target = fs::absolute(folder).lexically_normal();
  if (!target.has_filename()) target = target.parent_path();  // "suite/"
  std::error_code error;
  if (fs::exists(target) && !(fs::is_directory(target) && fs::is_empty(target))) refuse(folder);
  const Partial partial(target.string() + fmt::format(".partial-{}", ::getpid()));
  std::string list = "path\tbytes\tsha256\n";
  const auto sets = suite_sets();
  for (std::size_t i = 0; i < sets.size(); ++i) {
    if (progress) progress(sets[i], i, sets.size());
    write_files(partial.path(), make_suite_set(sets[i], options), list);
  }
  write_file(partial.path() / "suite.tsv", list);
  fs::rename(partial.path(), target, error);
  if (error) refuse(folder);  // somebody else wrote it meanwhile
}

}  // namespace cupel::tasks
