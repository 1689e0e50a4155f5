/// The bundled suite: sets of molecules with texts or labels, made from a seed, in the formats of
/// the real sets that they stand in for. Everything in it is written by this program; nothing is
/// taken from a real set but names of columns, sizes of splits and rates of labels.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace cupel::tasks {

struct SuiteOptions {
  std::uint64_t seed = 1;
  double scale = 1.0;  ///< of the numbers of rows; kSmallestScale to kLargestScale
  unsigned jobs = 0;   ///< threads; 0: all. The bytes do not depend on it.
};
inline constexpr double kSmallestScale = 0.01;
inline constexpr double kLargestScale = 100.0;

struct SuiteFile {
  std::string path;  ///< below the suite's folder: "mini-bbbp/BBBP.csv"
  std::string bytes;
};

/// "mini-chebi-20", "mini-pcdes", "mini-pubchemstm-distill", "mini-bbbp", …
[[nodiscard]] std::vector<std::string> suite_sets();

/// The files of one set:
///   mini-chebi-20, mini-pcdes: {train,validation,test}.txt with tab-separated columns CID, SMILES
///     and description; in the first every backslash of a SMILES is doubled, as in the real files
///   mini-pubchemstm-distill: CID2SMILES.csv (CID,SMILES), CID2text.json (CID: array of texts)
///   each of these: alignment.jsonl, one object a text:
///     {"id":"17","phrases":[{"begin":16,"end":24,"level":"fragment","atoms":[0,1,2,3,4,5]}]}
///     id: the CID, and #1, #2 behind it for a second and third text; begin, end: bytes of the
///     text; level: atom (a word for single atoms) or fragment; atoms: 0-based, in the order of the
///     SMILES
///   the others: one CSV with the columns of the real set; an empty field is a missing label
/// The same seed and scale give the same bytes on every machine. Throws Error{kUsage} for an
/// unknown set (naming the nearest) or a scale out of range.
[[nodiscard]] std::vector<SuiteFile> make_suite_set(std::string_view set,
                                                    const SuiteOptions& options = {});

/// All of them. Needs the memory of the whole suite; write_suite needs that of one set.
[[nodiscard]] std::vector<SuiteFile> make_suite(const SuiteOptions& options = {});

/// Told which set comes next, as number `done` of `total`.
using SuiteProgress =
    std::function<void(std::string_view set, std::size_t done, std::size_t total)>;

/// Writes the suite to `folder`, which is there in the end with everything in it, or not at all:
/// the files are collected in a folder beside it, which is renamed. `suite.tsv` lists path, bytes
/// and SHA-256 of each. Throws Error{kUsage} when `folder` exists and is not empty, or cannot be
/// written.
void write_suite(const std::filesystem::path& folder, const SuiteOptions& options = {},
                 const SuiteProgress& progress = {});

}  // namespace cupel::tasks
