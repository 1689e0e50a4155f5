#include "models/text/sentencepiece_model.h"

#include <map>
#include <mutex>
#include <utility>

#include <dlfcn.h>

#include "harness/core/error.h"

namespace cupel {
namespace {

[[noreturn]] void lacks_module(const std::filesystem::path& path, const std::string& why) {
  throw Error(Code::kCapability,
              "cannot use the sentencepiece module " + path.string() + ": " + why,
              "it is built and installed with Cupel, beside the program; T5 pieces need it");
}

/// RTLD_LOCAL is enough in a program that links no protobuf. In one that does (a test of the
/// LibTorch models), the module needs a link-map namespace of its own, or the two interpose.
void* open_library(const std::filesystem::path& path) {
  if (::dlsym(RTLD_DEFAULT, "_ZN6google8protobuf8internal13VerifyVersionEiiPKc") != nullptr)
    return ::dlmopen(LM_ID_NEWLM, path.c_str(), RTLD_NOW | RTLD_LOCAL);
  return ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
}

/// `reason` is the module's message when `status` says that it failed.
void must_succeed(int status, const std::string& reason) {
  if (status == 0) return;
  throw Error(Code::kUsage, "the sentencepiece model is broken: " + reason,
              "it must be the spiece.model of a T5 model");
}

/// What the callbacks of one call write to.
struct Received {
  std::string reason;
  std::string normal;
  std::vector<std::size_t>* origins = nullptr;
  std::vector<Unigram::Piece> pieces;
};

void receive_reason(void* context, const char* bytes, std::size_t size) {
  static_cast<Received*>(context)->reason.assign(bytes, size);
}

void receive_piece(void* context, const char* bytes, std::size_t size, float score) {
  static_cast<Received*>(context)->pieces.push_back({std::string(bytes, size), score});
}

void receive_normal(void* context, const char* bytes, std::size_t size,
                    const std::size_t* origins) {
  auto& received = *static_cast<Received*>(context);
  received.normal.assign(bytes, size);
  if (received.origins != nullptr) received.origins->assign(origins, origins + size + 1);
}

const cupel_sentencepiece_api* open_module(const std::filesystem::path& module) {
  // A name without a folder would be searched for in the system.
  if (!std::filesystem::exists(module)) lacks_module(module, "no such file");
  void* library = open_library(std::filesystem::absolute(module));
  const auto last_error = [] {
    const char* reason = ::dlerror();
    return std::string(reason == nullptr ? "unknown reason" : reason);
  };
  if (library == nullptr) lacks_module(module, last_error());
  const auto entry =
      reinterpret_cast<cupel_sentencepiece_entry>(::dlsym(library, CUPEL_SENTENCEPIECE_ENTRY));
  if (entry == nullptr) lacks_module(module, last_error());
  const cupel_sentencepiece_api* api = entry();
  if (api->version != CUPEL_SENTENCEPIECE_VERSION || api->size != sizeof(*api))
    lacks_module(module, "it has version " + std::to_string(api->version) +
                             ", this program needs " + std::to_string(CUPEL_SENTENCEPIECE_VERSION));
  return api;
}

}  // namespace

const cupel_sentencepiece_api& sentencepiece_module(const std::filesystem::path& module) {
  // Opened once: a process has only 16 link-map namespaces.
  static std::mutex mutex;
  static std::map<std::filesystem::path, const cupel_sentencepiece_api*> opened;
  const std::scoped_lock lock(mutex);
  const cupel_sentencepiece_api*& api = opened[module];
  if (api == nullptr) api = open_module(module);
  return *api;
}

void receive_text(void* context, const char* bytes, std::size_t size) {
  static_cast<std::string*>(context)->assign(bytes, size);
}

SentencePieceModel::SentencePieceModel(const std::filesystem::path& module, std::string_view bytes)
    : api_(&sentencepiece_module(module)), model_(nullptr, api_->close) {
  cupel_sentencepiece_model* opened = nullptr;
  std::string reason;
  const int status = api_->open(bytes.data(), bytes.size(), &opened, receive_text, &reason);
  model_.reset(opened);
  must_succeed(status, reason);
}

std::vector<Unigram::Piece> SentencePieceModel::pieces() const {
  Received received;
  const int status = api_->pieces(model_.get(), receive_piece, receive_reason, &received);
  must_succeed(status, received.reason);
  return std::move(received.pieces);
}

std::string SentencePieceModel::normalized(std::string_view text,
                                           std::vector<std::size_t>* origins) const {
  Received received;
  received.origins = origins;
  const int status = api_->normalize(model_.get(), text.data(), text.size(), receive_normal,
                                     receive_reason, &received);
  must_succeed(status, received.reason);
  return std::move(received.normal);
}

}  // namespace cupel
