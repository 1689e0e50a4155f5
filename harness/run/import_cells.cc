#include <algorithm>
#include <array>
#include <cctype>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "harness/run/import_checks.h"

namespace cupel::import {
namespace {

/// The rows in which a column shows something.
struct Hits {
  std::size_t count = 0;
  std::size_t first_line = 0;
};

template <typename Predicate>
Hits hits(const Case& examined, std::size_t column, Predicate shows) {
  Hits found;
  for (std::size_t row = 0; row < examined.rows(); ++row) {
    if (!shows(examined.cell(row, column))) continue;
    if (found.count++ == 0) found.first_line = examined.line(row);
  }
  return found;
}

bool is_one_of(std::string_view cell, std::span<const std::string_view> names) {
  return std::ranges::any_of(names, [cell](std::string_view name) {
    return std::ranges::equal(cell, name, [](char a, char b) {
      return std::tolower(static_cast<unsigned char>(a)) == b;
    });
  });
}

/// "…" around the cell and every quote inside doubled: what a CSV writer makes of a cell.
bool wrapped(std::string_view cell) {
  if (cell.size() < 2 || !cell.starts_with('"') || !cell.ends_with('"')) return false;
  cell = cell.substr(1, cell.size() - 2);
  for (std::size_t at = cell.find('"'); at != std::string_view::npos; at = cell.find('"', at + 2)) {
    if (cell.substr(at, 2) != "\"\"") return false;
  }
  return true;
}

/// Tabs and line breaks written as escapes.
bool holds_escaped_row(std::string_view cell) {
  const std::size_t tab = cell.find("\\t");  // in no SMILES: there is no element t
  return tab != std::string_view::npos && cell.find("\\t", tab + 2) != std::string_view::npos &&
         cell.contains("\\n");
}

/// A line break and then a line with at least two tabs: a whole row of a table.
bool holds_table_row(std::string_view cell) {
  if (!cell.contains('\n')) return cell.contains('\\') && holds_escaped_row(cell);
  for (std::size_t at = cell.find('\n'); at != std::string_view::npos;) {
    const std::size_t next = cell.find('\n', at + 1);
    if (std::ranges::count(cell.substr(at, next - at), '\t') >= 2) return true;
    at = next;
  }
  return std::ranges::count(cell, '\t') >= 2;
}

std::size_t controls(std::string_view cell) {
  return static_cast<std::size_t>(std::ranges::count_if(cell, [](char byte) {
    const auto code = static_cast<unsigned char>(byte);
    return (code < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || code == 0x7F;
  }));
}

struct Backslashes {
  std::size_t doubled = 0;  ///< cells whose every run of backslashes has an even length
  std::size_t single = 0;   ///< cells with a run of odd length
};

Backslashes count_backslashes(const Case& examined, std::size_t column) {
  Backslashes found;
  for (std::size_t row = 0; row < examined.rows(); ++row) {
    const std::string_view cell = examined.cell(row, column);
    bool any = false;
    bool odd = false;
    for (std::size_t at = cell.find('\\'); at != std::string_view::npos;) {
      const std::size_t end = std::min(cell.find_first_not_of('\\', at), cell.size());
      any = true;
      odd = odd || (end - at) % 2 == 1;
      at = cell.find('\\', end);
    }
    if (any) ++(odd ? found.single : found.doubled);
  }
  return found;
}

}  // namespace

std::vector<std::size_t> sample_rows(std::size_t rows, std::size_t most) {
  std::vector<std::size_t> sample;
  const std::size_t size = std::min(rows, most);
  for (std::size_t i = 0; i < size; ++i) sample.push_back(i * rows / size);
  return sample;
}

std::size_t count_rows(const Case& examined, const std::function<bool(std::size_t)>& holds) {
  std::size_t count = 0;
  for (std::size_t row = 0; row < examined.rows(); ++row) count += holds(row) ? 1U : 0U;
  return count;
}

Findings check_header_rows(const Case& examined) {
  static constexpr std::array<std::string_view, 5> kReferences = {"ground truth", "ground_truth",
                                                                  "reference", "target", "label"};
  static constexpr std::array<std::string_view, 5> kPredictions = {
      "output", "prediction", "prediction_text", "generated", "hypothesis"};
  for (std::size_t row = 0; row < examined.rows(); ++row) {
    if (!is_one_of(examined.cell(row, kReference), kReferences) ||
        !is_one_of(examined.cell(row, kPrediction), kPredictions))
      continue;
    return {
        {.cause = "header-in-the-middle",
         .sure = true,
         .what = fmt::format("line {} is a header line among the data rows", examined.line(row)),
         .remedy = "two files or two runs are joined there: keep the rows of one"}};
  }
  return {};
}

Findings check_quoting(const Case& examined) {
  Findings findings;
  for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
    const Hits quoted = hits(examined, column, wrapped);
    if (quoted.count == 0) continue;
    // Nobody writes "" inside quotes but a CSV writer; quotes around nearly all cells are one's
    // too. Quotes around a few cells may belong to the text.
    const Hits doubled = hits(examined, column, [](std::string_view cell) {
      return wrapped(cell) && cell.size() > 2 && cell.substr(1, cell.size() - 2).contains("\"\"");
    });
    const bool most = quoted.count * 10 >= examined.rows() * 9;
    if (doubled.count == 0 && !most && quoted.count < 3) continue;
    findings.push_back(
        {.cause = "quoting",
         .sure = doubled.count > 0 || most,
         .what =
             fmt::format("{} of {} cells of column '{}' stand in the quotes of a CSV writer, "
                         "the first in line {}",
                         quoted.count, examined.rows(), kColumnNames[column], quoted.first_line),
         .remedy = "write the table again with quoting off (QUOTE_NONE), or as .csv"});
  }
  return findings;
}

/// A quote opened in one cell and closed in another: the table went through a CSV reader or writer
/// whose cells hold line breaks. Texts may hold a lone quote, so this is no proof.
Findings check_open_quotes(const Case& examined) {
  const auto odd = [](std::string_view cell) { return std::ranges::count(cell, '"') % 2 == 1; };
  std::size_t opened = 0;
  std::size_t first_line = 0;
  std::size_t closed = 0;
  for (std::size_t row = 0; row < examined.rows(); ++row) {
    for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
      const std::string_view cell = examined.cell(row, column);
      if (cell.starts_with('"') && odd(cell) && opened++ == 0) first_line = examined.line(row);
      if (cell.ends_with('"') && opened > 0) ++closed;
    }
  }
  if (opened == 0 || closed == 0) return {};
  return {{.cause = "quoting",
           .sure = false,
           .what = fmt::format("{} cells start with a quote that another cell closes, the first in "
                               "line {}",
                               opened, first_line),
           .remedy = "a CSV reader would merge the rows between them: write the table again with "
                     "quoting off (QUOTE_NONE)"}};
}

Findings check_merged_rows(const Case& examined) {
  Findings findings;
  for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
    const Hits merged = hits(examined, column, holds_table_row);
    if (merged.count == 0) continue;
    findings.push_back(
        {.cause = "rows-merged",
         .sure = true,
         .what = fmt::format("{} cells of column '{}' hold whole rows of a table, the first in "
                             "line {}: quoting merged rows",
                             merged.count, kColumnNames[column], merged.first_line),
         .remedy = "a '\"' at the start of a cell swallowed the rows after it: read the table that "
                   "this file was made from with quoting off (QUOTE_NONE)"});
  }
  return findings;
}

Findings check_controls(const Case& examined) {
  // Hardly any file has one; all bytes at once are looked through faster than cell by cell.
  Findings findings;
  if (controls(*examined.file.bytes) == 0) return findings;
  for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
    const Hits any =
        hits(examined, column, [](std::string_view cell) { return controls(cell) > 0; });
    if (any.count == 0) continue;
    // A model of bytes may write a control character now and then; data sets hold none.
    const Hits many =
        hits(examined, column, [](std::string_view cell) { return controls(cell) >= 4; });
    findings.push_back(
        {.cause = "binary-junk",
         .sure = column != kPrediction || many.count > 0,
         .what =
             fmt::format("{} cells of column '{}' hold control characters, the first in line {}",
                         any.count, kColumnNames[column], any.first_line),
         .remedy = "the copy is damaged, or binary data was written into it: write it again"});
  }
  return findings;
}

Findings check_backslashes(const Case& examined) {
  Findings findings;
  for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
    const auto [doubled, single] = count_backslashes(examined, column);
    // SMILES has no doubled backslash, so one cell of the data is enough. A model may stammer, and
    // prose may quote a file name.
    const bool data = examined.molecules(column) && column != kPrediction;
    if (doubled < (data ? 1U : 3U)) continue;
    const bool most = doubled * 10 >= (doubled + single);
    if (!examined.molecules(column) && single > 0) continue;
    findings.push_back(
        {.cause = "backslashes-doubled",
         .sure = data || (examined.molecules(column) && most),
         .what = fmt::format("{} of the {} cells of column '{}' with a backslash have it doubled",
                             doubled, doubled + single, kColumnNames[column]),
         .remedy = "an escape was left in (ChEBI-20's own files have it too): write one backslash "
                   "for two; molecules stay the same, string metrics do not"});
  }
  return findings;
}

std::optional<std::string> undo_mojibake(std::string_view text) {
  std::string bytes;
  for (const char32_t point : decode_utf8(text)) {
    if (point > 0xFF) return std::nullopt;
    bytes.push_back(static_cast<char>(point));
  }
  if (bytes.size() == text.size() || first_invalid_utf8(bytes)) return std::nullopt;
  return bytes;
}

Findings check_mojibake(const Case& examined) {
  Findings findings;
  for (std::size_t column = 0; column < kColumnNames.size(); ++column) {
    // U+00C2..U+00F4 before U+0080..U+00BF: the bytes of one UTF-8 character as Latin-1 text. The
    // pair in its right meaning, "Â°" say, is no part of any word.
    const Hits found = hits(examined, column, [](std::string_view cell) {
      for (std::size_t at = cell.find('\xC3'); at != std::string_view::npos;
           at = cell.find('\xC3', at + 1)) {
        const std::string_view pair = cell.substr(at, 4);
        if (pair.size() == 4 && static_cast<unsigned char>(pair[1]) >= 0x82 &&
            static_cast<unsigned char>(pair[1]) <= 0xB4 && pair[2] == '\xC2')
          return true;
      }
      return false;
    });
    if (found.count == 0) continue;
    findings.push_back(
        {.cause = "mojibake",
         .sure = false,
         .what = fmt::format("{} cells of column '{}' hold UTF-8 that was read as Latin-1 (such as "
                             "'\u00C2\u00B0'), the first in line {}",
                             found.count, kColumnNames[column], found.first_line),
         .remedy = "if the data set itself is not so (PCdes is), read the original as UTF-8"});
  }
  return findings;
}

}  // namespace cupel::import
