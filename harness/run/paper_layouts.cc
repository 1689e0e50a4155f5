#include "harness/run/paper_layouts.h"

#include <array>

namespace cupel {
namespace {

constexpr std::string_view kToMolecule = "text-to-molecule-retrieval";
constexpr std::string_view kToText = "molecule-to-text-retrieval";

constexpr std::array<LayoutColumn, 8> kRetrieval = {{
    {"text to molecule", "R@1", kToMolecule, "recall@1"},
    {"text to molecule", "R@5", kToMolecule, "recall@5"},
    {"text to molecule", "R@10", kToMolecule, "recall@10"},
    {"text to molecule", "MRR", kToMolecule, "mrr"},
    {"molecule to text", "R@1", kToText, "recall@1"},
    {"molecule to text", "R@5", kToText, "recall@5"},
    {"molecule to text", "R@10", kToText, "recall@10"},
    {"molecule to text", "MRR", kToText, "mrr"},
}};

constexpr std::array<LayoutColumn, 6> kCaptioning = {{
    {"", "BLEU-2", "captioning", "bleu-2"},
    {"", "BLEU-4", "captioning", "bleu-4"},
    {"", "ROUGE-1", "captioning", "rouge-1"},
    {"", "ROUGE-2", "captioning", "rouge-2"},
    {"", "ROUGE-L", "captioning", "rouge-l"},
    {"", "METEOR", "captioning", "meteor"},
}};

constexpr std::array<LayoutColumn, 7> kGeneration = {{
    {"", "BLEU", "generation", "bleu"},
    {"", "Exact", "generation", "exact"},
    {"", "Levenshtein", "generation", "levenshtein"},
    {"", "MACCS FTS", "generation", "maccs"},
    {"", "RDK FTS", "generation", "rdk"},
    {"", "Morgan FTS", "generation", "morgan"},
    {"", "Validity", "generation", "validity"},
}};

constexpr std::array<LayoutColumn, 8> kProperties = {{
    {"", "BBBP", "property-bbbp", "roc-auc"},
    {"", "Tox21", "property-tox21", "roc-auc"},
    {"", "ToxCast", "property-toxcast", "roc-auc"},
    {"", "SIDER", "property-sider", "roc-auc"},
    {"", "ClinTox", "property-clintox", "roc-auc"},
    {"", "MUV", "property-muv", "roc-auc"},
    {"", "HIV", "property-hiv", "roc-auc"},
    {"", "BACE", "property-bace", "roc-auc"},
}};

constexpr std::array<PaperLayout, 4> kLayouts = {{
    {"retrieval", "Molecule and text retrieval, in percent", kRetrieval, 100.0, 2, false},
    {"captioning", "Molecule captioning", kCaptioning, 1.0, 3, false},
    {"generation", "Text-based molecule generation", kGeneration, 1.0, 3, false},
    {"property", "Property prediction, ROC-AUC in percent", kProperties, 100.0, 2, true},
}};

}  // namespace

std::span<const PaperLayout> paper_layouts() { return kLayouts; }

std::string data_of(const PaperLayout& layout, const std::string& dataset) {
  if (!layout.average) return dataset;
  return dataset.starts_with("mini-") ? "the bundled suite" : "MoleculeNet";
}

}  // namespace cupel
