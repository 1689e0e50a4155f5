/// The sentencepiece module, opened at run time, and one model in it.
#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "models/text/sentencepiece_abi.h"
#include "models/text/unigram.h"

namespace cupel {

/// A space as the pieces write it.
inline constexpr std::string_view kPieceSpace = "\u2581";

/// Opens the shared library of models/text/sentencepiece_module.cc, which stays open until the
/// process ends. Throws Error{kCapability} when it cannot be opened or has another version.
[[nodiscard]] const cupel_sentencepiece_api& sentencepiece_module(
    const std::filesystem::path& module);

/// A cupel_sentencepiece_text whose context is the std::string that it sets.
void receive_text(void* context, const char* bytes, std::size_t size);

/// Thread-safe after construction.
class SentencePieceModel {
 public:
  /// `bytes` of a .model file. Throws as sentencepiece_module() does, and Error{kUsage} when the
  /// model is broken.
  SentencePieceModel(const std::filesystem::path& module, std::string_view bytes);

  /// In the order of their ids.
  [[nodiscard]] std::vector<Unigram::Piece> pieces() const;
  /// The text as the model sees it: kPieceSpace before each word, no other white space. `origins`
  /// becomes the byte of `text` that each byte and the end came from; the first space from none.
  [[nodiscard]] std::string normalized(std::string_view text,
                                       std::vector<std::size_t>* origins = nullptr) const;

 private:
  const cupel_sentencepiece_api* api_;
  std::unique_ptr<cupel_sentencepiece_model, void (*)(cupel_sentencepiece_model*)> model_;
};

}  // namespace cupel
