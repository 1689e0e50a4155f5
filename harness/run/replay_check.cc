#include "harness/run/replay_check.h"

#include <algorithm>
#include <cstdint>
#include <map>
#include <set>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/core/quote.h"
#include "harness/run/artifact.h"
#include "harness/run/setting_difference.h"

namespace cupel {
namespace {

using results::CurvePoint;
using results::Measurement;
using results::Row;
using results::StoredStage;

constexpr std::size_t kRowsAtOnce = 4096;
constexpr std::size_t kShownBytes = 60;

std::string number(const std::optional<double>& value) {
  return value ? fmt::format("{}", *value) : "nothing";
}

std::string name_of(const StoredStage& stage) {
  return fmt::format("stage {} ({})", stage.objective,
                     to_hex(stage.digest()).substr(0, results::kRunId));
}

std::string name_of(const FileDigest* file) {
  return file == nullptr ? "nothing"
                         : fmt::format("{} bytes with the SHA-256 {}", file->bytes, file->sha256);
}

/// Where a fact of a training is first another one.
struct Parting {
  std::string fact;
  std::uint64_t step = 0;
  double then = 0.0;
  std::optional<double> now;
};

/// The state that a step begins with, its loss, and what else is told of it.
std::vector<std::string> in_order(std::vector<std::string> facts) {
  std::erase_if(facts, tells_time);
  std::ranges::stable_sort(facts, {}, [](const std::string& fact) {
    return fact == "state-checksum" ? 0 : fact == "loss" ? 1 : 2;
  });
  return facts;
}

/// What of a stage's facts is the same until the first is not.
struct Compared {
  std::set<std::uint64_t> steps;
  std::size_t facts = 0;
  std::size_t unrecorded = 0;  ///< told now, and not known of then
};

/// Both by step.
std::optional<Parting> parting_of(const std::string& fact, const std::vector<CurvePoint>& then,
                                  const std::vector<CurvePoint>& now, Compared& compared) {
  auto next = now.begin();
  for (const CurvePoint& point : then) {
    for (; next != now.end() && next->step < point.step; ++next) ++compared.unrecorded;
    const bool told = next != now.end() && next->step == point.step;
    const auto value = told ? std::optional(next->value) : std::nullopt;
    if (value != point.value)
      return Parting{.fact = fact, .step = point.step, .then = point.value, .now = value};
    compared.steps.insert(point.step);
    ++compared.facts;
    ++next;
  }
  compared.unrecorded += static_cast<std::size_t>(now.end() - next);
  return std::nullopt;
}

std::string describe(const std::string& stage, const Parting& first, const Parting* loss,
                     bool has_loss) {
  std::string what = fmt::format("{}: step {}: {} differs (recorded {}, now {})", stage, first.step,
                                 quote(first.fact), number(first.then), number(first.now));
  if (first.fact == "loss" || !has_loss) return what;
  return what + (loss == nullptr ? "; loss is the same at every step"
                                 : fmt::format("; loss first differs at step {}", loss->step));
}

/// A part of the text, from a little before `at`.
std::string shown(const std::string& text, std::size_t at) {
  const std::size_t first = at < kShownBytes / 2 ? 0 : at - kShownBytes / 3;
  return fmt::format("{}\"{}\"", first == 0 ? "" : "…", quote(text.substr(first), kShownBytes));
}

std::size_t first_other_byte(const std::string& one, const std::string& other) {
  const auto ends = std::ranges::mismatch(one, other);
  return static_cast<std::size_t>(ends.in1 - one.begin());
}

std::string protocol_name(results::Store& store, const Measurement& measurement) {
  for (const results::StoredProtocol& protocol : store.protocols()) {
    if (protocol.key == measurement.protocol_key) return protocol.name;
  }
  return {};
}

std::string printed(const results::StoredScore& score) {
  return score.value ? fmt::format("{} over {}", *score.value, score.n) : score.reason;
}

/// The replay's interval of the same draws.
const results::StoredInterval* like(const results::StoredInterval& wanted,
                                    const Measurement& measurement) {
  for (const results::StoredInterval& one : measurement.intervals) {
    if (one.draws == wanted.draws && one.seed == wanted.seed && one.confidence == wanted.confidence)
      return &one;
  }
  return nullptr;
}

}  // namespace

bool tells_time(std::string_view fact) {
  return fact.ends_with("per-second") || fact.ends_with("/s") || fact.ends_with("seconds");
}

ReplayCheck::ReplayCheck(ReplaySide recorded, ReplaySide replayed)
    : recorded_(std::move(recorded)), replayed_(std::move(replayed)) {
  then_ = recorded_.store.run_of(recorded_.cell).value();
  chain_ = recorded_.store.stages_of(then_);
  for (const StoredStage& stage : chain_) {
    const Artifact artifact(recorded_.artifacts, stage.digest());
    kept_.emplace_back();
    if (artifact.finished()) kept_.back() = artifact.verify(stage.config).artifact;
  }
}

void ReplayCheck::differ(std::string what, const std::string& recorded,
                         const std::string& replayed) {
  difference_ = {.what = std::move(what),
                 .environment = differing_settings("environment", recorded, replayed,
                                                   recorded_.store.path().string())};
}

void ReplayCheck::examples() {
  if (examples_done_) return;
  examples_done_ = true;
  if (now_->examples == then_.examples) return;
  if (now_->size != then_.size)
    return differ(
        fmt::format("data: the run has {} examples, now there are {}", then_.size, now_->size),
        then_.environment, now_->environment);
  differ(fmt::format("data: the examples differ (recorded {}, now {})", to_hex(then_.examples),
                     to_hex(now_->examples)),
         then_.environment, now_->environment);
}

void ReplayCheck::trainings(bool all) {
  now_ = replayed_.store.run_of(replayed_.cell);
  if (!now_ || difference_) return;
  examples();
  const auto now = replayed_.store.stages_of(*now_);
  const std::size_t both = std::min(chain_.size(), now.size());
  for (; !difference_ && stages_done_ < both; ++stages_done_) {
    if (now[stages_done_].ends.empty() && !all) return;
    stage(stages_done_, now[stages_done_]);
  }
  if (!difference_ && stages_done_ == both && chain_.size() != now.size())
    differ(fmt::format("training: {} stages were recorded, now there are {}", chain_.size(),
                       now.size()),
           then_.environment, now_->environment);
}

void ReplayCheck::stage(std::size_t place, const StoredStage& now) {
  trace(chain_[place], now);
  if (!difference_) files(place, now);
  if (!difference_ && !now.ends.empty()) ++same_.stages;
}

void ReplayCheck::trace(const StoredStage& then, const StoredStage& now) {
  Compared compared;
  std::vector<Parting> partings;
  const auto facts = in_order(recorded_.store.curves(then));
  for (const std::string& fact : facts) {
    const auto parting = parting_of(fact, recorded_.store.curve(then, fact),
                                    replayed_.store.curve(now, fact), compared);
    if (parting) partings.push_back(*parting);
  }
  if (!partings.empty()) {
    // Of one step the first in order.
    const Parting& first = *std::ranges::min_element(partings, {}, &Parting::step);
    const auto loss = std::ranges::find(partings, "loss", &Parting::fact);
    return differ(describe(name_of(then), first, loss == partings.end() ? nullptr : &*loss,
                           std::ranges::contains(facts, "loss")),
                  then.environment, now.environment);
  }
  same_.steps += compared.steps.size();
  same_.facts += compared.facts;
  if (facts.empty() && !in_order(replayed_.store.curves(now)).empty())
    left_out_.push_back(name_of(then) +
                        ": no step is recorded in this store; another one had it trained");
  else if (compared.unrecorded > 0)
    left_out_.push_back(fmt::format(
        "{}: {} facts of its steps are not recorded; the training was killed, or told less then",
        name_of(then), compared.unrecorded));
}

void ReplayCheck::files(std::size_t place, const StoredStage& now) {
  const StoredStage& then = chain_[place];
  if (now.ends.empty()) return;
  std::vector<Digest> known;
  for (const results::StageEnd& end : then.ends) known.push_back(end.artifact);
  if (known.empty() && kept_[place]) known.push_back(*kept_[place]);
  if (known.empty())
    return left_out_.push_back(name_of(then) + ": what it ended with is not recorded");
  const Digest made = now.ends.front().artifact;
  const auto fresh = Artifact(replayed_.artifacts, now.digest()).files();
  if (std::ranges::contains(known, made)) return void(same_.files += fresh.size());
  if (!kept_[place] || !std::ranges::contains(known, *kept_[place]))
    return differ(fmt::format("{}: what it ended with differs (recorded {}, now {}); the recorded "
                              "files are not in {}",
                              name_of(then), to_hex(known.back()), to_hex(made),
                              recorded_.artifacts.string()),
                  then.environment, now.environment);
  std::map<std::string, std::pair<const FileDigest*, const FileDigest*>> sides;
  const auto kept = Artifact(recorded_.artifacts, then.digest()).files();
  for (const auto& [name, file] : kept) sides[name].first = &file;
  for (const auto& [name, file] : fresh) sides[name].second = &file;
  for (const auto& [name, side] : sides) {
    const auto [was, is] = side;
    if (was != nullptr && is != nullptr && *was == *is) continue;
    return differ(fmt::format("{}: file {} differs (recorded {}, now {})", name_of(then),
                              quote(name), name_of(was), name_of(is)),
                  then.environment, now.environment);
  }
}

void ReplayCheck::predictions() {
  if (difference_ || !now_ || !now_->complete()) return;
  for (std::size_t first = 0; first < then_.size; first += kRowsAtOnce) {
    const auto then = recorded_.store.rows(then_, first, kRowsAtOnce);
    const auto now = replayed_.store.rows(*now_, first, kRowsAtOnce);
    for (std::size_t i = 0; i < std::min(then.size(), now.size()); ++i) {
      const std::string& was = then[i].prediction;
      const std::string& is = now[i].prediction;
      if (was == is) {
        ++same_.predictions;
        continue;
      }
      const std::size_t at = first_other_byte(was, is);
      return differ(
          fmt::format("prediction of example {} ({}) differs at byte {} (recorded {}, "
                      "now {})",
                      first + i, shown(then[i].input, 0), at, shown(was, at), shown(is, at)),
          then_.environment, now_->environment);
    }
  }
}

void ReplayCheck::scores() {
  if (difference_ || !now_ || !now_->complete()) return;
  const auto measured = replayed_.store.measurements(*now_);
  for (const Measurement& then : recorded_.store.measurements(then_)) {
    if (!then.score) continue;
    const std::string protocol = protocol_name(recorded_.store, then);
    const std::string what = fmt::format("score {} under {}", then.metric, protocol);
    const Measurement* same = nullptr;
    const Measurement* other = nullptr;  // of another signature
    for (const Measurement& now : measured) {
      if (now.metric != then.metric || protocol_name(replayed_.store, now) != protocol) continue;
      (now.signature_long == then.signature_long ? same : other) = &now;
    }
    if (same != nullptr) {
      score(then, *same, what);
    } else {
      differ(fmt::format("{}: the signature differs (recorded {}, now {})", what, then.signature,
                         other == nullptr ? "none" : other->signature),
             then.environment, other == nullptr ? now_->environment : other->environment);
    }
    if (difference_) return;
  }
}

void ReplayCheck::score(const Measurement& then, const Measurement& now, const std::string& what) {
  const StatisticTable was = recorded_.store.statistics(then_, then);
  const StatisticTable is = replayed_.store.statistics(*now_, now);
  const auto other = [&](const std::string& how) {
    differ(how, then.environment, now.environment);
  };
  if (then.columns != now.columns) return other(what + ": its statistics have other columns");
  for (std::size_t i = 0; i < was.rows(); ++i) {
    for (std::size_t c = 0; c < was.columns(); ++c) {
      if (was.row(i)[c] == is.row(i)[c]) continue;
      const std::string& column = then.columns[c];
      return other(fmt::format("{}: statistic{}{} of example {} differs (recorded {}, now {})",
                               what, column.empty() ? "" : " ", column, i, was.row(i)[c],
                               is.row(i)[c]));
    }
  }
  same_.statistics += was.rows() * was.columns();
  if (then.score != now.score)
    return other(fmt::format("{} differs (recorded {}, now {})", what, printed(*then.score),
                             now.score ? printed(*now.score) : "nothing"));
  for (const results::StoredInterval& wanted : then.intervals) {
    const results::StoredInterval* made = like(wanted, now);
    if (made != nullptr && *made == wanted) continue;
    return other(
        fmt::format("{}: the interval of {} draws differs (recorded {} to {}, now {})", what,
                    wanted.draws, wanted.low, wanted.high,
                    made == nullptr ? "none" : fmt::format("{} to {}", made->low, made->high)));
  }
  ++same_.scores;
}

}  // namespace cupel
