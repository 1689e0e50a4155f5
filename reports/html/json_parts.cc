#include "reports/html/json_parts.h"

#include <cmath>
#include <cstdlib>

#include <fmt/format.h>

namespace cupel::reports {
namespace {

void write_cell(JsonWriter& json, const Cell& cell) {
  if (const auto* text = std::get_if<std::string>(&cell))
    json.value(*text);
  else if (const auto* count = std::get_if<std::int64_t>(&cell))
    json.value(*count);
  else if (const auto* number = std::get_if<double>(&cell))
    json.value(*number);
  else
    json.null();
}

}  // namespace

void write_rounded(JsonWriter& json, double number, int digits) {
  if (!std::isfinite(number))
    json.null();
  else
    json.value(std::strtod(fmt::format("{:.{}g}", number, digits).c_str(), nullptr));
}

void write_table(JsonWriter& json, const Table& table) {
  json.begin_object().key("columns").begin_array();
  for (const Column& column : table.columns) json.value(column.id);
  json.end_array().key("rows").begin_array();
  for (const auto& row : table.rows) {
    json.begin_array();
    for (const Cell& cell : row) write_cell(json, cell);
    json.end_array();
  }
  json.end_array().end_object();
}

}  // namespace cupel::reports
