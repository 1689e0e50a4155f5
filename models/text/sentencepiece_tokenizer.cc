#include "models/text/sentencepiece_tokenizer.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include <dlfcn.h>

#include "harness/core/digest.h"
#include "harness/core/error.h"

namespace cupel {
namespace {

constexpr std::string_view kSpace = "\u2581";
constexpr std::size_t kExtraIds = 100;

[[noreturn]] void lacks_module(const std::filesystem::path& path, const std::string& why) {
  throw Error(Code::kCapability,
              "cannot use the sentencepiece module " + path.string() + ": " + why,
              "it is built and installed with Cupel, beside the program; T5 pieces need it");
}

/// RTLD_LOCAL is enough in a program that links no protobuf. In one that does (a test of the
/// LibTorch models), the module needs a link-map namespace of its own, or the two interpose.
void* open_library(const std::filesystem::path& path) {
  if (::dlsym(RTLD_DEFAULT, "_ZN6google8protobuf8internal13VerifyVersionEiiPKc") != nullptr)
    return ::dlmopen(LM_ID_NEWLM, path.c_str(), RTLD_NOW | RTLD_LOCAL);
  return ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

const cupel_sentencepiece_api* open_module(const std::filesystem::path& path) {
  // A name without a folder would be searched for in the system.
  if (!std::filesystem::exists(path)) lacks_module(path, "no such file");
  void* library = open_library(std::filesystem::absolute(path));
  const auto last_error = [] {
    const char* reason = ::dlerror();
    return std::string(reason == nullptr ? "unknown reason" : reason);
  };
  if (library == nullptr) lacks_module(path, last_error());
  const auto entry =
      reinterpret_cast<cupel_sentencepiece_entry>(::dlsym(library, CUPEL_SENTENCEPIECE_ENTRY));
  if (entry == nullptr) lacks_module(path, last_error());
  const cupel_sentencepiece_api* api = entry();
  if (api->version != CUPEL_SENTENCEPIECE_VERSION || api->size != sizeof(*api))
    lacks_module(path, "it has version " + std::to_string(api->version) + ", this program needs " +
                           std::to_string(CUPEL_SENTENCEPIECE_VERSION));
  return api;
}

/// Bytes of the special token at the start of `text`, or 0.
std::size_t special_length(std::string_view text) {
  static constexpr std::array<std::string_view, 3> kSpecial = {"</s>", "<pad>", "<unk>"};
  for (const std::string_view special : kSpecial) {
    if (text.starts_with(special)) return special.size();
  }
  static constexpr std::string_view kExtra = "<extra_id_";
  if (!text.starts_with(kExtra)) return 0;
  std::size_t number = 0;
  std::size_t at = kExtra.size();
  for (; at < text.size() && text[at] >= '0' && text[at] <= '9' && number < kExtraIds; ++at)
    number = number * 10 + static_cast<std::size_t>(text[at] - '0');
  const std::size_t digits = at - kExtra.size();
  const bool canonical = digits == 1 || (digits == 2 && text[kExtra.size()] != '0');
  return canonical && at < text.size() && text[at] == '>' ? at + 1 : 0;
}

/// What the callbacks of one call write to.
struct Received {
  std::string text;
  std::vector<Unigram::Piece> pieces;
};

void receive_text(void* context, const char* bytes, std::size_t size) {
  static_cast<Received*>(context)->text.assign(bytes, size);
}

void receive_piece(void* context, const char* bytes, std::size_t size, float score) {
  static_cast<Received*>(context)->pieces.push_back({std::string(bytes, size), score});
}

/// `received.text` is the module's message when `status` says that it failed.
void must_succeed(int status, const Received& received) {
  if (status == 0) return;
  throw Error(Code::kUsage, "the sentencepiece model is broken: " + received.text,
              "it must be the spiece.model of a T5 model");
}

using Model = std::unique_ptr<cupel_sentencepiece_model, void (*)(cupel_sentencepiece_model*)>;

Model open_model(const cupel_sentencepiece_api& api, std::string_view bytes) {
  cupel_sentencepiece_model* opened = nullptr;
  Received received;
  const int status = api.open(bytes.data(), bytes.size(), &opened, receive_text, &received);
  Model model(opened, api.close);
  must_succeed(status, received);
  return model;
}

std::vector<Unigram::Piece> pieces_of(const cupel_sentencepiece_api& api, const Model& model) {
  Received received;
  const int status = api.pieces(model.get(), receive_piece, receive_text, &received);
  must_succeed(status, received);
  return std::move(received.pieces);
}

}  // namespace

SentencePieceTokenizer::SentencePieceTokenizer(const std::filesystem::path& module,
                                               std::string_view model)
    : api_(open_module(module)),
      model_(open_model(*api_, model)),
      digest_(sha256_hex(model)),
      unigram_(pieces_of(*api_, model_)) {}

Tokens SentencePieceTokenizer::tokenize(std::string_view text) const {
  Tokens tokens;
  std::size_t start = 0;
  for (std::size_t at = text.find('<'); at != std::string_view::npos; at = text.find('<', at)) {
    const std::size_t length = special_length(text.substr(at));
    if (length > 0) {
      add_plain(text.substr(start, at - start), tokens);
      tokens.views.push_back(text.substr(at, length));
      start = at + length;
    }
    at += std::max<std::size_t>(length, 1);
  }
  add_plain(text.substr(start), tokens);
  return tokens;
}

std::string SentencePieceTokenizer::normalized(std::string_view text) const {
  Received received;
  const int status = api_->normalize(model_.get(), text.data(), text.size(), receive_text,
                                     receive_text, &received);
  must_succeed(status, received);
  return std::move(received.text);
}

/// Once the normaliser has seen it.
bool SentencePieceTokenizer::ends_with_space(std::string_view text) const {
  const auto last = static_cast<unsigned char>(text.back());
  if (last > ' ' && last < 0x7F) return false;
  // Fenced, because the normaliser drops white space at the ends.
  return normalized("|" + std::string(text) + "|").ends_with(std::string(kSpace) + "|");
}

void SentencePieceTokenizer::add_plain(std::string_view text, Tokens& tokens) const {
  if (text.empty()) return;
  const std::string_view rest = tokens.owned.emplace_back(normalized(text));
  tokens.views.reserve(tokens.views.size() + rest.size() / 3);
  for (std::size_t at = 0; at < rest.size();) {  // each space starts a word
    const std::size_t end = std::min(rest.find(kSpace, at + 1), rest.size());
    unigram_.cut(rest.substr(at, end - at), tokens.views);
    at = end;
  }
  if (ends_with_space(text)) tokens.views.push_back(kSpace);
}

}  // namespace cupel
