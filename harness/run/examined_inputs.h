/// Is an input of a certificate still what it was?
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "harness/run/certificate.h"
#include "harness/run/certified_inputs.h"

namespace cupel {

struct InputState {
  enum class Found : std::uint8_t {
    kSame,
    kChanged,
    kOther,      ///< another program or module: it is said, and is no fault
    kUnchecked,  ///< it is not there, or this program cannot tell
  };
  CertifiedInput input;
  Found found = Found::kUnchecked;
  std::string what;  ///< for all but kSame: why; names file, row or setting
};

/// Reads every input where it lies: files whole, the store's rows from their texts. The examples
/// are also made again from the data set when its files are there. An input that the store's run
/// has and the certificate does not name is one more, changed. `certified` is what the store has
/// now under the certificate's cell, protocol and signatures.
[[nodiscard]] std::vector<InputState> examine_inputs(const Certificate& certificate,
                                                     const CertifiedRun& certified,
                                                     const CertificateFiles& files);

}  // namespace cupel
