#include "harness/run/certify.h"

#include <algorithm>
#include <bit>
#include <map>
#include <memory>
#include <ranges>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include <fmt/format.h>

#include "harness/core/digest.h"
#include "harness/core/nearest.h"
#include "harness/run/scoring.h"
#include "metrics/protocol.h"

namespace cupel {
namespace {

using results::Measurement;
using results::Run;
using results::StoredProtocol;

std::string described(const results::Store& store, const Run& run) {
  return fmt::format("{}: run {} ({}, {})", store.path().string(), run.id(), run.cell.model,
                     run.cell.task);
}

/// The protocol of this name under which the run was scored last.
StoredProtocol last_protocol(results::Store& store, const Run& run, const std::string& name) {
  const auto measurements = store.measurements(run);
  const auto protocols = store.protocols();
  std::vector<std::string> known;
  for (const Measurement& one : std::views::reverse(measurements)) {
    const auto at = std::ranges::find(protocols, one.protocol_key, &StoredProtocol::key);
    if (!one.score || at == protocols.end()) continue;
    if (at->name == name) return *at;
    known.push_back(at->name);
  }
  throw Error(
      Code::kUsage, fmt::format("{} is not scored under '{}'", described(store, run), name),
      known.empty() ? "score it first: cupel score --store S --protocol P" : suggest(name, known));
}

/// One a metric, the last, in the order in which they were begun.
std::vector<Measurement> last_measurements(results::Store& store, const Run& run,
                                           const StoredProtocol& protocol) {
  std::vector<Measurement> last;
  for (Measurement& one : store.measurements(run)) {
    if (one.protocol_key != protocol.key || !one.score) continue;
    std::erase_if(last, [&](const Measurement& older) { return older.metric == one.metric; });
    last.push_back(std::move(one));
  }
  return last;
}

void keep_only(std::vector<Measurement>& measurements, const std::vector<std::string>& metrics,
               const std::string& of) {
  std::vector<std::string> known;
  for (const Measurement& one : measurements) known.push_back(one.metric);
  for (const std::string& wanted : metrics) {
    if (!std::ranges::contains(known, wanted))
      throw Error(Code::kUsage, fmt::format("{} has no score of '{}'", of, wanted),
                  suggest(wanted, known));
  }
  if (metrics.empty()) return;
  std::erase_if(measurements, [&](const Measurement& one) {
    return !std::ranges::contains(metrics, one.metric);
  });
}

/// What the store has now of the run that a certificate is about, changed or not.
CertifiedRun find_certified(const Certificate& certificate, results::Store& store) {
  const results::Cell& cell = certificate.cell;
  std::optional<Run> run = store.run_of(cell.digest());
  if (!run) {
    for (Run& one : store.runs()) {
      const results::Cell& other = one.cell;
      if (other.model == cell.model && other.task == cell.task && other.dataset == cell.dataset &&
          other.split == cell.split && other.seed == cell.seed)
        run = std::move(one);
    }
  }
  if (!run) {
    throw Error(Code::kUsage,
                fmt::format("{}: has no run of the certificate's cell ({}, {} on {}, {:.12})",
                            store.path().string(), cell.model, cell.task, cell.dataset,
                            to_hex(cell.digest())),
                "name the store that the certificate was issued from with --store");
  }
  CertifiedRun found{.store = store, .run = *std::move(run), .protocol = {}, .measurements = {}};
  const auto all = store.measurements(found.run);
  for (StoredProtocol& one : store.protocols()) {
    const bool same = one.body == certificate.protocol_body;
    const bool like = one.name == certificate.protocol && found.protocol.body.empty() &&
                      std::ranges::contains(all, one.key, &Measurement::protocol_key);
    if (same || like) found.protocol = std::move(one);
    if (same) break;
  }
  for (const CertifiedScore& score : certificate.scores) {
    for (const Measurement& one : all) {
      if (one.protocol_key == found.protocol.key && one.metric == score.metric &&
          one.signature_long == score.signature)
        found.measurements.push_back(one);
    }
  }
  return found;
}

/// All metrics of the protocol, measured again: the last bits of an interval depend on what was
/// resampled beside it.
struct Measured {
  std::vector<MetricStatistics> statistics;
  std::vector<std::string> signatures;
  metrics::Protocol protocol;
};

Measured measure(const Certificate& certificate, const CertifiedRun& certified,
                 const CertificateFiles& files, unsigned jobs,
                 const std::function<void(std::size_t)>& progress) {
  results::Store& store = certified.store;
  const Run& run = certified.run;
  if (run.stored != run.size || store.examples_stored(run) != run.size)
    throw Error(Code::kIntegrity, "examples or predictions are missing");
  Measured all{
      .statistics = {},
      .signatures = {},
      .protocol = metrics::parse_protocol(certificate.protocol_body, certificate.protocol)};
  const metrics::TaskProtocol& task = all.protocol.task(scoring_section(certificate.cell.task));
  for (const CertifiedScore& score : certificate.scores) {
    if (!std::ranges::contains(task.metrics, score.metric))
      throw Error(Code::kUsage, fmt::format("its protocol has no metric '{}'", score.metric));
  }
  Scorer scorer(all.protocol, certificate.cell.task, files.scoring, {.jobs = jobs});
  for (std::size_t first = 0; first < run.size; first += results::kBlock) {
    const auto rows = store.rows(run, first, results::kBlock);
    std::vector<ScoringPair> pairs;
    for (const results::Row& row : rows)
      pairs.push_back({.prediction = row.prediction, .reference = row.reference});
    const auto block = scorer.measure(pairs, {.first = first, .all = run.size});
    if (all.statistics.empty()) {
      for (const MetricStatistics& one : block)
        all.statistics.push_back({.metric = one.metric,
                                  .columns = one.columns,
                                  .table = StatisticTable(run.size, one.columns.size())});
    }
    for (std::size_t m = 0; m < block.size(); ++m) {
      for (std::size_t i = 0; i < rows.size(); ++i)
        std::ranges::copy(block[m].table.row(i), all.statistics[m].table.row(first + i).begin());
    }
    if (progress) progress(first + rows.size());
  }
  for (const MetricStatistics& one : all.statistics)
    all.signatures.push_back(scorer.signature(one.metric).long_form());
  return all;
}

bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

/// Reports print so many digits behind the point.
bool same_printed(double a, double b) {
  return fmt::format("{:.4f}", a) == fmt::format("{:.4f}", b);
}

std::size_t common_digits(double a, double b) {
  constexpr std::size_t kAll = 17;
  for (std::size_t digits = kAll; digits > 0; --digits) {
    if (fmt::format("{:.{}e}", a, digits - 1) == fmt::format("{:.{}e}", b, digits - 1))
      return digits;
  }
  return 0;
}

/// The numbers of a score and its interval, now and then.
using Numbers = std::vector<std::pair<double, double>>;

void judge(VerifiedScore& result, const Numbers& numbers) {
  result.verdict = ScoreVerdict::kReproduced;
  result.digits = common_digits(numbers.front().first, numbers.front().second);
  for (const auto& [then, now] : numbers) {
    if (same_bits(then, now)) continue;
    result.digits = std::min(result.digits, common_digits(then, now));
    result.what = fmt::format("certified {:.17g}, now {:.17g}", then, now);
    const bool close = same_printed(then, now);
    if (close && result.verdict == ScoreVerdict::kReproduced)
      result.verdict = ScoreVerdict::kWithinRounding;
    if (close) continue;
    result.verdict = ScoreVerdict::kDiffers;
    return;
  }
}

using Intervals = std::vector<std::optional<metrics::Interval>>;

/// Measured metrics with what finishes them.
class Finished {
 public:
  Finished(const Certificate& certificate, Measured measured, unsigned jobs)
      : measured_(std::move(measured)), jobs_(jobs) {
    for (const MetricStatistics& one : measured_.statistics)
      metrics_.push_back(
          finishing_metric(measured_.protocol, certificate.cell.task, one.metric, one.columns));
  }

  VerifiedScore verify(const CertifiedScore& certified) {
    const auto at =
        std::ranges::find(measured_.statistics, certified.metric, &MetricStatistics::metric);
    const auto m = static_cast<std::size_t>(at - measured_.statistics.begin());
    VerifiedScore result{.metric = certified.metric, .value = {}, .signature = {}, .what = {}};
    if (measured_.signatures[m] != certified.signature) result.signature = measured_.signatures[m];
    const metrics::Value value = metrics_[m]->score(at->table);
    const std::size_t n = metrics_[m]->counted(at->table);
    if (value) result.value = *value + 0.0;  // as the store, which keeps no sign of zero
    if (result.value.has_value() != certified.score.value.has_value() || n != certified.score.n) {
      result.verdict = ScoreVerdict::kDiffers;
      result.what = fmt::format("certified over {} examples, now over {}{}", certified.score.n, n,
                                value ? "" : ": " + value.error());
      return result;
    }
    result.verdict = ScoreVerdict::kReproduced;
    if (!result.value) return result;
    Numbers numbers = {{*certified.score.value, *result.value}};
    if (certified.interval) {
      const auto& now = drawn(*certified.interval)[m];
      if (!now) {
        result.verdict = ScoreVerdict::kDiffers;
        result.what = "it has no interval now";
        return result;
      }
      numbers.emplace_back(certified.interval->low, now->low + 0.0);
      numbers.emplace_back(certified.interval->high, now->high + 0.0);
    }
    judge(result, numbers);
    return result;
  }

 private:
  /// By metric, all with a value resampled together, as when they were scored.
  const Intervals& drawn(const results::StoredInterval& like) {
    Intervals& all = drawn_[{like.draws, like.seed, like.confidence}];
    if (!all.empty()) return all;
    all.resize(metrics_.size());
    std::vector<metrics::ScoredMetric> scored;
    std::vector<std::size_t> places;
    for (std::size_t m = 0; m < metrics_.size(); ++m) {
      const StatisticTable& table = measured_.statistics[m].table;
      if (!metrics_[m]->score(table)) continue;
      scored.push_back({.metric = metrics_[m].get(), .rows = &table});
      places.push_back(m);
    }
    const Intervals found = intervals_of(
        scored,
        {.resamples = like.draws, .confidence = like.confidence, .seed = like.seed, .jobs = jobs_});
    for (std::size_t i = 0; i < found.size(); ++i) all[places[i]] = found[i];
    return all;
  }

  Measured measured_;
  unsigned jobs_;
  std::vector<std::unique_ptr<metrics::Metric>> metrics_;
  std::map<std::tuple<std::size_t, std::uint64_t, double>, Intervals> drawn_;
};

/// A value that stands in a table and in an index may differ between them, and is read from either.
void check_file(results::Store& store) {
  auto integrity = store.database().prepare("PRAGMA integrity_check(1)");
  if (integrity.start() && integrity.text(0) != "ok")
    throw Error(
        Code::kIntegrity,
        fmt::format("{}: its file is damaged: {}", store.path().string(), integrity.text(0)),
        "restore a copy; cupel doctor --store " + store.path().string() + " says more");
}

std::vector<VerifiedScore> verify_scores(const Certificate& certificate,
                                         const CertifiedRun& certified,
                                         const CertificateFiles& files, unsigned jobs,
                                         const std::function<void(std::size_t)>& progress) {
  std::vector<VerifiedScore> scores;
  try {
    Finished finished(certificate, measure(certificate, certified, files, jobs, progress), jobs);
    for (const CertifiedScore& score : certificate.scores) scores.push_back(finished.verify(score));
    return scores;
  } catch (const Error& error) {
    if (error.code() == Code::kStore) throw;
    scores.clear();
    for (const CertifiedScore& score : certificate.scores)
      scores.push_back(
          {.metric = score.metric, .value = {}, .signature = {}, .what = error.what()});
    return scores;
  }
}

}  // namespace

Certificate make_certificate(results::Store& store, const Run& run, const std::string& protocol,
                             const std::vector<std::string>& metrics,
                             const CertificateFiles& files) {
  if (!run.complete())
    throw Error(
        Code::kIncomplete,
        fmt::format("{} has {} of {} predictions", described(store, run), run.stored, run.size),
        "finish it first: the command that began it goes on");
  CertifiedRun certified{.store = store,
                         .run = run,
                         .protocol = last_protocol(store, run, protocol),
                         .measurements = {}};
  certified.measurements = last_measurements(store, run, certified.protocol);
  keep_only(certified.measurements, metrics, described(store, run));
  Certificate all{.cell = run.cell,
                  .examples = run.size,
                  .protocol = certified.protocol.name,
                  .protocol_body = certified.protocol.body,
                  .scores = {},
                  .inputs = certified_inputs(certified, files),
                  .run_environment = run.environment,
                  .score_environment = certified.measurements.back().environment};
  for (const Measurement& one : certified.measurements)
    all.scores.push_back({.metric = one.metric,
                          .signature = one.signature_long,
                          .score = *one.score,
                          .interval = one.best_interval()});
  return all;
}

std::string_view verdict_name(ScoreVerdict verdict) {
  switch (verdict) {
    case ScoreVerdict::kReproduced:
      return "reproduced";
    case ScoreVerdict::kWithinRounding:
      return "within rounding";
    case ScoreVerdict::kUnchecked:
      return "cannot check";
    case ScoreVerdict::kDiffers:
      return "differs";
  }
  return {};
}

int Verification::status() const {
  const auto some = [&](ScoreVerdict wanted) {
    return std::ranges::contains(scores, wanted, &VerifiedScore::verdict);
  };
  if (std::ranges::contains(inputs, InputState::Found::kChanged, &InputState::found))
    return static_cast<int>(Code::kIntegrity);
  if (some(ScoreVerdict::kUnchecked) || scores.empty()) return static_cast<int>(Code::kCapability);
  return some(ScoreVerdict::kDiffers) ? static_cast<int>(Code::kCheckFailed) : 0;
}

Verification verify_certificate(const Certificate& certificate, results::Store& store,
                                const CertificateFiles& files, unsigned jobs,
                                const std::function<void(std::size_t)>& progress) {
  check_file(store);
  const CertifiedRun certified = find_certified(certificate, store);
  Verification all;
  all.inputs = examine_inputs(certificate, certified, files);
  all.scores = verify_scores(certificate, certified, files, jobs, progress);
  const bool changed =
      std::ranges::contains(all.inputs, InputState::Found::kChanged, &InputState::found);
  if (!all.scores.empty())
    all.verdict = std::ranges::max(all.scores, {}, &VerifiedScore::verdict).verdict;
  if (changed) all.verdict = ScoreVerdict::kDiffers;
  return all;
}

}  // namespace cupel
