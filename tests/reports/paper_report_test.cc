#include "reports/paper_report.h"

#include <cstdlib>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/file.h"
#include "tests/support/paths.h"

namespace {

using namespace cupel;

/// Everything that a table can have.
PaperTable full() {
  const std::string hostile = R"([a_b & 50 % {x} \cmd ~^<script>"|$#)"
                              "\n[t](u)*";
  PaperTable table{.id = "retrieval-made-cupel",
                   .title = "Retrieval on made, test side, protocol cupel",
                   .columns = {{"text to molecule", "R@1", true, 100.0, 2},
                               {"text to molecule", "MRR", true, 100.0, 2},
                               {"", "Levenshtein", false, 1.0, 3}},
                   .rows = {},
                   .notes = {"n = 600", "recall@1|p:cupel.1|den:all|v:0.1.0"}};
  table.rows.push_back({"one",
                        {{.value = 0.53833, .interval = std::pair(0.498, 0.579), .runs = 1},
                         {.value = 0.5, .sd = 0.01234, .runs = 3, .best = true},
                         {.value = 12.0, .runs = 1, .tied = true}}});
  table.rows.push_back(
      {hostile,
       {{.value = 0.61, .interval = std::pair(0.57, 0.65), .runs = 1, .best = true},
        {},
        {.value = 11.5, .runs = 1, .best = true}}});
  return table;
}

/// A second table without groups and spreads.
PaperTable plain() {
  return {.id = "captioning-made-cupel",
          .title = "Captioning on made",
          .columns = {{"", "BLEU-2", true, 1.0, 3}},
          .rows = {{"one", {{.value = 0.4447, .runs = 1}}}},
          .notes = {}};
}

std::string printed(const std::string& format) {
  const std::vector<PaperTable> tables = {full(), plain()};
  return reports::print_paper_tables(tables, format);
}

TEST_CASE("Tables for papers look as they are meant to in Markdown and LaTeX") {
  CHECK(printed("md") == read_file(test::data("paper_tables.md")));
  CHECK(printed("latex") == read_file(test::data("paper_tables.tex")));
}

TEST_CASE("Nothing in a text is a command of LaTeX") {
  CHECK(reports::latex_text(R"(\input{x} 50% a_b #1 $x$ ~^ <a> "q")") ==
        R"(\textbackslash{}input\{x\} 50\% a\_b \#1 \$x\$ \textasciitilde{}\textasciicircum{} )"
        R"(\textless{}a\textgreater{} \textquotedbl{}q\textquotedbl{})");
  CHECK(reports::latex_text("[CLS]") == "{[}CLS]");  // behind the end of a row [ begins an option
  CHECK(reports::latex_text("a|b\nc") == "a\\textbar{}\\allowbreak{}b\\textbackslash{}nc");
}

TEST_CASE("LaTeX compiles tables for papers", "[slow]") {
  if (std::system("command -v pdflatex >/dev/null 2>&1") != 0)  // NOLINT(concurrency-mt-unsafe)
    SKIP("no pdflatex: apt-get install texlive-latex-recommended");
  const test::TempDir folder;
  write_file(folder / "t.tex",
             "\\documentclass{article}\\usepackage[T1]{fontenc}\\usepackage{booktabs,graphicx}\n"
             "\\begin{document}\n" +
                 printed("latex") + "\\end{document}\n");
  const std::string command = "cd " + (folder / "").string() +
                              " && pdflatex -halt-on-error -interaction=nonstopmode t.tex >log.txt";
  const bool compiled = std::system(command.c_str()) == 0;  // NOLINT(concurrency-mt-unsafe)
  INFO(read_file(folder / "log.txt"));
  CHECK(compiled);
}

}  // namespace
