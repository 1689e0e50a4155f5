/// Tables for papers, as Markdown and as LaTeX.
#pragma once

#include <span>
#include <string>

#include "harness/core/paper_table.h"

namespace cupel::reports {

/// `format` is md or latex. The best of a column is bold, who ties with it has a dagger; an
/// interval or a standard deviation stands with each number, what they are below the table. latex:
/// one `table` a table, with booktabs, intervals on a line of their own; nothing from a store is a
/// command. It needs \usepackage{booktabs,graphicx} and \usepackage[T1]{fontenc}.
[[nodiscard]] std::string print_paper_tables(std::span<const PaperTable> tables,
                                             const std::string& format);

/// Any text as LaTeX that prints it: special characters escaped, on one line.
[[nodiscard]] std::string latex_text(std::string_view text);

}  // namespace cupel::reports
