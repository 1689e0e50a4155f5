#include "reports/html/block.h"

#include <fmt/format.h>

#include "harness/core/base64.h"
#include "harness/core/gzip.h"

namespace cupel::reports {

std::string plain_block(std::string_view id, std::string_view json) {
  std::string out = fmt::format("<script type=\"application/json\" id=\"{}\">", id);
  for (const char c : json) {  // outside of strings JSON has no <
    if (c == '<')
      out += "\\u003c";
    else
      out += c;
  }
  return out + "</script>\n";
}

std::string packed_block(std::string_view id, std::string_view json) {
  return fmt::format("<script type=\"application/gzip\" id=\"{}\">{}</script>\n", id,
                     to_base64(gzip(json)));
}

}  // namespace cupel::reports
