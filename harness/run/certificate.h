/// A score with everything that made it, as one JSON document that others can check.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "results/store.h"

namespace cupel {

/// Something that a score depends on, or that it was made with.
struct CertifiedInput {
  std::string kind;    ///< see harness/run/certified_inputs.h
  std::string name;    ///< printable; no path outside of the data folders
  std::string digest;  ///< "sha256:…", "git-blob:…", or "merkle:…" (results/content_digest.h)
  bool operator==(const CertifiedInput&) const = default;
};

struct CertifiedScore {
  std::string metric;
  std::string signature;  ///< the long form
  results::StoredScore score;
  std::optional<results::StoredInterval> interval;
};

struct Certificate {
  results::Cell cell;  ///< with its whole configuration
  std::size_t examples = 0;
  std::string protocol;       ///< its name
  std::string protocol_body;  ///< as the store keeps it
  std::vector<CertifiedScore> scores;
  std::vector<CertifiedInput> inputs;
  std::string run_environment;    ///< JSON: with what it was predicted
  std::string score_environment;  ///< JSON: with what it was scored
};

/// One document with sorted keys; documents inside it keep the order of theirs, because digests are
/// over their bytes. Its member "certificate_digest" is the SHA-256 of the whole file with these 64
/// digits as zeros: it tells damage, not a forger, who can make another.
[[nodiscard]] std::string write_certificate(const Certificate& certificate);

/// Nobody is trusted: throws Error{kUsage} "origin:line:column: …" for what is no certificate of
/// this format, Error{kIntegrity} for one of which a byte was changed, or whose configuration or
/// protocol has not the digest that it says.
[[nodiscard]] Certificate parse_certificate(std::string_view bytes, const std::string& origin);

}  // namespace cupel
