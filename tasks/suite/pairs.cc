#include "tasks/suite/pairs.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "harness/core/json.h"
#include "tasks/suite/candidate.h"
#include "tasks/suite/description.h"
#include "tasks/suite/scaled.h"

namespace cupel::tasks::suite {
namespace {

struct Row {
  std::string smiles;
  std::vector<Text> texts;
};

struct Split {
  std::string_view name;
  Side side;
  std::size_t rows;
};

/// How the sets differ.
struct Manner {
  Subject subject = Subject::kTheMolecule;
  bool repeats = false;     ///< a few texts and a few SMILES occur twice
  bool more_texts = false;  ///< some molecules have two or three texts
};

Detail draw_detail(Random& random) {
  const std::size_t part = random.below(100);
  return part < 84 ? Detail::kFull : part < 94 ? Detail::kNoPositions : Detail::kClasses;
}

/// Collects the rows of one split.
class Collector {
 public:
  Collector(const SuiteOptions& options, std::string stream_name, const Split& split, Manner manner,
            std::set<std::string>& texts)
      : options_(options),
        name_(std::move(stream_name)),
        split_(split),
        manner_(manner),
        texts_(texts) {}

  std::vector<Row> run() {
    for_each_candidate(options_.seed, name_, {split_.side}, options_.jobs,
                       [this](std::uint64_t number, Candidate&& candidate) {
                         add(number, std::move(candidate));
                         return rows_.size() < split_.rows;
                       });
    return std::move(rows_);
  }

 private:
  void add(std::uint64_t number, Candidate&& candidate) {
    if (!molecules_.insert(candidate.canonical).second) return;
    Random random(stream(options_.seed, name_ + "/text", number));
    const Detail detail = draw_detail(random);
    const std::uint64_t wording = random.next();
    auto first = text(candidate, detail, wording);
    // What a text of classes cannot tell from another molecule, one with all places mostly can.
    if (first && texts_.contains(first->bytes())) first = text(candidate, Detail::kFull, wording);
    if (!first || !texts_.insert(first->bytes()).second) return;
    Row row{.smiles = candidate.smiles, .texts = {std::move(*first)}};
    if (manner_.more_texts) more_texts(candidate, row, random);
    rows_.push_back(std::move(row));
    if (manner_.repeats) repeat(candidate, detail, wording, random);
  }

  /// Nothing when no wording is short enough.
  std::optional<Text> text(const Candidate& candidate, Detail detail, std::uint64_t wording) const {
    for (std::uint64_t attempt = 0; attempt < 8; ++attempt) {
      Random random(wording + attempt);
      Text out = describe(candidate.structure, candidate.facts, candidate.classes, manner_.subject,
                          detail, random);
      if (out.bytes().size() <= kLongestText) return out;
    }
    return std::nullopt;
  }

  void more_texts(const Candidate& candidate, Row& row, Random& random) {
    while (row.texts.size() < 3 && random.chance(25)) {
      auto another = text(candidate, Detail::kFull, random.next());
      if (!another || !texts_.insert(another->bytes()).second) return;
      row.texts.push_back(std::move(*another));
    }
  }

  void repeat(const Candidate& candidate, Detail detail, std::uint64_t wording, Random& random) {
    if (rows_.size() >= split_.rows) return;
    if (random.below(400) == 0) {  // the same molecule in other words
      auto another = text(candidate, Detail::kFull, random.next());
      if (another && texts_.insert(another->bytes()).second)
        rows_.push_back({.smiles = candidate.smiles, .texts = {std::move(*another)}});
    } else if (detail != Detail::kFull) {  // the same words for an isomer
      const auto isomer = examine(rearranged(candidate.structure, random), {split_.side});
      if (!isomer || molecules_.contains(isomer->canonical)) return;
      auto same = text(*isomer, detail, wording);
      if (!same || same->bytes() != rows_.back().texts[0].bytes()) return;
      molecules_.insert(isomer->canonical);
      rows_.push_back({.smiles = isomer->smiles, .texts = {std::move(*same)}});
    }
  }

  const SuiteOptions& options_;
  std::string name_;
  Split split_;
  Manner manner_;
  std::set<std::string>& texts_;  // of all splits of the set
  std::set<std::string> molecules_;
  std::vector<Row> rows_;
};

void append_alignment(std::string& out, const std::string& id, const Text& text) {
  out += fmt::format(R"({{"id":"{}","phrases":[)", id);
  for (const Phrase& phrase : text.phrases()) {
    if (&phrase != &text.phrases().front()) out += ',';
    out += fmt::format(R"({{"begin":{},"end":{},"level":"{}","atoms":[{}]}})", phrase.begin,
                       phrase.end, phrase.single_atoms ? "atom" : "fragment",
                       fmt::join(phrase.atoms, ","));
  }
  out += "]}\n";
}

std::string doubled_backslashes(std::string_view smiles) {
  std::string out;
  for (const char byte : smiles) out.append(byte == '\\' ? 2 : 1, byte);
  return out;
}

std::vector<SuiteFile> tables(std::string_view set, const SuiteOptions& options,
                              const std::vector<Split>& splits, Manner manner, bool doubled,
                              std::size_t first_id) {
  std::vector<SuiteFile> files;
  std::set<std::string> texts;
  SuiteFile alignment{.path = fmt::format("{}/alignment.jsonl", set)};
  std::size_t id = first_id;
  for (const Split& split : splits) {
    SuiteFile file{.path = fmt::format("{}/{}.txt", set, split.name),
                   .bytes = "CID\tSMILES\tdescription\n"};
    const auto rows =
        Collector(options, fmt::format("{}/{}", set, split.name), split, manner, texts).run();
    for (const Row& row : rows) {
      const Text& text = row.texts.front();
      file.bytes += fmt::format(
          "{}\t{}\t{}\n", id, doubled ? doubled_backslashes(row.smiles) : row.smiles, text.bytes());
      append_alignment(alignment.bytes, std::to_string(id), text);
      ++id;
    }
    files.push_back(std::move(file));
  }
  files.push_back(std::move(alignment));
  return files;
}

std::vector<SuiteFile> distill(std::string_view set, const SuiteOptions& options) {
  std::set<std::string> texts;
  const auto rows =
      Collector(options, std::string(set),
                {.name = "", .side = Side::kTrain, .rows = scaled(3000, options.scale)},
                {.more_texts = true}, texts)
          .run();
  SuiteFile smiles{.path = fmt::format("{}/CID2SMILES.csv", set), .bytes = "CID,SMILES\n"};
  SuiteFile text{.path = fmt::format("{}/CID2text.json", set), .bytes = "{"};
  SuiteFile alignment{.path = fmt::format("{}/alignment.jsonl", set)};
  for (std::size_t i = 0; i < rows.size(); ++i) {
    const std::string id = std::to_string(i + 1);
    smiles.bytes += fmt::format("{},{}\n", id, rows[i].smiles);
    text.bytes += fmt::format("{}\n\"{}\": [", i == 0 ? "" : ",", id);
    for (std::size_t k = 0; k < rows[i].texts.size(); ++k) {
      const Text& one = rows[i].texts[k];
      text.bytes += (k == 0 ? "" : ", ") + json_quote(one.bytes());
      append_alignment(alignment.bytes, k == 0 ? id : fmt::format("{}#{}", id, k), one);
    }
    text.bytes += "]";
  }
  text.bytes += "\n}\n";
  return {std::move(smiles), std::move(text), std::move(alignment)};
}

std::vector<Split> splits_of(std::size_t train, std::size_t validation, std::size_t test,
                             double scale) {
  return {{.name = "train", .side = Side::kTrain, .rows = scaled(train, scale)},
          {.name = "validation", .side = Side::kValidation, .rows = scaled(validation, scale)},
          {.name = "test", .side = Side::kTest, .rows = scaled(test, scale)}};
}

}  // namespace

std::vector<SuiteFile> make_pair_set(std::string_view set, const SuiteOptions& options) {
  if (set == "mini-chebi-20")
    return tables(set, options, splits_of(2000, 200, 500, options.scale), {}, true, 1);
  if (set == "mini-pcdes") {
    return tables(set, options, splits_of(1500, 150, 600, options.scale),
                  {.subject = Subject::kIt, .repeats = true}, false, 0);
  }
  return distill(set, options);
}

}  // namespace cupel::tasks::suite
