/// Opens plug-ins (models/plugin/plugin_abi.h).
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

struct CupelPlugin;

namespace cupel {

class Plugin {
 public:
  /// Loads the library, which stays loaded as long as the process. Throws Error{kCapability} when
  /// it is missing or cannot be loaded, Error{kUsage} when it is no plug-in or one of another
  /// version (the message names both).
  explicit Plugin(const std::filesystem::path& path);

  [[nodiscard]] std::string name() const;
  /// (key, value) in the plug-in's order. Throws Error{kCapability} with the plug-in's own message.
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> describe() const;

 private:
  const CupelPlugin* table_;
};

}  // namespace cupel
