#include "reports/paper_report.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "harness/core/utf8.h"
#include "reports/table.h"

namespace cupel::reports {
namespace {

/// Shrinks what is wider than the line, and leaves the rest.
constexpr std::string_view kNotWider =
    "\\resizebox{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}{!}{%\n";

std::string number(const PaperColumn& column, double value) {
  return fmt::format("{:.{}f}", column.scale * value, column.digits);
}

/// "[0.090, 0.148]" or "± 0.039"; empty: there is none.
std::string spread(const PaperColumn& column, const PaperScore& score, std::string_view sign) {
  if (score.interval)
    return fmt::format("[{}, {}]", number(column, score.interval->first),
                       number(column, score.interval->second));
  if (score.sd) return fmt::format("{} {}", sign, number(column, *score.sd));
  return {};
}

std::string markdown_score(const PaperColumn& column, const PaperScore& score) {
  if (!score.value) return "–";
  std::string out = number(column, *score.value);
  if (score.best) out = "**" + out + "**";
  if (score.tied) out += "†";
  const std::string around = spread(column, score, "±");
  return around.empty() ? out : out + " " + markdown_text(around);
}

void add_markdown(std::string& out, const PaperTable& table) {
  out += "**" + markdown_text(table.title) + "**\n\n| model |";
  for (const PaperColumn& column : table.columns) {
    const std::string group = column.group.empty() ? "" : markdown_text(column.group) + ": ";
    out += fmt::format(" {}{} {} |", group, markdown_text(column.heading),
                       column.higher_is_better ? "↑" : "↓");
  }
  out += "\n|---|";
  for (std::size_t c = 0; c < table.columns.size(); ++c) out += "---:|";
  out += '\n';
  for (const PaperRow& row : table.rows) {
    out += "| " + markdown_text(printable(row.model)) + " |";
    for (std::size_t c = 0; c < table.columns.size(); ++c)
      out += " " + markdown_score(table.columns[c], row.scores[c]) + " |";
    out += '\n';
  }
  for (const std::string& note : table.notes) out += "\n" + markdown_text(printable(note)) + "\n";
}

std::string latex_score(const PaperColumn& column, const PaperScore& score) {
  if (!score.value) return "--";
  std::string out = number(column, *score.value);
  if (score.best) out = "\\textbf{" + out + "}";
  if (score.tied) out += "$^\\dagger$";
  return out;
}

/// Headings that span columns, with rules below; empty without groups.
std::string latex_groups(const std::vector<PaperColumn>& columns) {
  std::string line;
  std::string rules;
  for (std::size_t first = 0; first < columns.size();) {
    std::size_t last = first;
    while (last < columns.size() && columns[last].group == columns[first].group) ++last;
    line += fmt::format(" & \\multicolumn{{{}}}{{c}}{{{}}}", last - first,
                        latex_text(columns[first].group));
    if (!columns[first].group.empty())
      rules += fmt::format("\\cmidrule(lr){{{}-{}}}", first + 2, last + 1);
    first = last;
  }
  return rules.empty() ? "" : line + " \\\\\n" + rules + "\n";
}

void add_latex_row(std::string& out, const PaperTable& table, const PaperRow& row) {
  out += latex_text(row.model);
  std::string below;
  bool any = false;
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    const PaperScore& score = row.scores[c];
    out += " & " + latex_score(table.columns[c], score);
    const std::string around = spread(table.columns[c], score, "$\\pm$");
    any = any || !around.empty();
    below += around.empty() ? " &" : " & {\\tiny " + around + "}";
  }
  out += " \\\\\n";
  if (any) out += below + " \\\\\n";
}

void add_latex(std::string& out, const PaperTable& table) {
  out += "\\begin{table}\n\\centering\n\\small\n\\setlength{\\tabcolsep}{3pt}\n";
  out += fmt::format("\\caption{{{}}}\n", latex_text(table.title));
  out += fmt::format("{}\\begin{{tabular}}{{l{}}}\n\\toprule\n", kNotWider,
                     std::string(table.columns.size(), 'r'));
  out += latex_groups(table.columns);
  out += "model";
  for (const PaperColumn& column : table.columns)
    out += fmt::format(" & {} ${}$", latex_text(column.heading),
                       column.higher_is_better ? "\\uparrow" : "\\downarrow");
  out += " \\\\\n\\midrule\n";
  for (const PaperRow& row : table.rows) add_latex_row(out, table, row);
  out +=
      "\\bottomrule\n\\end{tabular}}\n\n\\smallskip\n\\begin{minipage}{\\linewidth}"
      "\\footnotesize\n";
  for (const std::string& note : table.notes) out += latex_text(note) + "\\par\n";
  out += "\\end{minipage}\n\\end{table}\n";
}

}  // namespace

std::string latex_text(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    switch (c) {
      case '\\':
        out += "\\textbackslash{}";
        break;
      case '~':
        out += "\\textasciitilde{}";
        break;
      case '^':
        out += "\\textasciicircum{}";
        break;
      case '<':
        out += "\\textless{}";
        break;
      case '>':
        out += "\\textgreater{}";
        break;
      case '"':
        out += "\\textquotedbl{}";
        break;
      case '[':
        out += "{[}";  // behind the end of a row it would begin an option
        break;
      case '|':
        out += "\\textbar{}\\allowbreak{}";
        break;  // signatures have no spaces
      case '&':
      case '%':
      case '$':
      case '#':
      case '_':
      case '{':
      case '}':
        out += '\\';
        [[fallthrough]];
      default:
        out += c;
    }
  }
  return out;
}

std::string print_paper_tables(std::span<const PaperTable> tables, const std::string& format) {
  std::string out = format == "latex"
                        ? "% needs \\usepackage{booktabs,graphicx} and \\usepackage[T1]{fontenc}\n"
                        : "";
  for (const PaperTable& table : tables) {
    if (&table != tables.data()) out += '\n';
    format == "latex" ? add_latex(out, table) : add_markdown(out, table);
  }
  return out;
}

}  // namespace cupel::reports
