#include "models/text/bert_normalizer.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <unicode/normalizer2.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include "harness/core/utf8.h"

namespace cupel {
namespace {

constexpr int kFrozenUnicode = 8;

/// General category in Unicode 8.
int category(UChar32 c) {
  switch (c) {  // those that were another kind of character then
    case 0x166D:
    case 0x111C9:
      return U_OTHER_PUNCTUATION;
    case 0x1734:
    case 0x1171E:
      return U_NON_SPACING_MARK;
    case 0x1885:
    case 0x1886:
    case 0xA9BD:
      return U_OTHER_LETTER;  // or a spacing mark: a part of words, in any case
    default:
      break;
  }
  UVersionInfo age;
  u_charAge(c, age);
  return age[0] > kFrozenUnicode ? int{U_UNASSIGNED} : int{u_charType(c)};
}

bool dropped(UChar32 c) {
  if (c == 0 || c == 0xFFFD) return true;
  if (c == '\t' || c == '\n' || c == '\r') return false;
  const int kind = category(c);
  return kind == U_CONTROL_CHAR || kind == U_FORMAT_CHAR || kind == U_PRIVATE_USE_CHAR;
}

bool cjk_ideograph(UChar32 c) {
  // The gap before U+2B920 is the reference implementation's.
  static constexpr std::array<std::pair<UChar32, UChar32>, 8> kRanges{{{0x3400, 0x4DBF},
                                                                       {0x4E00, 0x9FFF},
                                                                       {0xF900, 0xFAFF},
                                                                       {0x20000, 0x2A6DF},
                                                                       {0x2A700, 0x2B73F},
                                                                       {0x2B740, 0x2B81F},
                                                                       {0x2B920, 0x2CEAF},
                                                                       {0x2F800, 0x2FA1F}}};
  return std::ranges::any_of(kRanges, [c](const auto& r) { return c >= r.first && c <= r.second; });
}

bool wide_punctuation(UChar32 c) { return c >= 0x80 && ((U_MASK(category(c)) & U_GC_P_MASK) != 0); }

icu::UnicodeString cleaned(std::string_view text) {
  icu::UnicodeString out;
  for (const char32_t point : decode_utf8(text)) {
    const auto c = static_cast<UChar32>(point);
    if (dropped(c)) continue;
    if (u_isUWhiteSpace(c)) {
      out.append(UChar32{' '});
    } else if (cjk_ideograph(c)) {
      out.append(UChar32{' '}).append(c).append(UChar32{' '});
    } else {
      out.append(c);
    }
  }
  return out;
}

}  // namespace

std::string normalize_for_bert(std::string_view text) {
  UErrorCode status = U_ZERO_ERROR;
  const icu::Normalizer2* nfd = icu::Normalizer2::getNFDInstance(status);
  if (U_FAILURE(status)) throw std::bad_alloc();  // ICU could not load its own data
  const icu::UnicodeString parts = nfd->normalize(cleaned(text), status);
  if (U_FAILURE(status)) throw std::bad_alloc();
  std::string out;
  for (int32_t at = 0; at < parts.length(); at = parts.moveIndex32(at, 1)) {
    const UChar32 c = parts.char32At(at);
    if (category(c) == U_NON_SPACING_MARK) continue;
    const bool alone = wide_punctuation(c);
    if (alone) out += ' ';
    append_utf8(out, static_cast<char32_t>(u_tolower(c)));
    if (alone) out += ' ';
  }
  return out;
}

}  // namespace cupel
