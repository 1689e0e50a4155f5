#include "tasks/dataset.h"

#include <algorithm>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/gzip.h"
#include "harness/core/utf8.h"
#include "tasks/dataset_descriptor.h"
#include "tasks/dataset_files.h"
#include "tasks/readers/readers.h"
#include "tasks/split.h"

namespace cupel::tasks {
namespace {

bool wanted(const Sides& sides, Side side) {
  return side == Side::kTrain ? sides.train : side == Side::kTest ? sides.test : sides.validation;
}

std::vector<Sample>& samples_of(Dataset& dataset, Side side) {
  return side == Side::kTrain  ? dataset.train
         : side == Side::kTest ? dataset.test
                               : dataset.validation;
}

/// How a wrong or missing file is mended. The suite is only written where nothing of it is.
std::string remedy(const DatasetDescriptor& set, const DataRoots& roots) {
  if (set.root == DatasetDescriptor::Root::kData) return "obtain it again: " + set.obtain;
  return "remove the folder " + roots.suite.string() + ", and cupel run writes it again";
}

[[noreturn]] void missing(const DatasetDescriptor& set, const DataFile& file,
                          const FileState& state, const DataRoots& roots) {
  const bool data = set.root == DatasetDescriptor::Root::kData;
  if (state.path.empty())
    throw Error(Code::kCapability,
                fmt::format("{}: the folder with {} is not known", set.id, file.path),
                data ? "pass --data DIR or set CUPEL_DATA; to obtain the files: " + set.obtain
                     : "pass --suite DIR or set CUPEL_SUITE; the suite is written by: cupel data "
                       "synth");
  throw Error(Code::kCapability, fmt::format("{}: {} is not there", set.id, state.path.string()),
              data ? set.obtain : remedy(set, roots));
}

void check_text(const FileText& file) {
  const auto line_of = [&](std::size_t at) {
    return std::ranges::count(std::string_view(file.bytes).substr(0, at), '\n') + 1;
  };
  if (const auto bad = first_invalid_utf8(file.bytes))
    throw Error(Code::kUsage,
                fmt::format("{}:{}: byte 0x{:02X} is not UTF-8", file.name, line_of(*bad),
                            static_cast<unsigned char>(file.bytes[*bad])),
                "convert it: iconv -f LATIN1 -t UTF-8");
  if (const std::size_t nul = file.bytes.find('\0'); nul != std::string::npos)
    throw Error(Code::kUsage, fmt::format("{}:{}: a NUL byte", file.name, line_of(nul)),
                "the file is damaged, or no text");
}

FileText open_file(const DatasetDescriptor& set, const DataFile& file, const DataRoots& roots) {
  FileState state = examine_file(set, file, roots);
  if (state.found == FileState::Found::kMissing) missing(set, file, state, roots);
  if (state.found == FileState::Found::kDiffers)
    throw Error(Code::kIntegrity,
                fmt::format("{}: {}: expected {}, found {}", set.id, state.path.string(),
                            state.expected, state.actual),
                "it is another file, or a damaged one; " + remedy(set, roots));
  FileText text{.name = state.path.string(), .bytes = std::move(state.bytes)};
  if (file.path.ends_with(".gz")) text.bytes = gunzip(text.bytes, text.name);
  check_text(text);
  return text;
}

void check_count(const DatasetDescriptor& set, std::string_view what, std::size_t expected,
                 std::size_t found) {
  if (expected == found) return;
  throw Error(Code::kIntegrity,
              fmt::format("{}: {}: expected {}, found {}", set.id, what, expected, found),
              what.starts_with("rows that RDKit")
                  ? "another version of RDKit reads other rows; the descriptor's number is that of "
                    "2025.03.1"
                  : "the descriptor does not fit its files, or RDKit is another version");
}

/// All rows with the sides that their parts state.
struct Rows {
  std::vector<std::string> labels;
  std::vector<Sample> samples;
  std::vector<Side> sides;  ///< as many as samples; of no meaning until the split is made
};

void add_part(const DatasetDescriptor& set, const Part& part, const DataRoots& roots,
              std::size_t first_row, Rows& all) {
  std::vector<FileText> files;
  for (const DataFile& file : part.files) files.push_back(open_file(set, file, roots));
  PartRows rows = read_part(set, part, files, first_row);
  check_count(set, "rows in " + part.files.front().path, part.rows, rows.in_files);
  if (!all.samples.empty() && rows.labels != all.labels)
    throw Error(Code::kUsage,
                fmt::format("{}: other labels than in the file before", files.front().name));
  all.labels = std::move(rows.labels);
  std::ranges::move(rows.samples, std::back_inserter(all.samples));
  all.sides.resize(all.samples.size(), part.side.value_or(Side::kTrain));
}

Rows read_rows(const DatasetDescriptor& set, const DataRoots& roots, const Sides& sides) {
  if (set.parts.empty())
    throw Error(Code::kCapability, set.id + ": was never released", set.obtain);
  Rows all;
  std::size_t first_row = 0;
  for (const Part& part : set.parts) {
    // Those that RDKit does not read are counted over the whole set.
    if (!part.side || set.unparsable || wanted(sides, *part.side))
      add_part(set, part, roots, first_row, all);
    first_row += part.rows;
  }
  return all;
}

void add_phrases(const DatasetDescriptor& set, const DataRoots& roots,
                 std::vector<Sample>& samples) {
  const FileText file = open_file(set, *set.alignment, roots);
  read_alignment(file, samples);
}

void unescape(std::string& smiles) {
  for (std::size_t at = smiles.find("\\\\"); at != std::string::npos; at = smiles.find("\\\\", at))
    smiles.erase(at++, 1);
}

void check_ids(const DatasetDescriptor& set, const std::vector<Sample>& samples) {
  std::unordered_set<std::string_view> seen;
  for (const Sample& sample : samples) {
    if (!seen.insert(sample.id).second)
      throw Error(Code::kUsage, fmt::format("{}: two rows have the id '{}'", set.id, sample.id),
                  "name another id column in the descriptor, or none");
  }
}

/// Removes what RDKit does not read from rows and scaffolds alike.
void drop_unparsable(const DatasetDescriptor& set, Rows& rows,
                     std::vector<std::optional<std::string>>& scaffolds) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < rows.samples.size(); ++i) {
    if (!scaffolds[i]) continue;
    if (kept != i) {
      rows.samples[kept] = std::move(rows.samples[i]);
      rows.sides[kept] = rows.sides[i];
      scaffolds[kept] = std::move(scaffolds[i]);
    }
    ++kept;
  }
  check_count(set, "rows that RDKit does not read", *set.unparsable, rows.samples.size() - kept);
  rows.samples.resize(kept);
  rows.sides.resize(kept);
  scaffolds.resize(kept);
}

void make_split(const DatasetDescriptor& set, Rows& rows) {
  std::vector<std::optional<std::string>> scaffolds;
  const bool by_scaffold = set.split.kind == SplitRule::Kind::kScaffold;
  if (by_scaffold || set.unparsable) scaffolds = scaffolds_of(rows.samples, set.split.chirality);
  if (set.unparsable) drop_unparsable(set, rows, scaffolds);
  if (by_scaffold) {
    std::vector<std::string> flat;
    for (auto& scaffold : scaffolds) flat.push_back(std::move(scaffold).value_or(""));
    rows.sides = scaffold_split(flat, set.split.fractions);
  } else if (set.split.kind == SplitRule::Kind::kRandom) {
    rows.sides = random_split(rows.samples.size(), set.split.fractions, set.split.seed);
  }
}

}  // namespace

Dataset load_dataset(const DatasetDescriptor& descriptor, const DataRoots& roots,
                     const Sides& sides) {
  Rows rows = read_rows(descriptor, roots, sides);
  check_ids(descriptor, rows.samples);
  if (descriptor.unescape_backslashes) {
    for (Sample& sample : rows.samples) unescape(sample.smiles);
  }
  make_split(descriptor, rows);
  Dataset dataset{.labels = std::move(rows.labels)};
  for (std::size_t i = 0; i < rows.samples.size(); ++i)
    samples_of(dataset, rows.sides[i]).push_back(std::move(rows.samples[i]));
  for (const auto& [side, name] : kSideNames) {
    if (wanted(sides, side))
      check_count(descriptor, fmt::format("rows of the {} side", name),
                  descriptor.sizes[static_cast<std::size_t>(side)],
                  samples_of(dataset, side).size());
    else
      samples_of(dataset, side).clear();
  }
  if (descriptor.alignment && sides.test) add_phrases(descriptor, roots, dataset.test);
  return dataset;
}

}  // namespace cupel::tasks
