/// The tokenizers that protocols name.
#pragma once

#include <memory>
#include <string>

#include "harness/core/tokenizer.h"
#include "harness/run/scoring.h"

namespace cupel {

/// "scibert", "t5", "13a", "white-space", or "characters" for all else. Throws Error{kUsage} when a
/// vocabulary that it needs is not given or cannot be read, Error{kCapability} without the
/// sentencepiece module.
[[nodiscard]] std::unique_ptr<Tokenizer> make_tokenizer(const std::string& name,
                                                        const ScoringFiles& files);

}  // namespace cupel
