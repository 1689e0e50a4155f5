/// Data inside a page: elements that hold JSON and are never run.
#pragma once

#include <string>
#include <string_view>

namespace cupel::reports {

/// <script type="application/json" id="…">: for what a page needs at once. `<` is written as
/// \u003c, so that no text in it can end the element or begin a comment.
[[nodiscard]] std::string plain_block(std::string_view id, std::string_view json);

/// <script type="application/gzip" id="…">: the same, compressed and in Base64, for what a page
/// unpacks when somebody wants to see it.
[[nodiscard]] std::string packed_block(std::string_view id, std::string_view json);

}  // namespace cupel::reports
