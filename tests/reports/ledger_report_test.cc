#include "reports/ledger_report.h"

#include <algorithm>
#include <sstream>
#include <string>
#include <vector>

#include <catch2/catch_test_macros.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>

#include "harness/core/csv.h"
#include "harness/core/json.h"
#include "harness/core/utf8.h"
#include "metrics/builtin.h"
#include "results/published.h"

namespace {

using namespace cupel;
using namespace cupel::reports;
using Catch::Matchers::ContainsSubstring;

results::PublishedCell printed(const std::string& model, const std::string& metric,
                               const std::string& value, const std::string& confidence = "high") {
  return {.paper = "p",
          .name = "Paper",
          .arxiv = "2401.00001",
          .table = "Table 1",
          .task = "captioning",
          .dataset = "chebi-20",
          .split = "test",
          .model = model,
          .run_model = "m",
          .protocol = "molt5",
          .metric = metric,
          .value = value,
          .unit = value.empty() ? "" : "percent",
          .source = "a page",
          .confidence = confidence};
}

std::vector<LedgerRow> example() {
  const ComputedCell score{.run = "1a2b",
                           .model = "m",
                           .protocol = "molt5",
                           .complete = true,
                           .value = 0.5876,
                           .low = 0.58,
                           .high = 0.595,
                           .n = 3300,
                           .signature = "molt5:v1"};
  auto second = score;
  second.run = "3c4d";
  second.value = 0.5941;
  return {{printed("M", "bleu-2", "59.4", "low"), Status::kDiffers, score, "nobody knows"},
          {printed("M", "bleu-2", "59.4", "low"), Status::kEqual, second, ""},
          {printed("M", "text2mol", "58.2"), Status::kNotAttempted, {}, "not computed"},
          {printed("N", "bleu-2", "", "low"), Status::kUnknown, {}, "not known"}};
}

TEST_CASE("For people: what was computed beside what is printed, the rest in numbered notes") {
  CHECK(print_tables(ledger_report(example(), "text"), "text") ==
        "Paper, Table 1: captioning on chebi-20, split test\n"
        "\n"
        "  model  metric    printed  computed  interval      diff.     n  status         notes\n"
        "  M      bleu-2    59.4     58.76     [58.0, 59.5]  -0.64  3300  differs (low)  1,2,3\n"
        "  M      bleu-2    59.4     59.41     [58.0, 59.5]  +0.01  3300  equal (low)    4,3\n"
        "  M      text2mol  58.2                                          not attempted  5,3\n"
        "  N      bleu-2                                                  unknown        6,3\n"
        "\n"
        "1. run 1a2b, molt5:v1\n"
        "2. nobody knows\n"
        "3. a page\n"
        "4. run 3c4d, molt5:v1\n"
        "5. not computed\n"
        "6. not known\n"
        "\n"
        "Published cells by status\n"
        "\n"
        "  paper  cells  equal  within rounding  explained  differs  not attempted  unknown\n"
        "  Paper      3      0                0          0        1              1        1\n");
}

TEST_CASE("For machines: one line a row, everything in its own column, exact") {
  const auto rows = parse_csv(print_tables(ledger_report(example(), "csv"), "csv"), "ledger");
  REQUIRE(rows.size() == 5);
  const auto cell = [&](std::size_t row, const std::string& column) {
    const auto at = std::ranges::find(rows[0].cells, column);
    REQUIRE(at != rows[0].cells.end());
    return rows[row].cells[static_cast<std::size_t>(at - rows[0].cells.begin())];
  };
  CHECK(cell(1, "published") == "59.4");
  CHECK(cell(1, "status") == "differs");
  CHECK(cell(1, "confidence") == "low");
  CHECK(std::stod(cell(1, "computed")) == 0.5876 * 100);
  CHECK(std::stod(cell(1, "difference")) == 0.5876 * 100 - 59.4);
  CHECK(std::stod(cell(1, "low")) == 0.58 * 100);
  CHECK(cell(1, "n") == "3300");
  CHECK(cell(1, "run") == "1a2b");
  CHECK(cell(1, "signature") == "molt5:v1");
  CHECK(cell(1, "own_protocol") == "molt5");
  CHECK(cell(3, "computed").empty());
  CHECK(cell(3, "n").empty());
  CHECK(cell(3, "reason") == "not computed");
  CHECK(cell(4, "published").empty());

  const JsonValue json =
      parse_json(print_tables(ledger_report(example(), "json"), "json"), "ledger");
  CHECK(json.members.at(0).key == "ledger");
  CHECK(json.members.at(0).value.items.size() == 4);
  CHECK(json.members.at(1).key == "summary");
}

TEST_CASE("A page and its notes end where the printed table ends") {
  auto rows = example();
  rows.back().published.table = "Table 2";
  const auto pages = ledger_pages(rows);
  REQUIRE(pages.size() == 2);
  CHECK(pages[0].rows.size() == 3);
  CHECK(pages[1].notes == std::vector<std::string>{"1. not known", "2. a page"});
}

TEST_CASE("The whole ledger fits 120 columns, with every row that a run could fill") {
  std::vector<ComputedCell> computed;
  for (const auto& cell : results::published_results().cells) {
    if (cell.dataset != "chebi-20" || cell.run_model.empty()) continue;
    const double value = cell.value.empty() ? 0.5 : std::stod(cell.value) / 100;
    computed.push_back({.run = "0123abcd",
                        .model = cell.run_model,
                        .dataset = cell.dataset,
                        .split = cell.split,
                        .task = cell.task,
                        .metric = cell.metric,
                        .protocol = cell.protocol.empty() ? "cupel" : cell.protocol,
                        .complete = true,
                        .value = value,
                        .low = value,
                        .high = value,
                        .n = 3300,
                        .signature = "sig"});
  }
  const auto& published = results::published_results();
  const auto rows = make_ledger(published.cells, computed, published.reasons);
  CHECK(rows.size() == published.cells.size());
  CHECK(ledger_table(rows).rows.size() == rows.size());
  std::istringstream lines(print_tables(ledger_report(rows, "text"), "text"));
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(count_code_points(line) <= 120);
  }
}

TEST_CASE("A long note is broken for a terminal, and whole in Markdown") {
  auto rows = example();
  std::string reason = "because";
  for (int i = 0; i < 40; ++i) reason += " and so on";
  rows[0].reason = reason;
  const std::string text = print_tables(ledger_report(rows, "text"), "text");
  CHECK_THAT(text, ContainsSubstring("\n2. because and so on"));
  CHECK_THAT(text, ContainsSubstring("\n   ") && ContainsSubstring("\n3. a page"));
  CHECK_THAT(print_tables(ledger_report(rows, "md"), "md"), ContainsSubstring("2. " + reason));
}

TEST_CASE("The summary counts cells, not runs, and each paper by itself") {
  auto rows = example();
  rows[0].status = Status::kNotAttempted;
  CHECK(std::get<std::int64_t>(ledger_summary(rows).rows.at(0).at(2)) == 1);
  rows[1].status = Status::kWithinRounding;
  CHECK(std::get<std::int64_t>(ledger_summary(rows).rows.at(0).at(3)) == 1);
  rows[2].published.paper = rows[2].published.name = "Other";
  const Table summary = ledger_summary(rows);
  REQUIRE(summary.rows.size() == 2);
  CHECK(std::get<std::int64_t>(summary.rows[0][1]) == 2);
  CHECK(std::get<std::int64_t>(summary.rows[1][1]) == 1);
}

TEST_CASE("Each status has a name") {
  CHECK(status_name(Status::kWithinRounding) == "within rounding");
  CHECK(status_name(Status::kNotAttempted) == "not attempted");
}

}  // namespace
