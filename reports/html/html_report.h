/// What a store knows as one page that needs nothing else: no network, no server, no other file.
#pragma once

#include <string>

#include "harness/core/ablation.h"
#include "reports/html/documents.h"
#include "reports/run_report.h"
#include "results/store.h"

namespace cupel::reports {

struct HtmlOptions {
  RunChoice choice;
  const Ablation* ablation = nullptr;  ///< of the plan that was made last; may be absent
  std::string no_ablation;             ///< why it is absent
  SectionOf sections;
  std::string program;  ///< "cupel 0.1.0"
  unsigned jobs = 0;    ///< threads; 0: all
};

/// The same store and options give the same bytes. The page runs its own scripts alone, by their
/// hashes, and may load nothing (Content-Security-Policy). Throws like choose_runs, and
/// Error{kIntegrity} like Store.
[[nodiscard]] std::string html_report(results::Store& store, const HtmlOptions& options);

}  // namespace cupel::reports
