#include "metrics/builtin.h"

#include <fmt/format.h>

#include "metrics/alignment/ari_metric.h"
#include "metrics/classification/pr_auc.h"
#include "metrics/classification/roc_auc.h"
#include "metrics/molecule/exact_match.h"
#include "metrics/molecule/fingerprint_similarity.h"
#include "metrics/molecule/levenshtein.h"
#include "metrics/molecule/validity.h"
#include "metrics/retrieval/choose_one.h"
#include "metrics/retrieval/rank.h"
#include "metrics/text/bleu.h"
#include "metrics/text/meteor.h"
#include "metrics/text/rouge.h"
#include "metrics/text/wordnet.h"

namespace cupel::metrics {
namespace {

using Family = MetricEntry::Family;
using Made = std::unique_ptr<PairMetric>;

void add_text(Registry<MetricEntry>& all) {
  const std::vector<std::string> tokens = {"tokens", "max-tokens"};
  const auto bleu = [](std::size_t order) {
    return [order](const Choices&, const MetricResources&) -> Made { return make_bleu(order); };
  };
  const auto rouge = [](RougeKind kind) {
    return [kind](const Choices&, const MetricResources&) -> Made { return make_rouge(kind); };
  };
  all.add({"bleu-2", "corpus BLEU of word n-grams up to 2",
           "NLTK 3.9.1 corpus_bleu, weights (.5, .5)", Family::kText, true, tokens, bleu(2)});
  all.add({"bleu-4", "corpus BLEU of word n-grams up to 4",
           "NLTK 3.9.1 corpus_bleu, weights (.25, .25, .25, .25)", Family::kText, true, tokens,
           bleu(4)});
  all.add({"rouge-1",
           "mean F of common words",
           "rouge_score 0.1.2, rouge1, no stemmer",
           Family::kText,
           true,
           {},
           rouge(RougeKind::kUnigrams)});
  all.add({"rouge-2",
           "mean F of common word pairs",
           "rouge_score 0.1.2, rouge2, no stemmer",
           Family::kText,
           true,
           {},
           rouge(RougeKind::kBigrams)});
  all.add({"rouge-l",
           "mean F of the longest common subsequence",
           "rouge_score 0.1.2, rougeL, no stemmer",
           Family::kText,
           true,
           {},
           rouge(RougeKind::kLongestSequence)});
  all.add({"meteor",
           "mean METEOR with stems and synonyms",
           "NLTK 3.9.1 meteor_score with WordNet 3.0",
           Family::kText,
           true,
           {"tokens", "max-tokens", "morphy"},
           [](const Choices& choices, const MetricResources& resources) -> Made {
             const bool once = choices.text("morphy") == "nltk-3.9";
             return make_meteor(resources.wordnet, once ? Morphy::kOnce : Morphy::kUntilFound);
           }});
}

void add_molecule(Registry<MetricEntry>& all) {
  const auto add = [&](std::string id, std::string summary, std::string reference, bool higher,
                       std::vector<std::string> choices, Made (*make)(const Choices&)) {
    all.add({std::move(id), std::move(summary), std::move(reference), Family::kMolecule, higher,
             std::move(choices),
             [make](const Choices& values, const MetricResources&) { return make(values); }});
  };
  add("bleu", "corpus BLEU of tokens up to 4-grams", "NLTK 3.9.1 corpus_bleu", true,
      {"tokens", "max-tokens"}, [](const Choices&) -> Made { return make_bleu(4); });
  add("exact", "share of predictions that are the reference molecule",
      "MolT5 mol_translation_metrics.py on RDKit 2025.03.1", true,
      {"invalid", "exact", "empty-inchi"}, make_exact);
  add("levenshtein", "mean edit distance in characters", "python-Levenshtein 0.27.1 distance",
      false, {}, make_levenshtein);
  add("validity", "share of predictions that are molecules",
      "MolT5 mol_translation_metrics.py on RDKit 2025.03.1", true, {"invalid", "validity-of"},
      make_validity);
  add("maccs", "mean Tanimoto similarity of MACCS keys", "RDKit 2025.03.1 MACCSkeys.GenMACCSKeys",
      true, {"invalid", "invalid-similarity"}, make_maccs);
  add("rdk", "mean Tanimoto similarity of path fingerprints", "RDKit 2025.03.1 Chem.RDKFingerprint",
      true, {"invalid", "invalid-similarity"}, make_rdk);
  add("morgan", "mean Tanimoto similarity of Morgan fingerprints",
      "RDKit 2025.03.1 AllChem.GetMorganFingerprint", true,
      {"invalid", "invalid-similarity", "morgan-radius", "morgan-bits", "morgan-chirality"},
      make_morgan);
}

void add_retrieval(Registry<MetricEntry>& all) {
  const auto add = [&](std::string id, std::string summary, std::string reference, bool higher,
                       std::unique_ptr<RankMetric> (*make)(TieRule)) {
    all.add({.id = std::move(id),
             .summary = std::move(summary),
             .reference = std::move(reference),
             .family = Family::kRetrieval,
             .higher_is_better = higher,
             .choices = {"ties"},
             .make_rank_metric = [make](const Choices& choices) {
               return make(tie_rule(choices.text("ties")));
             }});
  };
  const std::string atomas = "Atomas utils/retrieval_metrics.py under the tie rule 'atomas'";
  const std::string recall = "share of queries whose target is among the best ";
  add("recall@1", recall + "1", atomas, true, [](TieRule rule) { return make_recall(1, rule); });
  add("recall@5", recall + "5", atomas, true, [](TieRule rule) { return make_recall(5, rule); });
  add("recall@10", recall + "10", atomas, true, [](TieRule rule) { return make_recall(10, rule); });
  add("recall@20", recall + "20", atomas, true, [](TieRule rule) { return make_recall(20, rule); });
  add("recall@50", recall + "50", atomas, true, [](TieRule rule) { return make_recall(50, rule); });
  add("mrr", "mean reciprocal rank of the target", "closed form, checked against all tie orders",
      true, make_mrr);
  add("median-rank", "median rank of the target, from 1", atomas + ", MedianR", false,
      make_median_rank);
  add("mean-rank", "mean rank of the target, from 1", atomas + ", MeanR", false, make_mean_rank);
}

void add_choice(Registry<MetricEntry>& all) {
  for (const std::size_t candidates : {4, 10, 20}) {
    all.add({.id = fmt::format("accuracy@{}", candidates),
             .summary = fmt::format("share of rows whose partner wins among {}", candidates),
             .reference = "MoleculeSTM scripts/downstream_01_retrieval, T-choose-one",
             .family = Family::kChoice,
             .choices = {"ties", "batches"},
             .make_rank_metric = [](const Choices& choices) -> std::unique_ptr<RankMetric> {
               return std::make_unique<ChooseOne>(tie_rule(choices.text("ties")));
             },
             .candidates = candidates});
  }
}

void add_property(Registry<MetricEntry>& all) {
  using Area = std::unique_ptr<LabelMetric>;
  all.add({.id = "roc-auc",
           .summary = "area under the ROC curve, mean over labels",
           .reference = "scikit-learn 1.6.1 roc_auc_score",
           .family = Family::kProperty,
           .make_label_metric = [](const Choices&, std::size_t labels) -> Area {
             return std::make_unique<RocAuc>(label_names(labels));
           }});
  all.add({.id = "pr-auc",
           .summary = "area under the precision-recall curve, mean over labels",
           .reference = "scikit-learn 1.6.1 average_precision_score, or auc of "
                        "precision_recall_curve",
           .family = Family::kProperty,
           .choices = {"pr-curve"},
           .make_label_metric = [](const Choices& choices, std::size_t labels) -> Area {
             if (choices.text("pr-curve") == "trapezoids")
               return std::make_unique<TrapezoidPrAuc>(label_names(labels));
             return std::make_unique<AveragePrecision>(label_names(labels));
           }});
}

void add_sets(Registry<MetricEntry>& all) {
  const auto add = [&](std::string id, std::string summary, std::string reference) {
    all.add({.id = std::move(id),
             .summary = std::move(summary),
             .reference = std::move(reference),
             .family = Family::kDistribution});
  };
  add("uniqueness", "share of valid predictions that are distinct", "MOSES fraction_unique");
  add("novelty", "share of distinct predictions that training lacks", "MOSES novelty");
  add("internal-diversity", "one minus the mean similarity within a set",
      "MOSES internal_diversity");
}

void add_alignment(Registry<MetricEntry>& all) {
  const auto add = [&](const char* what, const char* summary, std::string reference,
                       AlignedKind kind) {
    for (const std::size_t level : {1, 2, 3}) {
      all.add({.id = fmt::format("ari-{}-{}", what, level),
               .summary = fmt::format("{} of the sets of level {}", summary, level),
               .reference = reference,
               .family = Family::kAlignment,
               .make_pair_metric = [kind, level](const Choices&, const MetricResources&) -> Made {
                 return make_ari(kind, level);
               }});
    }
  };
  const std::string rand = "scikit-learn 1.6.1 adjusted_rand_score";
  add("molecule", "mean adjusted Rand index over atoms", rand, AlignedKind::kMolecule);
  add("text", "mean adjusted Rand index over bytes of phrases", rand, AlignedKind::kText);
  add("pair", "mean adjusted Rand index over pairs of atom and byte",
      "scikit-learn 1.6.1 cohen_kappa_score of all such pairs", AlignedKind::kPair);
}

}  // namespace

const Registry<MetricEntry>& metric_registry() {
  static const Registry<MetricEntry> registry = [] {
    Registry<MetricEntry> all("metric");
    add_text(all);
    add_molecule(all);
    add_retrieval(all);
    add_choice(all);
    add_property(all);
    add_sets(all);
    add_alignment(all);
    return all;
  }();
  return registry;
}

}  // namespace cupel::metrics
