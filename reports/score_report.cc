#include "reports/score_report.h"

#include <algorithm>
#include <optional>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "reports/table.h"

namespace cupel::reports {
namespace {

std::string rounded(const std::optional<double>& number) {
  return number ? fmt::format("{:.4f}", *number) : std::string("-");
}

std::string exact(const std::optional<double>& number) {
  return number ? fmt::format("{:.17g}", *number) : std::string();
}

std::string interval(const Score& score) {
  if (!score.low || !score.high) return "";
  return fmt::format("[{}, {}]", rounded(score.low), rounded(score.high));
}

void write_number(JsonWriter& json, const char* key, const std::optional<double>& number) {
  json.key(key);
  if (number)
    json.value(*number);
  else
    json.null();
}

void write_file(JsonWriter& json, const ScoreReport& report, const ScoredFile& file) {
  json.begin_object();
  json.key("task").value(report.task).key("protocol").value(report.protocol).key("n").value(file.n);
  json.key("file").value(file.file).key("sha256").value(file.sha256);
  json.key("confidence").value(report.confidence).key("resamples").value(report.resamples);
  json.key("scores").begin_array();
  for (const Score& score : file.scores) {
    json.begin_object().key("metric").value(score.metric);
    write_number(json, "value", score.value);
    write_number(json, "low", score.low);
    write_number(json, "high", score.high);
    json.key("n").value(score.n);
    if (!score.reason.empty()) json.key("reason").value(score.reason);
    json.key("signature").value(score.signature);
    json.key("signature_long").value(score.signature_long).end_object();
  }
  json.end_array().end_object();
}

}  // namespace

std::string score_text(const ScoreReport& report) {
  std::string out;
  for (const ScoredFile& file : report.files) {
    out += fmt::format("{}\n{} under protocol {}, {} rows\n\n", file.file, report.task,
                       report.protocol, file.n);
    std::size_t width = 6;
    for (const Score& score : file.scores) width = std::max(width, score.metric.size());
    const std::string heading =
        report.resamples > 0 ? fmt::format("{:g} % interval", 100 * report.confidence) : "";
    out += fmt::format("  {:<{}}  {:>8}  {:<18}  {:>6}\n", "metric", width, "value", heading, "n");
    for (const Score& score : file.scores) {
      out += fmt::format("  {:<{}}  {:>8}  {:<18}  {:>6}{}\n", score.metric, width,
                         rounded(score.value), interval(score), score.n,
                         score.reason.empty() ? "" : "  " + score.reason);
    }
    out += "\nsignatures\n";
    for (const Score& score : file.scores) out += "  " + score.signature + "\n";
    if (&file != &report.files.back()) out += "\n";
  }
  return out;
}

std::string score_json(const ScoreReport& report) {
  JsonWriter json;
  if (report.files.size() != 1) json.begin_array();
  for (const ScoredFile& file : report.files) write_file(json, report, file);
  if (report.files.size() != 1) json.end_array();
  return json.str();
}

std::string score_csv(const ScoreReport& report) {
  std::string out = "file,task,metric,value,low,high,n,protocol,signature\n";
  for (const ScoredFile& file : report.files) {
    for (const Score& score : file.scores) {
      out += fmt::format("{},{},{},{},{},{},{},{},{}\n", csv_cell(file.file), report.task,
                         score.metric, exact(score.value), exact(score.low), exact(score.high),
                         score.n, csv_cell(report.protocol), csv_cell(score.signature));
    }
  }
  return out;
}

std::string score_markdown(const ScoreReport& report) {
  std::string out;
  for (const ScoredFile& file : report.files) {
    out += fmt::format(
        "**{}**: {} under protocol `{}`, {} rows\n\n| metric | value | interval | n | signature "
        "|\n|---|---:|---|---:|---|\n",
        file.file, report.task, report.protocol, file.n);
    for (const Score& score : file.scores) {
      // The signature's own bars would end the cell.
      std::string signature;
      for (const char c : score.signature)
        signature += c == '|' ? std::string("\\|") : std::string(1, c);
      out += fmt::format("| {} | {} | {} | {} | `{}` |\n", score.metric,
                         score.value ? rounded(score.value) : score.reason, interval(score),
                         score.n, signature);
    }
    out += "\n";
  }
  return out;
}

}  // namespace cupel::reports
