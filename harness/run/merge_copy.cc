#include "harness/run/merge_copy.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "results/content_digest.h"

namespace cupel {
namespace {

using results::Measurement;
using results::Run;
using results::Statement;
using results::StoredProtocol;
using results::Transaction;

constexpr std::size_t kRowsAtOnce = 16'384;

constexpr std::string_view kExamples =
    "SELECT position, input, reference FROM example"
    " WHERE set_id = ? AND position >= ? AND position < ? ORDER BY position";
constexpr std::string_view kPredictions =
    "SELECT position, text, '' FROM prediction"
    " WHERE run_id = ? AND position >= ? AND position < ? ORDER BY position";

/// Both lists have no gaps.
std::optional<std::size_t> first_difference(std::string_view query, results::Store& one,
                                            std::int64_t key, results::Store& other,
                                            std::int64_t other_key, std::size_t count) {
  Statement row = one.database().prepare(query);
  Statement twin = other.database().prepare(query);
  bool more = row.start(key, 0, count) && twin.start(other_key, 0, count);
  for (; more; more = row.step() && twin.step()) {
    if (row.text(1) != twin.text(1) || row.text(2) != twin.text(2))
      return static_cast<std::size_t>(row.integer(0));
  }
  return std::nullopt;
}

Error changed(const HeldRun& from) {
  return {Code::kIntegrity,
          fmt::format("{}: {}: it was changed while it was copied", from.file(), name_of(from.run)),
          "somebody changed the store; restore a copy, and merge again"};
}

/// Copies the examples and predictions of one run; digests are those of what is written.
class RowCopy {
 public:
  RowCopy(const HeldRun& from, results::StoreWriter& out, Run target)
      : from_(from),
        out_(out),
        target_(std::move(target)),
        examples_(out.examples_stored(target_)),
        query_examples_(from.store->database().prepare(kExamples)),
        query_predictions_(from.store->database().prepare(kPredictions)) {}

  /// Rows [first, end). Returns how many predictions were added.
  std::size_t copy(std::size_t first, std::size_t end) {
    bool more = query_examples_.start(from_.run.set_key, std::max(first, examples_), end);
    for (; more; more = query_examples_.step(), ++examples_) {
      check_place(query_examples_, examples_);
      const std::string_view input = query_examples_.text(1);
      const std::string_view reference = query_examples_.text(2);
      out_.add_example(target_, examples_, results::example_digest(input, reference), input,
                       reference);
    }
    std::size_t added = 0;
    more = query_predictions_.start(from_.run.key, first, end);
    for (; more; more = query_predictions_.step()) {
      check_place(query_predictions_, tree_.size());
      const std::string_view text = query_predictions_.text(1);
      const Digest digest = results::prediction_digest(text);
      if (tree_.size() >= target_.stored) {
        out_.add_prediction(target_, tree_.size(), digest, text);
        ++added;
      }
      tree_.add(digest);
    }
    return added;
  }

  void finish() {
    const Digest root = tree_.root();
    if (root != *from_.run.predictions || out_.examples_stored(target_) != from_.run.size)
      throw changed(from_);
    out_.record_as_of(from_.run.environment, from_.run.finished_at);
    out_.end_run(target_, root);
  }

 private:
  void check_place(const Statement& row, std::size_t expected) const {
    if (row.integer(0) != static_cast<std::int64_t>(expected)) throw changed(from_);
  }

  const HeldRun& from_;
  results::StoreWriter& out_;
  Run target_;
  std::size_t examples_;
  results::MerkleTree tree_;
  Statement query_examples_;
  Statement query_predictions_;
};

/// The rows of one block.
StatisticTable block_of(const StatisticTable& all, std::size_t block) {
  const std::size_t first = block * results::kBlock;
  StatisticTable rows(std::min(results::kBlock, all.rows() - first), all.columns());
  for (std::size_t i = 0; i < rows.rows(); ++i)
    std::ranges::copy(all.row(first + i), rows.row(i).begin());
  return rows;
}

/// Copies one complete score with its statistics and intervals, or nothing of it.
class ScoreCopy {
 public:
  ScoreCopy(const HeldRun& from, results::StoreWriter& out, const Run& target)
      : from_(from), out_(out), target_(target) {}

  /// What contradicts the score in `out`, or "".
  std::string copy(const StoredProtocol& protocol, const Measurement& one) {
    Transaction all(out_.database());
    out_.record_as_of(one.environment, one.scored_at);
    Measurement there = out_.begin_measurement(
        target_, {.protocol_key = out_.put_protocol(protocol.name, protocol.body).key,
                  .metric = one.metric,
                  .signature = one.signature,
                  .signature_long = one.signature_long,
                  .columns = one.columns});
    added_ = 0;
    const bool same = there.columns == one.columns &&
                      (there.score ? there.digest == one.digest : add(protocol, one, there));
    if (!same) return differs(one, "scores");
    if (!add_intervals(one, there)) return differs(one, "intervals");
    all.commit();
    return {};
  }

  [[nodiscard]] std::size_t added() const { return added_; }

 private:
  bool add(const StoredProtocol& protocol, const Measurement& one, const Measurement& there) {
    {
      const StatisticTable statistics = from_.store->statistics(from_.run, one);
      for (std::size_t block = out_.blocks(there); block * results::kBlock < target_.size; ++block)
        out_.add_block(there, block, block_of(statistics, block));
    }
    // Of what stands there now: an interrupted scoring may have left some blocks before.
    const Digest digest =
        results::score_digest(target_, protocol, one, out_.statistics(target_, there), *one.score);
    if (digest != one.digest) return false;
    out_.end_measurement(there, *one.score, digest);
    ++added_;
    return true;
  }

  bool add_intervals(const Measurement& one, const Measurement& there) {
    for (const results::StoredInterval& interval : one.intervals) {
      const auto known = std::ranges::find_if(there.intervals, [&](const auto& other) {
        return other.draws == interval.draws && other.seed == interval.seed &&
               other.confidence == interval.confidence;
      });
      if (known != there.intervals.end()) {
        if (*known != interval) return false;
        continue;
      }
      out_.add_interval(there, interval);
      ++added_;
    }
    return true;
  }

  std::string differs(const Measurement& one, const char* what) {
    added_ = 0;
    return fmt::format("{} and {}: {}: different {} of {}", from_.file(), out_.path().string(),
                       name_of(from_.run), what, one.signature);
  }

  const HeldRun& from_;
  results::StoreWriter& out_;
  const Run& target_;
  std::size_t added_ = 0;
};

}  // namespace

std::string name_of(const Run& run) {
  return fmt::format("run {} ({}, {})", run.id(), run.cell.model, run.cell.task);
}

std::optional<std::size_t> different_example(const HeldRun& one, const HeldRun& other) {
  return first_difference(kExamples, *one.store, one.run.set_key, *other.store, other.run.set_key,
                          std::min(one.run.size, other.run.size));
}

std::optional<std::size_t> different_prediction(const HeldRun& one, const HeldRun& other) {
  return first_difference(kPredictions, *one.store, one.run.key, *other.store, other.run.key,
                          std::min(one.run.stored, other.run.stored));
}

void copy_run(const HeldRun& from, results::StoreWriter& out,
              const std::function<void(std::size_t)>& progress) {
  const Run& run = from.run;
  std::optional<RowCopy> rows;
  std::size_t first = 0;
  do {  // one transaction for a small run: each costs several waits for the disk
    Transaction some(out.database());
    if (!rows) {
      out.record_as_of(run.environment, run.started_at);
      rows.emplace(from, out, out.begin_run(run.cell, run.examples, run.size, run.source));
    }
    const std::size_t end = std::min(first + kRowsAtOnce, run.stored);
    const std::size_t added = rows->copy(first, end);
    if (end == run.stored && run.complete()) rows->finish();
    some.commit();
    if (added > 0) progress(added);
    first = end;
  } while (first < run.stored);
}

CopiedScores copy_scores(const HeldRun& from, results::StoreWriter& out) {
  CopiedScores copied;
  const std::vector<Measurement> measurements = from.store->measurements(from.run);
  std::map<std::int64_t, StoredProtocol> protocols;
  for (StoredProtocol& protocol : from.store->protocols())
    protocols.emplace(protocol.key, std::move(protocol));
  const Run target = out.run_of(from.run.digest).value();
  ScoreCopy scores(from, out, target);
  for (const Measurement& one : measurements) {
    if (!one.score) continue;
    std::string conflict = scores.copy(protocols.at(one.protocol_key), one);
    copied.added += scores.added();
    if (!conflict.empty()) copied.conflicts.push_back(std::move(conflict));
  }
  return copied;
}

}  // namespace cupel
