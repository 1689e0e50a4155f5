#include "tasks/readers/lines.h"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "tasks/readers/readers.h"

namespace cupel::tasks {

bool LineReader::next(std::string_view& line) {
  if (rest_.empty()) return false;
  ++line_;
  line = rest_.substr(0, rest_.find('\n'));
  rest_.remove_prefix(std::min(line.size() + 1, rest_.size()));
  if (line.ends_with('\r')) line.remove_suffix(1);
  return true;
}

void fail_at(const std::string& name, std::size_t line, const std::string& what,
             const std::string& hint) {
  throw Error(Code::kUsage, fmt::format("{}:{}: {}", name, line, what), hint);
}

namespace {

constexpr const char* kHint = "the files belong together row by row; a line is missing or too many";

/// The line of `texts` that belongs to the one that `smiles` has just given.
std::string_view partner(LineReader& texts, const LineReader& smiles, const FileText& file) {
  std::string_view text;
  if (!texts.next(text))
    fail_at(file.name, texts.line(),
            fmt::format("the file ends here; its partner goes on to line {}", smiles.line()),
            kHint);
  if (text.empty()) fail_at(file.name, texts.line(), "the text is empty", kHint);
  return text;
}

}  // namespace

PartRows read_lines(const FileText& smiles, const FileText* texts, std::size_t first_row) {
  PartRows rows;
  LineReader molecules(smiles.bytes);
  LineReader partners(texts == nullptr ? std::string_view() : texts->bytes);
  for (std::string_view line; molecules.next(line);) {
    if (line.empty() || line.find_first_of(" \t") != std::string_view::npos)
      fail_at(smiles.name, molecules.line(), "not one SMILES",
              "write one SMILES a line, without names, white space and blank lines");
    Sample sample{.id = fmt::format("{}", first_row + rows.in_files++),
                  .smiles = std::string(line)};
    if (texts != nullptr) sample.text = partner(partners, molecules, *texts);
    rows.samples.push_back(std::move(sample));
  }
  std::string_view more;
  if (texts != nullptr && partners.next(more))
    fail_at(texts->name, partners.line(),
            fmt::format("the file goes on; its partner ends at line {}", molecules.line()), kHint);
  return rows;
}

}  // namespace cupel::tasks
