/// The ledger as tables.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "reports/ledger.h"
#include "reports/table.h"

namespace cupel::reports {

/// What `cupel ledger` prints. csv, json: ledger_table and ledger_summary. text, md: ledger_pages
/// and ledger_summary; for a terminal (text) the notes are broken at 120 columns.
[[nodiscard]] std::vector<Table> ledger_report(std::span<const LedgerRow> rows,
                                               const std::string& format);

/// "ledger": everything, one line a row. `published` is as printed; computed, low, high and
/// difference (computed - published) are in the published unit.
[[nodiscard]] Table ledger_table(std::span<const LedgerRow> rows);

/// One table for each printed table, task, data set and split, narrow enough for a terminal.
/// Scores (run, protocol, signature), reasons, remarks and sources are numbered notes below it. A
/// status of a cell that may have been read wrongly is followed by "(low)".
[[nodiscard]] std::vector<Table> ledger_pages(std::span<const LedgerRow> rows);

/// "summary": for each paper its cells by status. A cell with several runs counts once, with the
/// worst of differs, explained, within rounding, equal that any of them has.
[[nodiscard]] Table ledger_summary(std::span<const LedgerRow> rows);

}  // namespace cupel::reports
