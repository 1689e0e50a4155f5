/// Unigram vocabularies of our own (Kudo 2018), for models trained from scratch.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <string>

namespace cupel {

/// A serialized sentencepiece model trained on `texts` (well-formed UTF-8) by libsentencepiece 0.2,
/// in T5's layout: 0 is <pad>, 1 </s>, 2 <unk>; normaliser nmt_nfkc, a space before the first word,
/// extra white space removed, no byte fallback, every character covered. Equals what
/// SentencePieceTrainer makes with those settings and four threads. `module` is the shared library
/// of models/text/sentencepiece_module.cc.
///
/// The same texts in the same order give the same bytes, on any number of processors.
/// `vocabulary_size` counts the three special pieces. Texts that do not have so many pieces, or a
/// size over 1,000,000, give as many as there are (the library's hard_vocab_limit is off). Left out
/// are texts of more than 4,192 bytes (very long words end the library's process) and those with
/// U+2585, which the library reserves.
///
/// Throws Error{kCapability} as sentencepiece_module() does, and Error{kUsage} when no text is
/// left, or `vocabulary_size` has no room for every character.
[[nodiscard]] std::string train_unigram(const std::filesystem::path& module,
                                        std::span<const std::string> texts,
                                        std::uint32_t vocabulary_size);

}  // namespace cupel
