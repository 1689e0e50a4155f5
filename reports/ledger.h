/// The ledger: each published cell beside what was computed, and a status that says no more than
/// the digits do.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "results/published.h"
#include "results/store.h"

namespace cupel::reports {

/// One score of one run.
struct ComputedCell {
  std::string run;  ///< short id
  std::string model;
  std::string dataset;
  std::string split;
  std::string task;
  std::string metric;
  std::string protocol;
  bool complete = false;        ///< the run answered every example of the split
  std::optional<double> value;  ///< in [0, 1] where the metric is a fraction
  std::optional<double> low;
  std::optional<double> high;
  std::size_t n = 0;
  std::string signature;
};

/// Every score of a store, of complete and partial runs.
[[nodiscard]] std::vector<ComputedCell> computed_cells(results::Store& store);

/// What a published cell is worth here. "Own" is the protocol of the published cell; a cell that
/// names none has no own protocol, whatever our default is. Only complete runs count.
enum class Status : std::uint8_t {
  kEqual,           ///< the own protocol's value rounds to the printed digits (Agreement::kEqual)
  kWithinRounding,  ///< it was cut off after the printed digits, or rounded twice
  kExplained,       ///< neither of these, but equal under another protocol; see below
  kDiffers,         ///< computed, and none of these
  kNotAttempted,    ///< no complete run, no such score, or not under the own protocol
  kUnknown,         ///< the published value is not known
};
// Explained. With many protocols and few digits something agrees by chance, so another protocol
// explains a cell only when
//  - the cell prints at least three significant digits and is equal under that protocol, and
//  - every cell of the same printed row (paper, table, model) that has a complete score under that
//    protocol is equal or within rounding under it, and
//  - at least two cells of that row are equal with three digits or more.
// Cells of the row with the same task and data are taken from the same run; for others (a table of
// several data sets) every complete run of the model must agree. So one metric that agrees in a row
// that does not is called different, and a row of one cell is never explained.

/// "equal", "within rounding", "explained", "differs", "not attempted", "unknown".
[[nodiscard]] std::string_view status_name(Status status);

enum class Agreement : std::uint8_t { kEqual, kWithinRounding, kNone };

/// `value` against the `printed` digits of a `unit` (see results::PublishedCell; a fraction is
/// multiplied by 100 where percent is printed). Equal: printed = the value rounded to as many
/// decimals, a tie to even or away from zero. Within rounding: printed = the value cut off after as
/// many decimals, or rounded to one more decimal first. A difference within 1e-9 units counts as
/// none.
[[nodiscard]] Agreement compare_printed(std::string_view printed, std::string_view unit,
                                        double value);

/// Digits of a printed number without leading zeros: 3 for "0.590" and "59.0", 2 for "0.059".
[[nodiscard]] std::size_t significant_digits(std::string_view printed);

struct LedgerRow {
  results::PublishedCell published;
  Status status = Status::kNotAttempted;
  std::optional<ComputedCell> computed;  ///< the score that decided, or stands beside an unknown
  std::string reason;  ///< may be empty for kEqual only, which says when the rest of its printed
                       ///< row differs
};

/// One row for each published cell and complete run of its model on its data set, split and task
/// that has its metric; one row where there is no such run. No run is preferred: all are shown, in
/// the order given. Of several scores of one run under one protocol the last one counts.
[[nodiscard]] std::vector<LedgerRow> make_ledger(std::span<const results::PublishedCell> published,
                                                 std::span<const ComputedCell> computed,
                                                 std::span<const results::PublishedReason> reasons);

}  // namespace cupel::reports
