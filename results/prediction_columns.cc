#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "harness/core/error.h"
#include "results/prediction_readers.h"

namespace cupel::results {
namespace {

constexpr std::array<const char*, kColumns> kRoles = {"input", "reference", "prediction"};

std::string quoted(const std::vector<std::string>& names) {
  return fmt::format("'{}'", fmt::join(names, "' or '"));
}

/// What a header without a wanted column may be instead.
std::string hint_for_missing(std::span<const std::string_view> header, const KnownColumns& columns,
                             const ReadOptions& options) {
  for (const std::string task : {"captioning", "generation"}) {
    for (const std::string& column : input_columns(task)) {
      if (task != options.task && std::ranges::contains(header, column))
        return fmt::format("column '{}' belongs to a {} file: is it --task {}?", column, task,
                           task);
    }
  }
  const std::string wanted =
      fmt::format("the header must hold {}, {} and {}", quoted(columns.names[kInput]),
                  quoted(columns.names[kReference]), quoted(columns.names[kPrediction]));
  if (std::ranges::all_of(header, [](std::string_view name) { return name.starts_with('"'); }))
    return "the names stand in quotes: a CSV writer with quoting on wrote this table; write it "
           "with "
           "quoting off (QUOTE_NONE), or import it as csv if commas part the columns";
  if (header.size() != 1) return wanted;
  const std::array<std::pair<char, const char*>, 3> separators = {
      {{'\t', "tab-separated"}, {',', "comma-separated"}, {';', "semicolon-separated"}}};
  for (const auto& [separator, words] : separators) {
    if (header[0].contains(separator)) return fmt::format("the file looks {}; {}", words, wanted);
  }
  return wanted;
}

}  // namespace

void fail(const std::string& name, std::size_t line, const std::string& what,
          const std::string& hint) {
  throw Error(Code::kUsage,
              line == 0 ? name + ": " + what : fmt::format("{}:{}: {}", name, line, what), hint);
}

const std::vector<std::string>& input_columns(const std::string& task) {
  static const std::vector<std::string> captioning = {"SMILES"};
  static const std::vector<std::string> generation = {"description", "text"};
  return task == "captioning" ? captioning : generation;
}

KnownColumns choose_columns(KnownColumns known, const ColumnNames& chosen) {
  const std::array<const std::string*, kColumns> names = {&chosen.input, &chosen.reference,
                                                          &chosen.prediction};
  for (std::size_t column = 0; column < kColumns; ++column) {
    if (!names[column]->empty()) known.names[column] = {*names[column]};
  }
  return known;
}

KnownColumns free_columns(const ReadOptions& options) {
  KnownColumns known{
      .names = {{"input", "prompt"},
                {"reference", "ground truth", "ground_truth", "target", "label", "references"},
                {"output", "prediction", "prediction_text", "generated", "hypothesis"}},
      .unit = options.format == "csv" ? "column" : "key"};
  auto& input = known.names[kInput];
  if (options.task == "captioning") {
    input.insert(input.end(), {"SMILES", "smiles"});
  } else {
    input.insert(input.end(), {"description", "text"});
  }
  return choose_columns(std::move(known), options.columns);
}

Places find_places(std::span<const std::string_view> header, const KnownColumns& columns,
                   const std::string& name, std::size_t line, const ReadOptions& options) {
  Places places{.count = header.size()};
  for (std::size_t column = 0; column < kColumns; ++column) {
    const std::vector<std::string>& names = columns.names[column];
    std::vector<std::string_view> found;
    for (std::size_t i = 0; i < header.size(); ++i) {
      if (!std::ranges::contains(names, header[i])) continue;
      found.push_back(header[i]);
      places.at[column] = i;
    }
    if (found.size() == 1) continue;
    if (found.empty())
      fail(name, line,
           fmt::format("no {} {} (found: '{}')", columns.unit, quoted(names),
                       fmt::join(header, "', '")),
           hint_for_missing(header, columns, options));
    if (std::ranges::count(found, found[0]) == static_cast<std::ptrdiff_t>(found.size()))
      fail(name, line, fmt::format("{} {}s are called '{}'", found.size(), columns.unit, found[0]),
           "rename all but one");
    fail(name, line,
         fmt::format("ambiguous: {}s '{}' can all be the {}", columns.unit,
                     fmt::join(found, "' and '"), kRoles[column]),
         fmt::format("say by name which one is the {}, or rename the others", kRoles[column]));
  }
  return places;
}

}  // namespace cupel::results
