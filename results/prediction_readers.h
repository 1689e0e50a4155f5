/// What the readers of the prediction formats share. Only results/prediction_*.cc include this.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/prediction_file.h"

namespace cupel::results {

inline constexpr std::size_t kMaxLine = std::size_t{16} << 20U;

/// Throws Error{kUsage} "name:line: what"; without the line when it is 0.
[[noreturn]] void fail(const std::string& name, std::size_t line, const std::string& what,
                       const std::string& hint);

/// Lines ended by LF, CRLF or a lone CR.
class LineReader {
 public:
  explicit LineReader(std::string_view bytes);
  std::optional<std::string_view> next();
  [[nodiscard]] std::size_t line() const { return line_; }

 private:
  std::string_view rest_;
  std::size_t line_ = 0;
  bool has_cr_;
};

enum Column : std::size_t { kInput, kReference, kPrediction };
inline constexpr std::size_t kColumns = 3;

/// The names by which a reader finds each column.
struct KnownColumns {
  std::vector<std::string> names[kColumns];
  const char* unit;  ///< what holds a text: "column" or "key"
};

/// `names` with the explicitly named columns put in the place of the automatic ones.
[[nodiscard]] KnownColumns choose_columns(KnownColumns known, const ColumnNames& chosen);

/// The accepted names of jsonl and csv.
[[nodiscard]] KnownColumns free_columns(const ReadOptions& options);

/// Places of the three columns in a header, or of the three keys in an object.
struct Places {
  std::size_t at[kColumns] = {};
  std::size_t count = 0;  ///< of all cells of the header
};

/// Throws Error{kUsage} naming what is missing, repeated or ambiguous.
[[nodiscard]] Places find_places(std::span<const std::string_view> header,
                                 const KnownColumns& columns, const std::string& name,
                                 std::size_t line, const ReadOptions& options);

// One reader a format. `text` lies in file.bytes, is UTF-8 without NUL and byte order mark; they
// fill file.rows and file.section.
void read_table(std::string_view text, const ReadOptions& options, bool sections,
                PredictionFile& file);
void read_jsonl(std::span<char> text, const ReadOptions& options, PredictionFile& file);
void read_csv(std::span<char> text, const ReadOptions& options, PredictionFile& file);

}  // namespace cupel::results
