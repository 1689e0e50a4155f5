#include "harness/run/merge.h"

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <set>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "harness/core/error.h"
#include "harness/run/environment.h"
#include "harness/run/merge_copy.h"
#include "harness/run/store_check.h"

namespace cupel {
namespace {

namespace fs = std::filesystem;
using results::Run;
using results::Transaction;

/// Throws unless everything in the store is what its digests say.
void require_whole(results::Store& store) {
  const StoreCheck check = check_store(store);
  if (check.problems.empty()) return;
  const StoreProblem& first = check.problems.front();
  const std::string more =
      check.problems.size() == 1 ? "" : fmt::format(" (and {} more)", check.problems.size() - 1);
  throw Error(first.damaged ? Code::kStore : Code::kIntegrity,
              fmt::format("{}: {}{}", store.path().string(), first.what, more),
              "nothing was merged; restore a copy of this file, or leave it out and run its cells "
              "again; 'cupel doctor --store FILE' lists everything");
}

void require_other_file(const fs::path& shard, const fs::path& out) {
  std::error_code missing;
  if (!fs::equivalent(shard, out, missing)) return;
  throw Error(Code::kUsage, shard.string() + ": a shard, and the store to merge into",
              "leave it out of the shards: what is in the store is kept");
}

/// The longest first; a complete one before one that lacks only its end.
bool is_longer(const HeldRun& one, const HeldRun& other) {
  return std::pair(one.run.complete(), one.run.stored) >
         std::pair(other.run.complete(), other.run.stored);
}

/// Why two files cannot both be right about a cell, or "".
std::string conflict_of(const HeldRun& one, const HeldRun& other) {
  const auto differ = [&](const std::string& what) {
    return fmt::format("{} and {}: {}: {}", one.file(), other.file(), name_of(one.run), what);
  };
  if (one.run.examples != other.run.examples) return differ("the examples are not the same");
  // Equal roots, which check_store has computed again, are equal rows.
  if (one.run.complete() && one.run.predictions == other.run.predictions) return {};
  const auto row = different_prediction(one, other);
  return row ? differ(fmt::format("prediction {} is not the same", *row)) : "";
}

class Merger {
 public:
  Merger(std::span<const fs::path> shards, const fs::path& out, MergeProgress progress)
      : progress_(std::move(progress)) {
    for (const fs::path& path : shards) {
      require_other_file(path, out);
      require_whole(shards_.emplace_back(path));
    }
    out_.emplace(out, true, environment_facts());
    require_whole(*out_);
  }

  Merged merge(const std::string& plan) {
    copy_plans(plan);
    gather();
    check_examples();
    keep_agreeing();
    for (const std::vector<HeldRun>& held : cells_) copy(held);
    for (results::Store& shard : shards_) copy_facts(shard);
    if (merged_.plan) merged_.state = plan_state(*out_, *merged_.plan);
    merged_.content = out_->content_digest();
    return std::move(merged_);
  }

 private:
  void copy_plans(const std::string& selector) {
    Transaction all(out_->database());
    for (results::Store& shard : shards_) {
      for (results::StoredPlan& plan : shard.plans()) {
        out_->record_as_of("{}", plan.made_at);
        static_cast<void>(out_->put_plan(std::move(plan)));
      }
    }
    if (!selector.empty() || !out_->plans().empty()) merged_.plan = out_->find_plan(selector);
    all.commit();
  }

  /// Who has which cell: `out` first, then the shards.
  void gather() {
    std::map<Digest, std::size_t> places;
    const auto add = [&](results::Store& store) {
      for (Run& run : store.runs()) {
        const auto [at, added] = places.emplace(run.digest, cells_.size());
        if (added) cells_.emplace_back();
        cells_[at->second].push_back({.store = &store, .run = std::move(run)});
      }
    };
    add(*out_);
    for (results::Store& shard : shards_) add(shard);
  }

  /// The examples of an interrupted run have no root that can be checked, so they are compared with
  /// those of the file that has most of them.
  void check_examples() {
    struct Set {
      const HeldRun* longest;
      std::size_t stored;
    };
    std::map<Digest, Set> sets;
    const auto each = [&](const auto& visit) {
      for (const std::vector<HeldRun>& held : cells_) {
        for (const HeldRun& one : held) visit(one, one.store->examples_stored(one.run));
      }
    };
    each([&](const HeldRun& one, std::size_t stored) {
      const auto [at, added] = sets.emplace(one.run.examples, Set{&one, stored});
      if (!added && stored > at->second.stored) at->second = {&one, stored};
    });
    each([&](const HeldRun& one, std::size_t stored) {
      const auto& [longest, most] = sets.at(one.run.examples);
      const bool same_size = one.run.size == longest->run.size;
      const bool both_whole = same_size && stored == most && stored == one.run.size;
      if (one.store == longest->store || both_whole) return;  // whole: check_store has the root
      const auto row = different_example(*longest, one);
      if (!row && same_size) return;
      throw Error(Code::kIntegrity,
                  fmt::format("{} and {}: {}: {}", longest->file(), one.file(), name_of(one.run),
                              row ? fmt::format("example {} is not the same", *row)
                                  : "another number of examples"),
                  "one of the files was changed; nothing of their runs was merged");
    });
  }

  /// Leaves the cells of which all files say the same, and counts what is to be copied.
  void keep_agreeing() {
    std::erase_if(cells_, [&](std::vector<HeldRun>& held) {
      std::ranges::stable_sort(held, is_longer);
      for (const HeldRun& other : std::span(held).subspan(1)) {
        std::string conflict = conflict_of(held.front(), other);
        if (conflict.empty()) continue;
        merged_.conflicts.push_back(std::move(conflict));
        return true;
      }
      return false;
    });
    for (const std::vector<HeldRun>& held : cells_) {
      const auto own = std::ranges::find_if(held, [&](const auto& one) { return is_out(one); });
      const bool there = own != held.end();
      lacking_ += held.front().run.stored - (there ? own->run.stored : 0);
      merged_.repeated += held.size() > (there ? 2U : 1U) ? 1U : 0U;
    }
  }

  [[nodiscard]] bool is_out(const HeldRun& one) const { return one.store == &*out_; }

  void copy(const std::vector<HeldRun>& held) {
    const HeldRun& longest = held.front();
    if (!is_out(longest)) {
      copy_run(longest, *out_, [&](std::size_t added) {
        merged_.predictions += added;
        if (progress_) progress_(merged_.predictions, lacking_);
      });
      ++merged_.runs;
    }
    for (const HeldRun& one : held) {
      if (is_out(one) || !one.run.complete()) continue;
      CopiedScores copied = copy_scores(one, *out_);
      merged_.scores += copied.added;
      std::ranges::move(copied.conflicts, std::back_inserter(merged_.conflicts));
    }
  }

  /// What stands in no digest.
  void copy_facts(results::Store& shard) {
    Transaction all(out_->database());
    const std::vector<results::StoredFailure> known = out_->failures();
    for (const results::StoredFailure& failure : shard.failures()) {
      if (std::ranges::contains(known, failure)) continue;
      out_->record_as_of(failure.environment, failure.failed_at);
      out_->add_failure(failure.cell, failure.what);
    }
    for (const results::StoredStage& stage : shard.stages()) copy(shard, stage);
    for (const results::Annotation& annotation : shard.annotations()) {
      if (!out_->run_of(annotation.cell)) continue;  // of a run that contradicts another
      out_->record_as_of(annotation.environment, annotation.made_at);
      static_cast<void>(out_->put_annotation(annotation));
    }
    for (const results::Timing& timing : shard.timings()) {
      if (!out_->run_of(timing.cell)) continue;
      out_->record_as_of(timing.environment, timing.measured_at);
      out_->put_timing(timing);
    }
    std::set<Digest> examples;
    for (const Run& run : out_->runs()) examples.insert(run.examples);
    for (const Digest& set : examples) {
      for (const results::Overlap& overlap : shard.overlaps(set)) copy(shard, overlap);
    }
    all.commit();
  }

  /// Parents come before their children in every store.
  void copy(results::Store& shard, const results::StoredStage& stage) {
    out_->record_as_of(stage.environment, stage.made_at);
    const results::StoredStage there = out_->put_stage(stage);
    for (const results::StageEnd& end : stage.ends) out_->end_stage(there, end);
    for (const std::string& name : shard.curves(stage)) {
      for (const results::CurvePoint& point : shard.curve(stage, name))
        out_->add_point(there, name, point);
    }
  }

  void copy(results::Store& shard, const results::Overlap& overlap) {
    const auto known = out_->overlap(overlap.training, overlap.examples, overlap.kind);
    if (!known) return out_->put_overlap(overlap);
    if (known->seen == overlap.seen) return;
    std::string conflict = fmt::format(
        "{} and {}: overlap ({}) of the examples {:.12}: not the same", shard.path().string(),
        out_->path().string(), overlap.kind, to_hex(overlap.examples));
    merged_.conflicts.push_back(std::move(conflict));
  }

  MergeProgress progress_;
  std::deque<results::Store> shards_;  // which are pointed to
  std::optional<results::StoreWriter> out_;
  std::vector<std::vector<HeldRun>> cells_;  // by cell, in the order of the shards
  std::size_t lacking_ = 0;
  Merged merged_;
};

}  // namespace

Merged merge_stores(std::span<const fs::path> shards, const fs::path& out, const std::string& plan,
                    const MergeProgress& progress) {
  return Merger(shards, out, progress).merge(plan);
}

}  // namespace cupel
