#include <exception>
#include <memory>
#include <string>
#include <string_view>

#include <sentencepiece_processor.h>

#include "models/text/sentencepiece_abi.h"

struct cupel_sentencepiece_model {
  sentencepiece::SentencePieceProcessor processor;
};

namespace {

constexpr int kOk = 0;
constexpr int kFailed = 1;
constexpr int kSilent = 3;  // protobuf and sentencepiece would write their complaints to stderr

/// Runs `body`, which returns a sentencepiece status; nothing is thrown across the C boundary.
template <typename Body>
int guarded(cupel_sentencepiece_text message, void* context, Body body) {
  std::string reason;
  try {
    const sentencepiece::util::Status status = body();
    if (status.ok()) return kOk;
    reason = status.ToString();
  } catch (const std::exception& error) {
    reason = error.what();
  } catch (...) {
    reason = "unknown exception";
  }
  message(context, reason.data(), reason.size());
  return kFailed;
}

int open_model(const char* bytes, size_t size, cupel_sentencepiece_model** model,
               cupel_sentencepiece_text message, void* context) {
  return guarded(message, context, [&] {
    sentencepiece::SetMinLogLevel(kSilent);
    auto fresh = std::make_unique<cupel_sentencepiece_model>();
    auto status = fresh->processor.LoadFromSerializedProto(std::string_view(bytes, size));
    if (status.ok()) *model = fresh.release();
    return status;
  });
}

int pieces(const cupel_sentencepiece_model* model, cupel_sentencepiece_piece piece,
           cupel_sentencepiece_text message, void* context) {
  return guarded(message, context, [&] {
    for (int id = 0; id < model->processor.GetPieceSize(); ++id) {
      const std::string& text = model->processor.IdToPiece(id);
      piece(context, text.data(), text.size(), model->processor.GetScore(id));
    }
    return model->processor.status();
  });
}

int normalize(const cupel_sentencepiece_model* model, const char* text, size_t size,
              cupel_sentencepiece_text normal, cupel_sentencepiece_text message, void* context) {
  return guarded(message, context, [&] {
    std::string out;
    auto status = model->processor.Normalize(std::string_view(text, size), &out);
    if (status.ok()) normal(context, out.data(), out.size());
    return status;
  });
}

void close_model(cupel_sentencepiece_model* model) {
  const std::unique_ptr<cupel_sentencepiece_model> owned(model);
}

constexpr cupel_sentencepiece_api kApi = {
    .version = CUPEL_SENTENCEPIECE_VERSION,
    .size = sizeof(cupel_sentencepiece_api),
    .open = open_model,
    .pieces = pieces,
    .normalize = normalize,
    .close = close_model,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const cupel_sentencepiece_api*
cupel_sentencepiece() {
  return &kApi;
}
