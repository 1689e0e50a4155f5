#include "harness/plugin/plugin_host.h"

#include <dlfcn.h>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "models/plugin/plugin_abi.h"

namespace cupel {

Plugin::Plugin(const std::filesystem::path& path) : table_(nullptr) {
  if (!std::filesystem::exists(path)) {
    throw Error(Code::kCapability, path.string() + ": no such plug-in",
                "this build may have been made without it; see ./dev build");
  }
  // Local symbols keep the libraries of one plug-in out of the sight of others. Threads of a
  // library may outlive any use of it, so it is never closed.
  void* library = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Error(Code::kCapability, fmt::format("plug-in cannot be loaded: {}", ::dlerror()));
  const auto entry = reinterpret_cast<const CupelPlugin* (*)()>(::dlsym(library, "cupel_plugin"));
  if (entry == nullptr)
    throw Error(Code::kUsage, path.string() + ": is no plug-in of Cupel",
                "it must export cupel_plugin()");
  table_ = entry();
  if (table_ == nullptr || table_->abi_version != CUPEL_PLUGIN_ABI_VERSION ||
      table_->struct_size != sizeof(CupelPlugin)) {
    throw Error(Code::kUsage,
                fmt::format("{}: made for plug-in interface {}, this program has {}", path.string(),
                            table_ == nullptr ? 0 : table_->abi_version, CUPEL_PLUGIN_ABI_VERSION),
                "rebuild the plug-in with the headers of this program");
  }
}

std::string Plugin::name() const { return table_->name; }

std::vector<std::pair<std::string, std::string>> Plugin::describe() const {
  std::vector<std::pair<std::string, std::string>> facts;
  const CupelStatus status = table_->describe(
      [](void* context, CupelText key, CupelText value) {
        static_cast<std::vector<std::pair<std::string, std::string>>*>(context)->emplace_back(
            std::string(key.data, key.size), std::string(value.data, value.size));
      },
      &facts);
  if (status != CUPEL_OK) {
    throw Error(Code::kCapability, fmt::format("plug-in {}: {}", name(),
                                               facts.empty() ? "failed" : facts.back().second));
  }
  return facts;
}

}  // namespace cupel
