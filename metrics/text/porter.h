/// The Porter stemmer in the form that METEOR uses.
#pragma once

#include <string>
#include <string_view>

namespace cupel::metrics {

/// Equals NLTK 3.x PorterStemmer().stem(word), mode NLTK_EXTENSIONS: Porter 1980 with a table of
/// irregular words, other rules for -ies, -ied, -y, -alli, -bli, -fulli and -logi, and words of one
/// or two characters left alone. The word is lower-cased; every character that is not a vowel is a
/// consonant, digits and '#' too. `word` is well-formed UTF-8; lengths count code points.
[[nodiscard]] std::string porter_stem(std::string_view word);

}  // namespace cupel::metrics
