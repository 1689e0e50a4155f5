#include "harness/run/scoring_tokenizer.h"

#include <cstddef>
#include <filesystem>

#include "harness/core/error.h"
#include "harness/core/file.h"
#include "metrics/text/simple_tokenizers.h"
#include "metrics/text/wordpiece.h"
#include "models/text/sentencepiece_tokenizer.h"

namespace cupel {
namespace {

constexpr std::size_t kMaxVocabulary = std::size_t{64} << 20U;

std::unique_ptr<Tokenizer> make_scibert(const std::filesystem::path& path) {
  if (path.empty()) {
    throw Error(Code::kUsage,
                "this protocol counts SciBERT word pieces, and no vocabulary was given",
                "pass --wordpiece FILE (vocab.txt of allenai/scibert_scivocab_uncased), or set "
                "CUPEL_DATA to a folder "
                "that has scibert/vocab.txt; --protocol cupel needs no vocabulary");
  }
  try {
    return std::make_unique<metrics::WordPieceTokenizer>("scibert",
                                                         read_file(path, kMaxVocabulary));
  } catch (const Error& error) {
    const std::string what = error.what();
    throw Error(error.code(), what.starts_with(path.string()) ? what : path.string() + ": " + what,
                error.hint());
  }
}

std::unique_ptr<Tokenizer> make_t5(const ScoringFiles& files) {
  if (files.t5_pieces.empty()) {
    throw Error(Code::kUsage,
                "this protocol counts T5 pieces, and no sentencepiece model was given",
                "pass --t5-pieces FILE (spiece.model of T5), or set CUPEL_DATA to a folder that "
                "has t5_spiece/spiece.model");
  }
  return std::make_unique<SentencePieceTokenizer>(files.piece_module,
                                                  read_file(files.t5_pieces, kMaxVocabulary));
}

}  // namespace

std::unique_ptr<Tokenizer> make_tokenizer(const std::string& name, const ScoringFiles& files) {
  if (name == "scibert") return make_scibert(files.wordpiece);
  if (name == "t5") return make_t5(files);
  if (name == "13a") return std::make_unique<metrics::Mteval13aTokenizer>();
  if (name == "white-space") return std::make_unique<metrics::WhiteSpaceTokenizer>();
  return std::make_unique<metrics::CharacterTokenizer>();
}

}  // namespace cupel
