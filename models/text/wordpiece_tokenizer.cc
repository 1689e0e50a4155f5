#include "models/text/wordpiece_tokenizer.h"

#include <algorithm>
#include <array>
#include <bit>
#include <utility>
#include <vector>

#include "harness/core/digest.h"
#include "harness/core/error.h"
#include "harness/core/text_hash.h"
#include "harness/core/utf8.h"
#include "models/text/bert_normalizer.h"

namespace cupel {
namespace {

constexpr std::string_view kUnknown = "[UNK]";
constexpr std::string_view kClassifier = "[CLS]";
constexpr std::string_view kSeparator = "[SEP]";
constexpr std::string_view kContinues = "##";
constexpr std::size_t kMaxCharacters = 100;
constexpr std::size_t kMaxBytes = 4 * kMaxCharacters;
constexpr std::array<std::string_view, 5> kSpecial = {"[UNK]", "[SEP]", "[PAD]", "[CLS]", "[MASK]"};

enum class Role : std::uint8_t { kStart, kContinuation };

// Polynomial hashes: those of all substrings of a word follow from those of its prefixes.
constexpr std::uint64_t kBase = 0x100000001B3U;
constexpr std::array<std::uint64_t, kMaxBytes + 1> kPowers = [] {
  std::array<std::uint64_t, kMaxBytes + 1> powers{};
  powers[0] = 1;
  for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * kBase;
  return powers;
}();
constexpr std::uint64_t extended(std::uint64_t hash, char c) {
  return hash * kBase + static_cast<unsigned char>(c) + 1;
}

bool dropped_from_output(std::string_view special) {
  return special == "[PAD]" || special == "[CLS]" || special == "[SEP]";
}

enum class Kind : std::uint8_t { kDropped, kSpace, kPunctuation, kLetter };

/// Bytes above 0x7F belong to letters: other characters are set apart by the normaliser.
constexpr std::array<Kind, 256> kKinds = [] {
  std::array<Kind, 256> kinds{};
  for (unsigned c = 0; c < kinds.size(); ++c) {
    const bool alphanumeric =
        (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (c == '\t' || c == '\n' || c == '\r' || c == ' ') {
      kinds[c] = Kind::kSpace;
    } else if (c < ' ' || c == 0x7F) {
      kinds[c] = Kind::kDropped;
    } else {
      kinds[c] = c >= 0x80 || alphanumeric ? Kind::kLetter : Kind::kPunctuation;
    }
  }
  return kinds;
}();

}  // namespace

/// The tokens, found by the hash of their text without "##".
class WordPieceTokenizer::Vocabulary {
 public:
  Vocabulary(std::string bytes, std::string name)
      : bytes_(std::move(bytes)), name_(std::move(name)) {
    if (bytes_.empty()) fail("is empty");
    if (const auto at = first_invalid_utf8(bytes_))
      fail("is not UTF-8 (byte " + std::to_string(*at) + ")");
    const auto lines = static_cast<std::size_t>(std::ranges::count(bytes_, '\n')) + 1;
    slots_.resize(std::bit_ceil(2 * lines));
    filter_.resize(std::bit_ceil(std::max<std::size_t>(64, 16 * lines)) / 64);
    tokens_.reserve(lines);
    std::string_view rest = bytes_;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view token = rest.substr(0, end);
      if (token.ends_with('\r')) token.remove_suffix(1);
      add(token);
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    const auto unknown = find_token(kUnknown);
    if (!unknown) fail("has no token [UNK]");
    unknown_ = tokens_[*unknown];
    for (unsigned c = 0; c < ascii_.size(); ++c) {
      const char text = static_cast<char>(c);
      const auto found = find_token({&text, 1});
      ascii_[c] = found ? tokens_[*found] : unknown_;
    }
  }

  [[nodiscard]] std::string_view unknown() const { return unknown_; }
  /// The token of one ASCII character that is a word of its own.
  [[nodiscard]] std::string_view ascii(char c) const {
    return ascii_[static_cast<unsigned char>(c)];
  }
  [[nodiscard]] std::string_view token(std::uint32_t line) const { return tokens_[line]; }
  [[nodiscard]] std::size_t longest(Role role) const { return longest_[index(role)]; }

  /// The line of the token with this text and role; `hash` is the polynomial hash of `text`.
  [[nodiscard]] std::optional<std::uint32_t> find(Role role, std::string_view text,
                                                  std::uint64_t hash) const {
    const std::uint64_t key = mix_bits(hash + index(role));
    const std::size_t bit = (key >> 40U) & (filter_.size() * 64 - 1);
    if ((filter_[bit / 64] >> (bit % 64) & 1U) == 0) return std::nullopt;
    for (std::size_t at = key & (slots_.size() - 1);; at = (at + 1) & (slots_.size() - 1)) {
      const Slot& slot = slots_[at];
      if (slot.line_plus_one == 0) return std::nullopt;
      if (slot.tag == static_cast<std::uint32_t>(key >> 32U) &&
          split(tokens_[slot.line_plus_one - 1]) == std::pair{role, text})
        return slot.line_plus_one - 1;
    }
  }

  [[nodiscard]] std::optional<std::uint32_t> find_token(std::string_view token) const {
    const auto [role, text] = split(token);
    return find(role, text, hash_of(text));
  }

  /// Throws for a token that is not there.
  [[nodiscard]] std::int32_t id(std::string_view token) const {
    const auto line = find_token(token);
    if (!line) fail("has no token " + std::string(token));
    return static_cast<std::int32_t>(*line);
  }

 private:
  struct Slot {
    std::uint32_t line_plus_one = 0;
    std::uint32_t tag = 0;
  };

  [[noreturn]] void fail(const std::string& why) const {
    throw Error(Code::kUsage, "the vocabulary of the tokenizer '" + name_ + "' " + why,
                "it must be the vocab.txt of a BERT model: UTF-8, one token a line");
  }
  static std::size_t index(Role role) { return static_cast<std::size_t>(role); }
  static std::pair<Role, std::string_view> split(std::string_view token) {
    const bool continues = token.starts_with(kContinues) && token.size() > kContinues.size();
    return continues ? std::pair{Role::kContinuation, token.substr(kContinues.size())}
                     : std::pair{Role::kStart, token};
  }
  static std::uint64_t hash_of(std::string_view text) {
    std::uint64_t hash = 0;
    for (const char c : text) hash = extended(hash, c);
    return hash;
  }

  void add(std::string_view token) {
    const auto [role, text] = split(token);
    const std::uint64_t hash = hash_of(text);
    if (find(role, text, hash))
      fail("has the token '" + std::string(token) + "' twice (line " +
           std::to_string(tokens_.size() + 1) + ")");
    tokens_.push_back(token);
    longest_[index(role)] = std::max(longest_[index(role)], text.size());
    const std::uint64_t key = mix_bits(hash + index(role));
    const std::size_t bit = (key >> 40U) & (filter_.size() * 64 - 1);
    filter_[bit / 64] |= std::uint64_t{1} << (bit % 64);
    std::size_t at = key & (slots_.size() - 1);
    while (slots_[at].line_plus_one != 0) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = {static_cast<std::uint32_t>(tokens_.size()),
                  static_cast<std::uint32_t>(key >> 32U)};
  }

  std::string bytes_;
  std::string name_;
  std::vector<std::string_view> tokens_;  // by line
  std::vector<Slot> slots_;
  std::vector<std::uint64_t> filter_;  // a bit a token: most candidate pieces end here
  std::array<std::size_t, 2> longest_{};
  std::string_view unknown_;
  std::array<std::string_view, 128> ascii_;
};

/// Cuts one text.
class WordPieceTokenizer::Cutter {
 public:
  /// Without `all_specials`, [PAD], [CLS] and [SEP] of the text are left out.
  Cutter(const Vocabulary& vocabulary, std::size_t limit, bool all_specials)
      : vocabulary_(vocabulary), limit_(limit), all_specials_(all_specials) {}

  Tokens cut(std::string_view text) {
    tokens_.views.reserve(text.size() / 3 + 4);
    std::size_t start = 0;
    for (std::size_t at = text.find('['); at != std::string_view::npos; at = text.find('[', at)) {
      const auto* special = std::ranges::find_if(
          kSpecial, [&](std::string_view s) { return text.substr(at).starts_with(s); });
      if (special == kSpecial.end()) {
        ++at;
        continue;
      }
      cut_plain(text.substr(start, at - start));
      add_special(*special);
      at += special->size();
      start = at;
    }
    cut_plain(text.substr(start));
    return std::move(tokens_);
  }

 private:
  void cut_plain(std::string_view text) {
    if (is_ascii(text)) {
      cut_words(text);
    } else {
      cut_words(normalize_for_bert(text));
    }
  }

  void cut_words(std::string_view text) {
    for (const char c : text) {
      const Kind kind = kKinds[static_cast<unsigned char>(c)];
      if (kind == Kind::kLetter) {
        add_letter(ascii_lower(c));
      } else if (kind != Kind::kDropped) {
        end_word();
        if (full()) return;
        if (kind == Kind::kPunctuation) tokens_.views.push_back(vocabulary_.ascii(c));
      }
    }
    end_word();
  }

  void add_letter(char c) {
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    characters_ += static_cast<std::size_t>(starts_character);
    if (characters_ > kMaxCharacters) return;
    word_[size_] = c;
    hashes_[size_ + 1] = extended(hashes_[size_], c);
    ++size_;
  }

  void end_word() {
    if (size_ == 0) return;
    const std::size_t before = tokens_.views.size();
    if (characters_ > kMaxCharacters || !cover_word()) {
      tokens_.views.resize(before);
      tokens_.views.push_back(vocabulary_.unknown());
    }
    size_ = 0;
    characters_ = 0;
    if (full()) tokens_.views.resize(limit_ - dropped_);
  }

  /// False when some part of the word is no piece; the pieces before it are then already there.
  bool cover_word() {
    for (std::size_t start = 0; start < size_;) {
      const Role role = start == 0 ? Role::kStart : Role::kContinuation;
      std::size_t end = std::min(size_, start + vocabulary_.longest(role));
      std::optional<std::uint32_t> line;
      for (; end > start && !line; --end) {
        const std::uint64_t hash = hashes_[end] - hashes_[start] * kPowers[end - start];
        line = vocabulary_.find(role, {word_.data() + start, end - start}, hash);
      }
      if (!line) return false;
      tokens_.views.push_back(vocabulary_.token(*line));
      start = end + 1;
    }
    return true;
  }

  void add_special(std::string_view special) {
    if (full()) return;
    if (!all_specials_ && dropped_from_output(special)) {
      ++dropped_;
    } else {
      const auto line = vocabulary_.find_token(special);
      tokens_.views.push_back(line ? vocabulary_.token(*line) : special);
    }
  }

  [[nodiscard]] bool full() const {
    return limit_ > 0 && tokens_.views.size() + dropped_ >= limit_;
  }

  const Vocabulary& vocabulary_;
  std::size_t limit_;
  bool all_specials_;
  std::size_t dropped_ = 0;  // special tokens that count for the limit and are not in the result
  Tokens tokens_;
  // The word so far, at most kMaxCharacters of it.
  std::array<char, kMaxBytes> word_;
  std::array<std::uint64_t, kMaxBytes + 1> hashes_{};
  std::size_t size_ = 0;
  std::size_t characters_ = 0;
};

WordPieceTokenizer::WordPieceTokenizer(std::string id, std::string vocabulary)
    : id_(std::move(id)), digest_(sha256_hex(vocabulary)) {
  vocabulary_ = std::make_unique<const Vocabulary>(std::move(vocabulary), id_);
}

WordPieceTokenizer::~WordPieceTokenizer() = default;

Tokens WordPieceTokenizer::tokenize(std::string_view text) const { return tokenize_first(text, 0); }

Tokens WordPieceTokenizer::tokenize_first(std::string_view text, std::size_t limit) const {
  return Cutter(*vocabulary_, limit, false).cut(text);
}

std::vector<std::int32_t> WordPieceTokenizer::encode(std::string_view text,
                                                     std::size_t max_length) const {
  std::vector<std::int32_t> ids = {vocabulary_->id(kClassifier)};
  if (max_length > 2) {
    const Tokens tokens = Cutter(*vocabulary_, max_length - 2, true).cut(text);
    for (const std::string_view token : tokens.views) ids.push_back(vocabulary_->id(token));
  }
  ids.push_back(vocabulary_->id(kSeparator));
  return ids;
}

std::optional<std::uint32_t> WordPieceTokenizer::line_of(std::string_view token) const {
  return vocabulary_->find_token(token);
}

}  // namespace cupel
