#include "results/prediction_file.h"

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/file.h"
#include "harness/core/utf8.h"
#include "results/prediction_readers.h"

namespace cupel::results {
namespace {

std::size_t line_of(std::string_view bytes, std::size_t offset) {
  LineReader reader(bytes.substr(0, offset + 1));
  while (reader.next()) {
  }
  return reader.line();
}

bool is_control(char byte) {
  const auto code = static_cast<unsigned char>(byte);
  return (code < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || code == 0x7F;
}

/// Text in another encoding has one odd byte here and there; binary data has many side by side.
bool binary_around(std::string_view bytes, std::size_t at) {
  const std::size_t first = at < 16 ? 0 : at - 16;
  const std::string_view window = bytes.substr(first, 32);
  std::size_t odd = 0;
  for (std::size_t i = 0; i < window.size();) {
    if (is_control(window[i])) ++odd;
    const bool broken = first_invalid_utf8(window.substr(i, utf8_length(window[i]))).has_value();
    if (broken) ++odd;
    i += broken ? 1 : utf8_length(window[i]);
  }
  return odd >= 6;
}

void refuse_other_kinds(std::string_view bytes, const std::string& name) {
  if (bytes.empty())
    fail(name, 0, "the file is empty",
         "was it written to the end? a prediction file starts with a header line or an object");
  if (bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF"))
    fail(name, 1, "the file is UTF-16", "convert it: iconv -f UTF-16 -t UTF-8");
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPacked = {{
      {"\x1F\x8B", "gzip"},
      {"PK\x03\x04", "zip"},
      {"\x28\xB5\x2F\xFD", "zstd"},
      {"\xFD\x37zXZ", "xz"},
  }};
  for (const auto& [magic, packer] : kPacked) {
    if (bytes.starts_with(magic))
      fail(name, 1, fmt::format("the file is compressed ({})", packer), "unpack it first");
  }
}

void check_bytes(std::string_view bytes, const std::string& name) {
  refuse_other_kinds(bytes, name);
  if (const std::size_t nul = bytes.find('\0'); nul != std::string_view::npos) {
    fail(name, line_of(bytes, nul), "a NUL byte: binary junk, not text",
         "a damaged or half-written copy often holds NUL bytes; fetch or write the file again");
  }
  const auto bad = first_invalid_utf8(bytes);
  if (!bad) return;
  const auto byte = static_cast<unsigned char>(bytes[*bad]);
  if (binary_around(bytes, *bad)) {
    fail(name, line_of(bytes, *bad),
         fmt::format("byte 0x{:02X} is not UTF-8, nor are others around it: binary junk", byte),
         "the copy is damaged, or this is no text file; fetch or write it again");
  }
  fail(name, line_of(bytes, *bad), fmt::format("byte 0x{:02X} is not UTF-8", byte),
       "find the encoding of the file (often Latin-1) and convert it: iconv -f LATIN1 -t UTF-8; "
       "if its neighbours are wrong too, the copy is damaged: fetch it again");
}

}  // namespace

const Registry<PredictionFormat>& prediction_formats() {
  static const Registry<PredictionFormat> formats = [] {
    Registry<PredictionFormat> all("prediction format");
    all.add({.id = "molt5",
             .summary = "tab-separated, no quoting: SMILES or description, ground truth, output"});
    all.add(
        {.id = "atomas",
         .summary = "the same with a header line before each run of the test; the last counts"});
    all.add({.id = "jsonl", .summary = "one JSON object a line: input, reference, prediction"});
    all.add({.id = "csv", .summary = "comma-separated with quoting (RFC 4180) and named columns"});
    return all;
  }();
  return formats;
}

std::string detect_format(const std::filesystem::path& path, std::string_view bytes) {
  const std::string extension = path.extension().string();
  if (extension == ".jsonl" || extension == ".ndjson") return "jsonl";
  if (extension == ".csv") return "csv";
  if (extension == ".tsv") return "molt5";
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  bytes.remove_prefix(std::min(bytes.find_first_not_of(" \t\r\n"), bytes.size()));
  if (bytes.starts_with('{') || bytes.starts_with('[')) return "jsonl";
  const std::string_view header = bytes.substr(0, bytes.find_first_of("\r\n"));
  return header.contains(',') && !header.contains('\t') ? "csv" : "molt5";
}

PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                     const ReadOptions& options) {
  const std::string format = options.format.empty() ? detect_format(name, bytes)
                                                    : prediction_formats().get(options.format).id;
  if (options.section != 0 && format != "atomas")
    throw Error(Code::kUsage, fmt::format("{}: format {} has no sections", name, format),
                "only atomas files hold several runs of a test");
  check_bytes(bytes, name);
  PredictionFile file{.path = name, .format = format, .sha256 = sha256_hex(bytes)};
  const auto owned = std::make_shared<std::string>(std::move(bytes));
  file.bytes = owned;
  std::span<char> text(*owned);
  if (owned->starts_with("\xEF\xBB\xBF")) text = text.subspan(3);

  if (format == "jsonl") {
    read_jsonl(text, options, file);
  } else if (format == "csv") {
    read_csv(text, options, file);
  } else {
    read_table({text.data(), text.size()}, options, format == "atomas", file);
  }
  return file;
}

PredictionFile read_prediction_file(const std::filesystem::path& path, const ReadOptions& options) {
  return parse_prediction_file(read_file(path, std::size_t{4} << 30U, kMaxLine), path.string(),
                               options);
}

PredictionFile parse_prediction_file(std::string bytes, const std::string& name,
                                     const std::string& task) {
  return parse_prediction_file(std::move(bytes), name,
                               ReadOptions{.task = task, .format = "molt5"});
}

PredictionFile read_prediction_file(const std::filesystem::path& path, const std::string& task) {
  return read_prediction_file(path, ReadOptions{.task = task, .format = "molt5"});
}

}  // namespace cupel::results
