/// Tables made from the real data sets of $CUPEL_DATA.
#pragma once

#include <array>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <catch2/catch_message.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_range.hpp>

#include "harness/core/file.h"
#include "results/prediction_file.h"
#include "tests/support/damages.h"
#include "tests/support/paths.h"

namespace cupel::test {

struct Shared {
  const char* name;
  const char* task;
};

inline std::vector<Shared> shared_files() {
  std::vector<Shared> files = {{"molt5-small-caption2smiles.txt", "generation"},
                               {"t5-v1_1-small-smiles2caption.txt", "captioning"}};
#ifndef __SANITIZE_ADDRESS__  // there everything takes some twenty times as long
  files.push_back({"molt5-large-caption2smiles.txt", "generation"});
  files.push_back({"molt5-large-smiles2caption.txt", "captioning"});
#endif
  return files;
}

/// One of the four shared files of ChEBI-20's test set at a time.
inline Table shared_table() {
  const auto [name, task] = GENERATE(Catch::Generators::from_range(shared_files()));
  UNSCOPED_INFO(name);
  return table_of(
      results::read_prediction_file(real_data("molt5/" + std::string(name)), std::string(task)),
      task);
}

/// A set's own file: no. SMILES description, backslashes single.
inline Table pairs_of(const std::string& tsv, const std::string& task) {
  Table table{.task = task, .rows = {}};
  const auto file = results::parse_prediction_file(
      tsv, "set",
      {.task = "captioning", .format = "molt5", .columns = {"SMILES", "description", "CID"}});
  for (const auto& row : file.rows) {
    const std::string smiles = replace_all(std::string(row.input), "\\\\", "\\");
    const std::string description(row.reference);
    table.rows.push_back(task == "captioning" ? Cells{smiles, description, ""}
                                              : Cells{description, smiles, ""});
  }
  return table;
}

inline std::string unpacked(const std::filesystem::path& path) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(
      ::popen(("gzip -dc '" + path.string() + "'").c_str(), "r"), ::pclose);
  std::string all;
  std::array<char, 65536> piece{};
  for (std::size_t got = 1; got > 0;) {
    got = std::fread(piece.data(), 1, piece.size(), pipe.get());
    all.append(piece.data(), got);
  }
  return all;
}

}  // namespace cupel::test
