#include "results/plan_record.h"

#include "results/content_digest.h"

namespace cupel::results {

Digest Cell::digest() const { return sha256(config); }

Digest StoredPlan::digest() const {
  CanonicalRow row("plan");
  for (const auto& [cell, reason] : cells) {
    row.digest(cell.digest());
    row.text(cell.model).text(cell.task).text(cell.dataset).text(cell.split);
    if (cell.seed)
      row.integer(*cell.seed);
    else
      row.nothing();
    row.text(reason);
  }
  return row.leaf();
}

}  // namespace cupel::results
