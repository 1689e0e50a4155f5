/// SHA-256, the identity of data, vocabularies, protocols and results.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace cupel {

/// The 32 bytes of a SHA-256.
using Digest = std::array<std::uint8_t, 32>;

/// FIPS 180-4 SHA-256, fed in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::string_view bytes);
  /// The object starts afresh.
  [[nodiscard]] Digest digest();
  /// digest() as 64 lower-case hexadecimal digits.
  [[nodiscard]] std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Two lower-case hexadecimal digits a byte.
[[nodiscard]] std::string to_hex(const Digest& digest);

/// Of what to_hex wrote; nothing for any other text.
[[nodiscard]] std::optional<Digest> from_hex(std::string_view text);

[[nodiscard]] Digest sha256(std::string_view bytes);

/// 64 lower-case hexadecimal digits.
[[nodiscard]] std::string sha256_hex(std::string_view bytes);

/// The SHA-1 that git gives a file of these bytes (`git hash-object`), as 40 digits: the identity
/// of a published file of which nothing else is known.
[[nodiscard]] std::string git_blob_hex(std::string_view bytes);

/// The first 16 digits of sha256_hex as a number.
[[nodiscard]] std::uint64_t sha256_prefix(std::string_view bytes);

/// How many leading hexadecimal digits of a SHA-256 name a thing inside a signature (64 bits).
inline constexpr std::size_t kShortDigest = 16;

}  // namespace cupel
