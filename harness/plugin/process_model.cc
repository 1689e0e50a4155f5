#include "harness/plugin/process_model.h"

#include <algorithm>
#include <functional>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/json.h"
#include "harness/core/quote.h"
#include "harness/plugin/child_process.h"
#include "harness/plugin/options_json.h"
#include "harness/plugin/process_answer.h"

namespace cupel {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using What = ExpectedAnswer::What;

constexpr std::int64_t kProtocol = 2;
constexpr std::size_t kLongestLine = std::size_t{64} << 20U;
constexpr std::size_t kMostInputs = 256;  ///< of one request, so that its time-out means something
constexpr std::size_t kMostScores = std::size_t{1} << 18U;  ///< of one answer: some MiB of text
constexpr std::size_t kFeed = std::size_t{1} << 20U;
constexpr milliseconds kTick{50};  ///< how soon a cancellation is noticed

/// One request: its first line, and the lines that follow it.
struct Request {
  std::string name;
  std::string line;
  /// Replaces the text by the next lines; false when there are none.
  std::function<bool(std::string&)> more = {};
};

JsonWriter begin(const char* request) {
  JsonWriter json;
  json.begin_object().key("request").value(request);
  return json;
}

Request end(const char* name, JsonWriter& json) {
  return {.name = name, .line = one_line(json.end_object()) + "\n"};
}

Request with_texts(const char* name, const char* key, std::span<const std::string_view> texts) {
  JsonWriter json = begin(name);
  json.key(key).begin_array();
  for (const std::string_view text : texts) json.value(text);
  json.end_array();
  return end(name, json);
}

std::string sample_line(const Sample& sample) {
  JsonWriter json;
  json.begin_object().key("id").value(sample.id).key("smiles").value(sample.smiles);
  json.key("text").value(sample.text).key("labels").begin_array();
  for (const std::int8_t label : sample.labels) json.value(static_cast<std::int64_t>(label));
  return one_line(json.end_array().end_object()) + "\n";
}

Request fit_request(const models::TrainingData& data, const models::Work& work) {
  JsonWriter json = begin("fit");
  json.key("capability")
      .value(data.capability ? capability_name(*data.capability) : std::string_view())
      .key("seed");
  json.value(static_cast<std::size_t>(data.seed));
  json.key("jobs").value(static_cast<std::size_t>(work.jobs)).key("labels").begin_array();
  for (const std::string& label : data.labels) json.value(label);
  json.end_array().key("train").value(data.train.size());
  json.key("validation").value(data.validation.size()).key("stage").value(data.stage);
  json.key("parent").value(data.parent).key("folder").value(data.folder);
  Request request = end("fit", json);
  request.more = [&data, next = std::size_t{0}](std::string& lines) mutable {
    lines.clear();
    for (; lines.size() < kFeed && next < data.train.size() + data.validation.size(); ++next) {
      lines += sample_line(next < data.train.size() ? data.train[next]
                                                    : data.validation[next - data.train.size()]);
    }
    return !lines.empty();
  };
  return request;
}

/// The end of what it said on its standard error, for a message.
std::string last_words(std::string_view errors) {
  constexpr std::size_t kMost = 600;
  while (errors.ends_with('\n')) errors.remove_suffix(1);
  if (errors.empty()) return {};
  std::size_t start = errors.size();
  for (int lines = 0; lines < 5 && start > 0; ++lines) {
    const std::size_t at = errors.rfind('\n', start - 1);
    const std::size_t next = at == std::string_view::npos ? 0 : at;
    if (errors.size() - next > kMost && lines > 0) break;
    start = next;
  }
  std::string_view last = errors.substr(start);
  if (last.starts_with('\n')) last.remove_prefix(1);
  return fmt::format("; it said: {}", quote(last, kMost));
}

class ProcessModel final : public models::Model {
 public:
  ProcessModel(const std::string& id, const models::ProcessSource& source,
               const std::filesystem::path& folder, const models::Options& options)
      : who_("model '" + id + "'"), timeout_(source.timeout) {
    try {
      child_ = std::make_unique<ChildProcess>(source.argv, folder);
    } catch (const Error& error) {
      throw Error(error.code(), fmt::format("{}: {}", who_, error.what()), error.hint());
    }
    JsonWriter json = begin("start");
    json.key("protocol").value(kProtocol).key("options");
    write_options(json, options);
    const Answer answer = ask(end("start", json), {.what = What::kHandshake}, {});
    if (const std::int64_t spoken = std::get<Handshake>(answer).protocol; spoken != kProtocol) {
      child_.reset();
      throw Error(
          Code::kCapability,
          fmt::format("{}: speaks protocol {}, this program has {}", who_, spoken, kProtocol),
          "see models/plugin/README.md for what it must answer");
    }
  }

  void fit(const models::TrainingData& data, const models::Work& work) override {
    labels_ = data.labels.size();
    reports_ = 0;
    ask(fit_request(data, work), {.what = What::kDone}, work);
  }

  void load(const models::TrainedStage& stage, const models::Work& work) override {
    labels_ = stage.labels.size();
    JsonWriter json = begin("load");
    json.key("folder").value(stage.folder).key("capability");
    json.value(capability_name(stage.capability));
    json.key("jobs").value(static_cast<std::size_t>(work.jobs)).key("labels").begin_array();
    for (const std::string& label : stage.labels) json.value(label);
    ask(end("load", json.end_array()), {.what = What::kDone}, work);
  }

  std::vector<std::string> generate(std::span<const std::string_view> inputs,
                                    const models::Work& work) override {
    return in_pieces<Outputs>(inputs, kMostInputs, [&](auto piece) {
      return ask(with_texts("generate", "inputs", piece),
                 {.what = What::kOutputs, .rows = piece.size()}, work);
    });
  }

  void set_gallery(std::span<const std::string_view> candidates,
                   const models::Work& work) override {
    gallery_ = candidates.size();
    ask(with_texts("set_gallery", "candidates", candidates), {.what = What::kDone}, work);
  }

  std::vector<float> rank(std::span<const std::string_view> queries,
                          const models::Work& work) override {
    return scores("rank", "queries", queries, gallery_, work);
  }

  std::vector<float> classify(std::span<const std::string_view> smiles,
                              const models::Work& work) override {
    return scores("classify", "inputs", smiles, labels_, work);
  }

 private:
  std::vector<float> scores(const char* request, const char* key,
                            std::span<const std::string_view> inputs, std::size_t columns,
                            const models::Work& work) {
    const std::size_t most =
        std::clamp<std::size_t>(kMostScores / std::max<std::size_t>(columns, 1), 1, kMostInputs);
    return in_pieces<Scores>(inputs, most, [&](auto piece) {
      return ask(with_texts(request, key, piece),
                 {.what = What::kScores, .rows = piece.size(), .columns = columns}, work);
    });
  }

  template <typename Part, typename Ask>
  Part in_pieces(std::span<const std::string_view> inputs, std::size_t most, const Ask& asked) {
    Part all;
    for (std::size_t at = 0; at < inputs.size(); at += most) {
      const Answer answer = asked(inputs.subspan(at, std::min(most, inputs.size() - at)));
      const Part& part = std::get<Part>(answer);
      all.insert(all.end(), part.begin(), part.end());
    }
    return all;
  }

  /// A process that failed once is not asked again: nobody knows what it would answer to.
  Answer ask(const Request& request, const ExpectedAnswer& expected, const models::Work& work) {
    if (!child_) {
      throw Error(Code::kIncomplete,
                  fmt::format("{}: '{}' was asked of a process that is gone", who_, request.name));
    }
    try {
      return exchange(request, expected, work);
    } catch (...) {
      child_.reset();
      throw;
    }
  }

  Answer exchange(const Request& request, const ExpectedAnswer& expected,
                  const models::Work& work) {
    refuse_unasked(request);
    std::string lines = request.line;
    std::string_view rest = lines;
    for (auto heard = steady_clock::now();;) {
      if (work.cancelled && work.cancelled()) throw models::Cancelled();
      const std::size_t before = rest.size();
      child_->pump(rest, std::min(kTick, timeout_));
      if (rest.size() != before) heard = steady_clock::now();
      if (rest.empty() && request.more && request.more(lines)) rest = lines;
      while (const auto line = child_->take_line()) {
        Answer answer = parsed(request, *line, expected);
        if (const auto* progress = std::get_if<Progress>(&answer)) {
          report(request, *progress, work);
          heard = steady_clock::now();
          continue;
        }
        if (!rest.empty()) fail(request, "answered before it had read the whole request");
        refuse_unasked(request);
        return answer;
      }
      check_alive(request, heard);
    }
  }

  /// Answers that nobody asked for would be taken for those to the next request.
  void refuse_unasked(const Request& request) {
    std::string_view nothing;
    child_->pump(nothing, milliseconds{0});
    if (!child_->output().empty())
      fail(request, fmt::format("wrote what nobody asked for: '{}'", quote(child_->output(), 80)));
  }

  void check_alive(const Request& request, steady_clock::time_point heard) {
    if (child_->output().size() > kLongestLine)
      fail(request, fmt::format("wrote a line longer than {} MiB", kLongestLine >> 20U));
    if (child_->silent()) {
      const std::string how = child_->stop();
      fail(request, how + " without an answer");
    }
    if (steady_clock::now() - heard > timeout_) {
      fail(request,
           fmt::format("was silent for {:g} s", std::chrono::duration<double>(timeout_).count()),
           "a slow model needs a longer 'timeout' in its preset");
    }
  }

  Answer parsed(const Request& request, const std::string& line, const ExpectedAnswer& expected) {
    Answer answer;
    try {
      answer = parse_answer(line, expected);
    } catch (const Error& error) {
      fail(request, std::string("gave a wrong answer: ") + error.what(), error.hint());
    }
    if (const auto* refusal = std::get_if<Refusal>(&answer)) {
      throw Error(refusal->code,
                  fmt::format("{}: '{}': {}", who_, request.name, quote(refusal->message)));
    }
    return answer;
  }

  void report(const Request& request, const Progress& progress, const models::Work& work) {
    if (request.name != "fit") fail(request, "reported progress, which only 'fit' may");
    const std::uint64_t step = progress.step.value_or(reports_);
    ++reports_;
    for (const auto& [name, value] : progress.facts) {
      if (work.fact) work.fact(name, step, value);
    }
    if (work.progress) work.progress(progress.share);
  }

  [[noreturn]] void fail(const Request& request, const std::string& what,
                         const std::string& hint = {}) {
    child_->stop();
    throw Error(Code::kIncomplete,
                fmt::format("{}: asked to '{}', it {}{}", who_, request.name, what,
                            last_words(child_->errors())),
                hint);
  }

  std::string who_;
  milliseconds timeout_;
  std::unique_ptr<ChildProcess> child_;
  std::size_t gallery_ = 0;
  std::size_t labels_ = 0;
  std::uint64_t reports_ = 0;  // of progress, in this fit()
};

}  // namespace

std::unique_ptr<models::Model> start_process_model(const std::string& id,
                                                   const models::ProcessSource& source,
                                                   const std::filesystem::path& folder,
                                                   const models::Options& options) {
  return std::make_unique<ProcessModel>(id, source, folder, options);
}

}  // namespace cupel
