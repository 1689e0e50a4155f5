/// Text as BERT's uncased word pieces see it.
#pragma once

#include <string>
#include <string_view>

namespace cupel {

/// What Hugging Face's BertNormalizer (clean_text, handle_chinese_chars, strip_accents, lowercase)
/// and BertPreTokenizer make of `text`, as one string: dropped are U+0000, U+FFFD, controls (Cc but
/// tab, line feed and carriage return, Cf, Co) and, after NFD, marks (Mn); white space becomes a
/// space; spaces surround CJK ideographs and every punctuation character outside ASCII; letters are
/// lower case, one by one. ASCII punctuation is left where it is.
/// The categories are those of Unicode 8, which that implementation froze: a character that is
/// younger stays as it is (unassigned, and so neither control nor mark nor punctuation).
/// `text` is well-formed UTF-8. Reference: tokenizers 0.13.3.
[[nodiscard]] std::string normalize_for_bert(std::string_view text);

}  // namespace cupel
