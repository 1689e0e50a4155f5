#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sentencepiece_processor.h>
#include <sentencepiece_trainer.h>

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
              cupel_sentencepiece_normal normal, cupel_sentencepiece_text message, void* context) {
  return guarded(message, context, [&] {
    std::string out;
    std::vector<size_t> origins;
    auto status = model->processor.Normalize(std::string_view(text, size), &out, &origins);
    origins.resize(out.size() + 1, size);  // it leaves them out when nothing is left
    if (status.ok()) normal(context, out.data(), out.size(), origins.data());
    return status;
  });
}

void close_model(cupel_sentencepiece_model* model) {
  const std::unique_ptr<cupel_sentencepiece_model> owned(model);
}

using Texts = std::span<const cupel_sentencepiece_bytes>;

class Corpus final : public sentencepiece::SentenceIterator {
 public:
  explicit Corpus(std::vector<std::string_view> texts) : texts_(std::move(texts)) { load(); }

  [[nodiscard]] bool done() const override { return at_ == texts_.size(); }
  void Next() override {
    ++at_;
    load();
  }
  [[nodiscard]] const std::string& value() const override { return value_; }
  [[nodiscard]] sentencepiece::util::Status status() const override { return {}; }

 private:
  void load() {
    if (!done()) value_ = texts_[at_];
  }

  std::vector<std::string_view> texts_;
  std::size_t at_ = 0;
  std::string value_;
};

constexpr std::size_t kLongestText = 4192;        // bytes; the trainer's default
constexpr std::uint32_t kMostPieces = 1'000'000;  // how many the trainer begins with
constexpr std::string_view kReserved = "\u2585";  // the trainer's mark for rare characters

/// The texts that the trainer does not skip. It ends the process when all of them are empty once
/// normalised, or when there are more characters than 32-bit offsets reach.
sentencepiece::util::Status usable_texts(Texts texts, std::vector<std::string_view>& usable) {
  using sentencepiece::util::Status;
  using sentencepiece::util::StatusCode;
  sentencepiece::SentencePieceNormalizer normalizer;
  Status status = normalizer.LoadFromRuleName("nmt_nfkc");
  std::size_t bytes = 0;
  std::string normal;
  for (const auto& text : texts) {
    const std::string_view view(text.bytes, text.size);
    if (view.size() > kLongestText || view.contains(kReserved)) continue;
    if (status.ok()) status = normalizer.Normalize(view, &normal);
    if (!status.ok()) return status;
    bytes += normal.size() + 1;
    if (!normal.empty()) usable.push_back(view);
  }
  if (usable.empty()) return {StatusCode::kInvalidArgument, "no text is usable"};
  if (bytes > std::numeric_limits<std::int32_t>::max())
    return {StatusCode::kInvalidArgument, "the texts have more than 2 GiB"};
  return status;
}

/// Left out are the library's defaults, which are T5's.
std::unordered_map<std::string, std::string> settings(std::uint32_t vocabulary_size) {
  return {
      {"model_type", "unigram"},
      {"vocab_size", std::to_string(std::min(vocabulary_size, kMostPieces))},
      {"hard_vocab_limit", "false"},
      {"character_coverage", "1.0"},
      {"max_sentence_length", std::to_string(kLongestText)},
      {"pad_id", "0"},
      {"eos_id", "1"},
      {"unk_id", "2"},
      {"bos_id", "-1"},
      {"num_threads", "4"},  // fixed: sums of floats depend on it
      {"minloglevel", std::to_string(kSilent)},
  };
}

int train(const cupel_sentencepiece_bytes* texts, size_t count, uint32_t vocabulary_size,
          cupel_sentencepiece_text trained, cupel_sentencepiece_text message, void* context) {
  return guarded(message, context, [&] {
    sentencepiece::SetMinLogLevel(kSilent);
    std::vector<std::string_view> usable;
    auto status = usable_texts({texts, count}, usable);
    if (!status.ok()) return status;
    Corpus corpus(std::move(usable));
    std::string model;
    status = sentencepiece::SentencePieceTrainer::Train(settings(vocabulary_size), &corpus, &model);
    if (status.ok()) trained(context, model.data(), model.size());
    return status;
  });
}

constexpr cupel_sentencepiece_api kApi = {
    .version = CUPEL_SENTENCEPIECE_VERSION,
    .size = sizeof(cupel_sentencepiece_api),
    .open = open_model,
    .pieces = pieces,
    .normalize = normalize,
    .close = close_model,
    .train = train,
};

}  // namespace

extern "C" __attribute__((visibility("default"))) const cupel_sentencepiece_api*
cupel_sentencepiece() {
  return &kApi;
}
