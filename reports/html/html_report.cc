#include "reports/html/html_report.h"

#include <algorithm>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/base64.h"
#include "harness/core/digest.h"
#include "reports/html/block.h"
#include "reports/html/embedded.h"
#include "reports/html/example_blocks.h"

namespace cupel::reports {
namespace {

std::string_view part(std::string_view name) {
  const auto all = embedded_page();
  const auto at =
      std::ranges::find(all, name, &std::pair<std::string_view, std::string_view>::first);
  if (at == all.end()) throw std::logic_error(fmt::format("the page has no part '{}'", name));
  return at->second;
}

std::string hash_of(std::string_view text) {
  const Digest digest = sha256(text);
  return fmt::format("'sha256-{}'",
                     to_base64({reinterpret_cast<const char*>(digest.data()), digest.size()}));
}

struct Scripts {
  std::string elements;
  std::string hashes;
};

/// The scripts in the order in which they are run, which is that of the build file.
Scripts scripts() {
  Scripts code;
  for (const auto& [name, text] : embedded_page()) {
    if (!name.ends_with(".js")) continue;
    code.elements += fmt::format("<script>{}</script>\n", text);
    code.hashes += (code.hashes.empty() ? "" : " ") + hash_of(text);
  }
  return code;
}

/// Puts `text` where {{name}} stands.
void fill(std::string& page, std::string_view name, std::string_view text) {
  const std::string place = fmt::format("{{{{{}}}}}", name);
  const std::size_t at = page.find(place);
  if (at == std::string::npos) throw std::logic_error("the page has no place " + place);
  page.replace(at, place.size(), text);
}

std::string data_blocks(results::Store& store, const HtmlOptions& options) {
  const ChosenRuns chosen = chosen_runs(store, options.choice);
  return plain_block("overview", overview_document(store, chosen, options.program)) +
         plain_block("scores", score_document(store, options.choice)) +
         packed_block("ledger", ledger_document(store, chosen)) +
         packed_block("ablation", ablation_document(options.ablation, options.no_ablation)) +
         packed_block("training", training_document(store, chosen)) +
         packed_block("retrieval", retrieval_document(store, chosen, options.sections)) +
         packed_block("throughput", throughput_document(store, chosen)) +
         packed_block("provenance", provenance_document(store, chosen)) +
         example_blocks(store, chosen, options.sections, options.jobs);
}

}  // namespace

std::string html_report(results::Store& store, const HtmlOptions& options) {
  const Scripts code = scripts();
  std::string page(part("report.html"));
  fill(page, "policy",
       fmt::format("script-src {}; style-src {}", code.hashes, hash_of(part("report.css"))));
  fill(page, "style", part("report.css"));
  fill(page, "scripts", code.elements);
  fill(page, "data", data_blocks(store, options));  // last: nothing in it is a place
  return page;
}

}  // namespace cupel::reports
