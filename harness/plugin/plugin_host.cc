#include "harness/plugin/plugin_host.h"

#include <dlfcn.h>

#include <algorithm>
#include <string_view>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"
#include "models/model.h"

namespace cupel {
namespace {

/// The plug-in that speaks this program's version of the interface.
const CupelPlugin* checked(const CupelPlugin* table, const std::filesystem::path& path) {
  const std::uint32_t version = table == nullptr ? 0 : table->abi_version;
  if (version == CUPEL_PLUGIN_ABI_VERSION && table->struct_size == sizeof(CupelPlugin))
    return table;
  throw Error(Code::kCapability,
              fmt::format("{}: made for plug-in interface {}{}, this program has {}", path.string(),
                          version, version == CUPEL_PLUGIN_ABI_VERSION ? " of another size" : "",
                          CUPEL_PLUGIN_ABI_VERSION),
              "rebuild the plug-in with the headers of this program");
}

void receive_text(void* context, CupelText text) {
  static_cast<std::string*>(context)->assign(text.data, text.size);
}

}  // namespace

Plugin::Plugin(const std::filesystem::path& path) {
  if (!std::filesystem::exists(path)) {
    throw Error(Code::kCapability, path.string() + ": no such plug-in",
                "this build may have been made without it; see ./dev build");
  }
  // Local symbols keep the libraries of one plug-in out of the sight of others. Threads of a
  // library may outlive any use of it, so it is never closed. A name without a folder would be
  // searched for in the system.
  void* library = ::dlopen(std::filesystem::absolute(path).c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr)
    throw Error(Code::kCapability, fmt::format("plug-in cannot be loaded: {}", ::dlerror()),
                "it must be a shared library for this machine, and find all that it links");
  const auto entry = reinterpret_cast<const CupelPlugin* (*)()>(::dlsym(library, "cupel_plugin"));
  if (entry == nullptr)
    throw Error(Code::kUsage, path.string() + ": is no plug-in of Cupel",
                "it must export cupel_plugin()");
  call(path.string(), [&](CupelSink) {
    table_ = entry();
    return CUPEL_OK;
  });
  table_ = checked(table_, path);
}

std::string Plugin::name() const { return table_->name; }

std::vector<std::pair<std::string, std::string>> Plugin::describe() const {
  std::vector<std::pair<std::string, std::string>> facts;
  call("plug-in " + name(), [&](CupelSink error) {
    return table_->describe(
        [](void* context, CupelText key, CupelText value) {
          static_cast<std::vector<std::pair<std::string, std::string>>*>(context)->emplace_back(
              std::string(key.data, key.size), std::string(value.data, value.size));
        },
        &facts, error);
  });
  return facts;
}

void Plugin::call(const std::string& who, const std::function<CupelStatus(CupelSink)>& function) {
  std::string reason;
  CupelStatus status = CUPEL_FAILED;
  try {
    status = function({.context = &reason, .receive = receive_text});
  } catch (const std::exception& escaped) {
    // The interface forbids it, but an author who forgot should read what it was.
    throw Error(Code::kIncomplete, fmt::format("{}: let an exception out: {}", who, escaped.what()),
                "a plug-in must catch its exceptions; models/plugin/plugin.h does");
  } catch (...) {
    throw Error(Code::kIncomplete, who + ": let an exception out",
                "a plug-in must catch its exceptions; models/plugin/plugin.h does");
  }
  if (status == CUPEL_OK) return;
  if (status == CUPEL_CANCELLED) throw models::Cancelled();
  const Code code = status == CUPEL_USAGE        ? Code::kUsage
                    : status == CUPEL_INTEGRITY  ? Code::kIntegrity
                    : status == CUPEL_CAPABILITY ? Code::kCapability
                                                 : Code::kIncomplete;
  throw Error(code, fmt::format("{}: {}", who,
                                reason.empty() ? fmt::format("failed with status {}", status)
                                               : quote(reason)));
}

}  // namespace cupel
