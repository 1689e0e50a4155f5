#include "harness/core/digest.h"

#include <span>

#include <fmt/format.h>
#include <nettle/sha1.h>
#include <nettle/sha2.h>

namespace cupel {
namespace {

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += kDigits[byte >> 4U];
    text += kDigits[byte & 0xFU];
  }
  return text;
}

/// The value of a lower-case digit, or 16.
unsigned nibble(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  return digit >= 'a' && digit <= 'f' ? static_cast<unsigned>(digit - 'a') + 10U : 16U;
}

}  // namespace

struct Sha256::State {
  sha256_ctx context{};
};

Sha256::Sha256() : state_(std::make_unique<State>()) { sha256_init(&state_->context); }
Sha256::~Sha256() = default;

void Sha256::update(std::string_view bytes) {
  sha256_update(&state_->context, bytes.size(),
                reinterpret_cast<const std::uint8_t*>(bytes.data()));
}

Digest Sha256::digest() {
  Digest digest{};
  sha256_digest(&state_->context, digest.size(), digest.data());
  return digest;
}

std::string Sha256::hex() { return to_hex(digest()); }

std::string to_hex(const Digest& digest) { return hexadecimal(digest); }

std::optional<Digest> from_hex(std::string_view text) {
  Digest digest{};
  if (text.size() != 2 * digest.size()) return std::nullopt;
  for (std::size_t i = 0; i < digest.size(); ++i) {
    const unsigned high = nibble(text[2 * i]);
    const unsigned low = nibble(text[2 * i + 1]);
    if (high > 15U || low > 15U) return std::nullopt;
    digest[i] = static_cast<std::uint8_t>(high << 4U | low);
  }
  return digest;
}

Digest sha256(std::string_view bytes) {
  Sha256 sha;
  sha.update(bytes);
  return sha.digest();
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string git_blob_hex(std::string_view bytes) {
  sha1_ctx context{};
  sha1_init(&context);
  std::string header = fmt::format("blob {}", bytes.size());
  header += '\0';
  for (const std::string_view part : {std::string_view(header), bytes})
    sha1_update(&context, part.size(), reinterpret_cast<const std::uint8_t*>(part.data()));
  std::array<std::uint8_t, SHA1_DIGEST_SIZE> digest{};
  sha1_digest(&context, digest.size(), digest.data());
  return hexadecimal(digest);
}

std::uint64_t sha256_prefix(std::string_view bytes) {
  sha256_ctx context{};
  sha256_init(&context);
  sha256_update(&context, bytes.size(), reinterpret_cast<const std::uint8_t*>(bytes.data()));
  std::array<std::uint8_t, sizeof(std::uint64_t)> digest{};
  sha256_digest(&context, digest.size(), digest.data());
  std::uint64_t number = 0;
  for (const std::uint8_t byte : digest) number = number << 8U | byte;
  return number;
}

}  // namespace cupel
