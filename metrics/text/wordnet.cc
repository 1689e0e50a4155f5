#include "metrics/text/wordnet.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/mapped_file.h"
#include "metrics/text/lower_case.h"

namespace cupel::metrics {
namespace {

struct Ending {
  std::string_view old;
  std::string_view replacement;
};

constexpr std::array<Ending, 9> kNounEndings{{{"s", ""},
                                              {"ses", "s"},
                                              {"ves", "f"},
                                              {"xes", "x"},
                                              {"zes", "z"},
                                              {"ches", "ch"},
                                              {"shes", "sh"},
                                              {"men", "man"},
                                              {"ies", "y"}}};
constexpr std::array<Ending, 8> kVerbEndings{{{"s", ""},
                                              {"ies", "y"},
                                              {"es", "e"},
                                              {"es", ""},
                                              {"ed", "e"},
                                              {"ed", ""},
                                              {"ing", "e"},
                                              {"ing", ""}}};
constexpr std::array<Ending, 4> kAdjectiveEndings{
    {{"er", ""}, {"est", ""}, {"er", "e"}, {"est", "e"}}};

/// The next field of a line of fields divided by single spaces; empty at its end.
std::string_view next_field(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(end + 1, line.size()));
  return field;
}

std::optional<std::size_t> number(std::string_view field, int base) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(field.data(), field.data() + field.size(), value, base);
  if (error != std::errc{} || end != field.data() + field.size() || field.empty())
    return std::nullopt;
  return value;
}

/// A file of lines that are sorted by the bytes of their first field. The licence at the head of
/// some is not among them: its lines start with spaces.
class Lines {
 public:
  explicit Lines(const std::filesystem::path& path)
      : file_(path, Code::kCapability), lines_(file_.bytes()) {
    // line_at() stops at the end of the file.
    // NOLINTBEGIN(bugprone-suspicious-stringview-data-usage)
    while (lines_.starts_with(' '))
      lines_.remove_prefix(std::min(line_at(lines_.data()).size() + 1, lines_.size()));
    first_key_ = line_at(lines_.data());
    // NOLINTEND(bugprone-suspicious-stringview-data-usage)
    first_key_ = first_key_.substr(0, first_key_.find(' '));
  }

  [[nodiscard]] const MappedFile& file() const { return file_; }
  [[nodiscard]] const char* begin() const { return lines_.data(); }
  [[nodiscard]] const char* end() const { return lines_.data() + lines_.size(); }
  [[nodiscard]] std::string_view first_key() const { return first_key_; }
  /// From `start` to the line's end.
  [[nodiscard]] std::string_view line_at(const char* start) const {
    const std::string_view rest(start, static_cast<std::size_t>(end() - start));
    return rest.substr(0, rest.find('\n'));
  }
  /// Of the first field of the line at `start` and `key`, as memcmp; `key` holds no divider.
  [[nodiscard]] int compare_key(const char* start, std::string_view key) const {
    const auto divides = [&](const char* at) { return at == end() || *at == ' ' || *at == '\n'; };
    for (const char c : key) {
      if (divides(start)) return -1;
      if (*start != c)
        return static_cast<unsigned char>(*start) < static_cast<unsigned char>(c) ? -1 : 1;
      ++start;
    }
    return divides(start) ? 0 : 1;
  }

 private:
  MappedFile file_;
  std::string_view lines_;
  std::string_view first_key_;
};

/// One part of speech.
class Part {
 public:
  Part(const std::filesystem::path& folder, const std::string& name,
       std::span<const Ending> endings)
      : name_(name),
        index_(folder / ("index." + name)),
        data_(folder / ("data." + name), Code::kCapability),
        exceptions_(folder / (name + ".exc")),
        endings_(endings) {}

  void add_names(const std::string& word, Morphy morphy,
                 std::vector<std::string_view>& names) const {
    std::vector<std::string> forms = first_forms(word);
    bool found = add_forms(forms, names);
    if (morphy == Morphy::kOnce || found || find_line(exceptions_, word, true)) return;
    forms.erase(forms.begin());  // the word itself
    while (!found && !forms.empty()) {
      std::vector<std::string> shorter;
      for (const std::string& form : forms) shortened(form, shorter);
      std::ranges::sort(shorter);  // distinct, or "eseses…" would double with every turn
      shorter.erase(std::ranges::unique(shorter).begin(), shorter.end());
      forms = std::move(shorter);
      found = add_forms(forms, names);
    }
  }

  void add_to(Sha256& digest) const {
    const auto add = [&](const std::string& name, const MappedFile& file) {
      digest.update(name + " " + std::to_string(file.bytes().size()) + "\n");
      digest.update(file.bytes());
    };
    add("index." + name_, index_.file());
    add("data." + name_, data_);
    add(name_ + ".exc", exceptions_.file());
  }

 private:
  /// The word and what the exceptions say of it, or else what each rule makes of it.
  [[nodiscard]] std::vector<std::string> first_forms(const std::string& word) const {
    std::vector<std::string> forms{word};
    if (auto line = find_line(exceptions_, word, true)) {
      next_field(*line);
      while (!line->empty()) forms.emplace_back(next_field(*line));
    } else {
      shortened(word, forms);
    }
    return forms;
  }

  void shortened(const std::string& form, std::vector<std::string>& out) const {
    for (const Ending& ending : endings_) {
      if (!form.ends_with(ending.old)) continue;
      out.push_back(form.substr(0, form.size() - ending.old.size()));
      out.back() += ending.replacement;
    }
  }

  bool add_forms(const std::vector<std::string>& forms,
                 std::vector<std::string_view>& names) const {
    bool found = false;
    for (const std::string& form : forms) {
      const auto line = find_line(index_, form, false);
      if (!line) continue;
      add_synsets(*line, names);
      found = true;
    }
    return found;
  }

  /// lemma pos synset_cnt p_cnt [symbol …] sense_cnt tagsense_cnt offset …
  void add_synsets(std::string_view line, std::vector<std::string_view>& names) const {
    next_field(line);
    next_field(line);
    const auto synsets = number(next_field(line), 10);
    const auto pointers = number(next_field(line), 10);
    if (!synsets || !pointers) damaged("index.");
    for (std::size_t i = 0; i < *pointers + 2 && !line.empty(); ++i) next_field(line);
    for (std::size_t i = 0; i < *synsets; ++i) {
      const auto offset = number(next_field(line), 10);
      if (!offset || *offset >= data_.bytes().size()) damaged("index.");
      add_words(data_.bytes().substr(*offset), names);
    }
  }

  /// synset_offset lex_filenum ss_type w_cnt(hexadecimal) word lex_id …
  void add_words(std::string_view line, std::vector<std::string_view>& names) const {
    for (int i = 0; i < 3; ++i) next_field(line);
    const auto words = number(next_field(line), 16);
    if (!words) damaged("data.");
    for (std::size_t i = 0; i < *words; ++i) {
      std::string_view word = next_field(line);
      next_field(line);
      if (word.empty() || word.contains('\n')) damaged("data.");
      word = word.substr(0, word.ends_with(')') ? word.find('(') : word.size());
      if (!word.contains('_')) names.push_back(word);
    }
  }

  /// The line whose first field is `key`, without its end; the last one of several if `last`
  /// (Python's dict keeps the last).
  [[nodiscard]] static std::optional<std::string_view> find_line(const Lines& lines,
                                                                 std::string_view key, bool last) {
    if (key.empty() || key.contains(' ') || key.contains('\n') || key < lines.first_key())
      return std::nullopt;
    const char* low = lines.begin();  // starts of lines
    const char* high = lines.end();
    std::optional<std::string_view> found;
    while (low < high) {
      const char* middle = low + (high - low) / 2;
      const auto* before =
          static_cast<const char*>(::memrchr(low, '\n', static_cast<std::size_t>(middle - low)));
      const char* start = before == nullptr ? low : before + 1;
      const int order = lines.compare_key(start, key);
      if (order > 0) {
        high = start;
        continue;
      }
      const std::string_view line = lines.line_at(start);
      if (order == 0) {
        found = line;
        if (!last) return found;
      }
      low = std::min(start + line.size() + 1, high);
    }
    return found;
  }

  [[noreturn]] void damaged(const std::string& kind) const {
    throw Error(Code::kUsage, "WordNet's file " + kind + name_ + " is damaged",
                "install the package wordnet-base again");
  }

  std::string name_;
  Lines index_;
  MappedFile data_;
  Lines exceptions_;
  std::span<const Ending> endings_;
};

}  // namespace

struct WordNet::Files {
  explicit Files(const std::filesystem::path& folder)
      : parts{Part(folder, "noun", kNounEndings), Part(folder, "verb", kVerbEndings),
              Part(folder, "adj", kAdjectiveEndings), Part(folder, "adv", {})} {}

  std::array<Part, 4> parts;
  std::once_flag digested;
  std::string digest;
};

WordNet::WordNet(const std::filesystem::path& folder) {
  try {
    files_ = std::make_unique<Files>(folder);
  } catch (const Error& error) {
    throw Error(Code::kCapability, std::string("METEOR needs WordNet: ") + error.what(),
                "install the package wordnet-base, or name the folder that has index.noun");
  }
}

WordNet::~WordNet() = default;

std::vector<std::string_view> WordNet::single_word_names(std::string_view word,
                                                         Morphy morphy) const {
  const std::string lower = lower_case(word);
  std::vector<std::string_view> names;
  for (const Part& part : files_->parts) part.add_names(lower, morphy, names);
  std::ranges::sort(names);
  const auto repeated = std::ranges::unique(names);
  names.erase(repeated.begin(), repeated.end());
  return names;
}

const std::string& WordNet::digest() const {
  std::call_once(files_->digested, [this] {
    Sha256 digest;
    for (const Part& part : files_->parts) part.add_to(digest);
    files_->digest = digest.hex();
  });
  return files_->digest;
}

}  // namespace cupel::metrics
