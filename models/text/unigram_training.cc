#include "models/text/unigram_training.h"

#include <vector>

#include "harness/core/error.h"
#include "models/text/sentencepiece_model.h"

namespace cupel {

std::string train_unigram(const std::filesystem::path& module, std::span<const std::string> texts,
                          std::uint32_t vocabulary_size) {
  const cupel_sentencepiece_api& api = sentencepiece_module(module);
  std::vector<cupel_sentencepiece_bytes> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) views.push_back({text.data(), text.size()});
  std::string out;  // the reason, when it fails
  if (api.train(views.data(), views.size(), vocabulary_size, receive_text, receive_text, &out) != 0)
    throw Error(Code::kUsage,
                "no vocabulary of " + std::to_string(vocabulary_size) +
                    " pieces can be trained on these texts: " + out,
                "it needs a text, and a piece for each character beside the three special ones");
  return out;
}

}  // namespace cupel
