/// Opens plug-ins (models/plugin/plugin_abi.h).
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "models/plugin/plugin_abi.h"

namespace cupel {

class Plugin {
 public:
  /// Loads the library, which stays loaded as long as the process. Throws Error{kCapability} when
  /// it is missing, cannot be loaded (a symbol that nobody has, say) or was made for another
  /// version of the interface (the message names both), Error{kUsage} when it is no plug-in.
  explicit Plugin(const std::filesystem::path& path);

  [[nodiscard]] std::string name() const;
  /// (key, value) in the plug-in's order. Throws as call() does.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> describe() const;

  [[nodiscard]] const CupelPlugin& table() const { return *table_; }

  /// Runs one function of the table with a sink for its error. `who` starts the messages. Throws
  /// models::Cancelled for CUPEL_CANCELLED, Error{kUsage} and Error{kCapability} for their
  /// statuses, Error{kIncomplete} for CUPEL_FAILED, for statuses that do not exist and for an
  /// exception that the plug-in let out.
  static void call(const std::string& who, const std::function<CupelStatus(CupelSink)>& function);

 private:
  const CupelPlugin* table_ = nullptr;
};

}  // namespace cupel
