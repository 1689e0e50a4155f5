#!/usr/bin/env python3
"""Writes results/published/<paper>.csv and papers.csv from one long list of published cells.

    published_values.py LIST.csv FOLDER

LIST.csv has the columns source_paper, arxiv_id, table, task, dataset, split, model, metric, value,
std, note; a note begins with "unit=…;". The papers' names become Cupel's ids here (tasks, data sets,
metrics, models); values and standard deviations are copied as they are printed. What the list
does not hold is added at the end: Atomas's own cells, whose values are unknown, and three rows of
MolT5's tables. reasons.csv is written by hand.
"""

import csv
import pathlib
import re
import sys

COLUMNS = ["table", "task", "dataset", "split", "model", "run_model", "protocol", "metric", "value",
           "std", "unit", "source", "confidence", "note"]

PAPERS = {  # name in the list -> (id, arXiv)
    "Atomas": ("atomas", "2404.16880"),
    "BioT5": ("biot5", "2310.07276"),
    "FineMolTex": ("finemoltex", "2409.14106"),
    "InstructMol": ("instructmol", "2311.16208"),
    "MolCA": ("molca", "2310.12798"),
    "MoleculeSTM": ("moleculestm", "2212.10789"),
    "MolFM": ("molfm", "2307.09484"),
    "MolReFlect": ("molreflect", "2411.14721"),
    "MolReGPT": ("molregpt", "2306.06615"),
    "MolT5": ("molt5", "2204.11817"),
    "MoMu": ("momu", "2209.05481"),
    "ORMA": ("orma", "2411.11875"),
    "Text+Chem T5": ("text-chem-t5", "2301.12586"),
    "TRIDENT": ("trident", "2506.21028"),
}

MOLECULE_NET = {"BBBP", "Tox21", "ToxCast", "SIDER", "ClinTox", "MUV", "HIV", "BACE"}

DATASETS = {
    "ChEBI-20": "chebi-20",
    "PCdes": "pcdes",
    "PCdes (implied)": "pcdes",
    "MoleculeNet-8 average": "moleculenet-8-average",
    "DrugBank (subset not named on the slide; a third-party digest names Pharmacodynamics as the "
    "main-text set)": "DrugBank",
    "DrugBank Description (full index, not removed_from_PubChem)": "DrugBank Description",
    "MoMu phy_data (not PCdes)": "MoMu phy_data",
    "ChEBI-20, input SMILES original": "chebi-20-smiles-original",
    "ChEBI-20, input SMILES canonical": "chebi-20-smiles-canonical",
    "ChEBI-20, input SMILES explicit hydrogens": "chebi-20-smiles-hydrogens",
    "ChEBI-20, input SMILES kekulised": "chebi-20-smiles-kekulised",
    "ChEBI-20, input SMILES ring-number changes": "chebi-20-smiles-rings",
}

METRICS = {
    "Exact": "exact", "Hits@1": "recall@1",
    "MACCS-FTS": "maccs", "RDK-FTS": "rdk", "Morgan-FTS": "morgan",
    "in-batch accuracy direction 1": "in-batch-accuracy-1",
    "in-batch accuracy direction 2": "in-batch-accuracy-2",
    "Rec@20 direction 1": "recall@20-direction-1",
    "Rec@20 direction 2": "recall@20-direction-2",
    "relative gain in recall@1, average": "recall@1-gain",
    "largest relative gain in hit ratio": "hit-ratio-gain",
}

# The id that a run of this model has in a store; empty where the source does not say which
# checkpoint, size or baseline the row is.
RUN_MODELS = {
    "T5-base": "t5-v1_1-base", "T5-large": "t5-v1_1-large", "T5-small": "t5-v1_1-small",
    "MolReGPT (GPT-4-0314)": "molregpt-gpt-4-0314-10-shot",
    "GPT-3.5-turbo (10-shot MolReGPT)": "molregpt-gpt-3.5-turbo-10-shot",
    "GPT-4-0314 (10-shot MolReGPT)": "molregpt-gpt-4-0314-10-shot",
    "MolFM (full)": "molfm", "MolT5": "", "MolCA": "", "MoMu": "",
    "MolCA Galactica-1.3B (later version)": "molca-galactica-1.3b-later",
    "MoleculeSTM-Graph (demo)": "moleculestm-graph-demo",
    "MoleculeSTM-SMILES (demo)": "moleculestm-smiles-demo",
    "Atomas over an unnamed baseline": "", "FineMolTex over an unnamed baseline": "",
}

MODELS = {  # shorter names; what is dropped stands in the note
    "MolT5-large-HV (highest valid beam)": ("MolT5-large-HV", "the highest valid beam"),
    "MoleculeSTM-Graph demo checkpoint": ("MoleculeSTM-Graph (demo)", ""),
    "MoleculeSTM-SMILES demo checkpoint": ("MoleculeSTM-SMILES (demo)", ""),
    "Atomas versus the baseline (which one is not stated in the abstract)":
        ("Atomas over an unnamed baseline", ""),
    "FineMolTex versus a baseline (which one is not stated in the abstract)":
        ("FineMolTex over an unnamed baseline", ""),
}


def run_model(model):
    if model in RUN_MODELS:
        return RUN_MODELS[model]
    name = model.lower().replace(" w/o ", " without ")
    return re.sub(r"[^a-z0-9._+-]+", "-", name).strip("-")


def task_of(row):
    task, dataset, metric = row["task"], row["dataset"], row["metric"]
    if task == "property_prediction":
        if dataset in MOLECULE_NET:
            return "property-" + dataset.lower()
        return "property-average" if dataset.startswith("MoleculeNet") else "property-prediction"
    if task == "captioning_robustness":
        return "captioning"
    if task == "retrieval":
        words = f"{metric} {row['split']}"
        if "given graph" in words or "molecule->text" in words:
            return "molecule-to-text-retrieval"
        if "given text" in words or "text->molecule" in words:
            return "text-to-molecule-retrieval"
    return task


def metric_of(metric):
    if metric.startswith("mean R@"):
        return "mean-recall@1-5-10"
    if found := re.match(r"accuracy T=(\d+)", metric):
        return "accuracy@" + found[1]
    return METRICS.get(metric, metric.lower())


def dataset_of(row):
    if row["source_paper"] == "ORMA":
        return "chebi-20-all-candidates"
    name = row["dataset"]
    return name.lower() if name in MOLECULE_NET else DATASETS.get(name, name)


def split_of(row):
    property_task = row["task"] == "property_prediction"
    return "not-stated" if property_task and row["source_paper"] in ("BioT5", "MolReFlect") else "test"


def protocol_of(row):
    """The evaluation code whose numbers these are; empty where nobody says."""
    if row["dataset"] != "ChEBI-20":
        return ""
    if row["source_paper"] == "MolT5":
        return "molt5"
    model = row["model"]
    if row["source_paper"] in ("MolReGPT", "MolReFlect", "InstructMol"):
        if re.match(r"(MolT5|T5)-(small|base|large)$|Transformer$", model):
            return "molt5"   # quoted: the digits are those of MolT5's tables
        if "GPT-" in model:
            return "molregpt"
    return ""


def table_of(row):
    """Names one printed table, so that (table, model) is one printed row."""
    table = row["table"]
    table = {"quoted by an ICLR 2025 reviewer of Atomas": "reviewer's quotation"}.get(table, table)
    if table == "leaderboard":
        return f"leaderboard, {row['dataset']} {row['task']}"
    if table == "benchmark index" and row["task"] != "property_prediction":
        return f"benchmark index, {row['task']}"
    return table


CONVERSION = "read in a public Markdown conversion of the paper"


def source_of(row):
    paper, table = row["source_paper"], row["table"]
    arxiv = "arXiv " + row["arxiv_id"]
    if paper in ("TRIDENT", "InstructMol"):
        return f"{paper}, {arxiv}, {table}; {CONVERSION}"
    if paper == "FineMolTex" and table == "abstract":
        return f"FineMolTex, {arxiv}, abstract"
    if paper == "FineMolTex":
        return f"the authors' slides on FineMolTex ({arxiv})"
    if paper == "MolReGPT":
        return "README of github.com/phenixace/MolReGPT"
    if paper == "MolReFlect":
        return (f"MolReFlect, {arxiv}, {table}; read on the paper's page of "
                "github.com/deep-diver/ai-paper-reviewer")
    if paper == "ORMA":
        return f"ORMA, {arxiv}v1, abstract"
    if paper == "Atomas":
        return f"Atomas, {arxiv}v1, abstract"
    if paper == "MoMu":
        return "READMEs of github.com/BingSu12/MoMu and github.com/yangzhao1230/GraphTextRetrieval"
    if paper == "MoleculeSTM":
        return "output stored in github.com/chao1224/MoleculeSTM, demos/*.ipynb"
    where = (row["task"], row["dataset"]) if paper == "MolT5" else ("", "")
    return SITES[paper, table, *where]


SITES = {
    ("MolT5", "leaderboard", "captioning", "ChEBI-20"):
        "leaderboards of arXiv 2204.11817 on paperswithcode.com and beta.hyper.ai",
    ("MolT5", "leaderboard", "captioning", "L+M-24"):
        "leaderboard of arXiv 2204.11817 on beta.hyper.ai",
    ("MolT5", "leaderboard", "generation", "ChEBI-20"):
        "leaderboard of arXiv 2204.11817 on paperswithcode.com",
    ("MolT5", "benchmark index", "generation", "ChEBI-20"):
        "wizwand.com, page of MolT5 (arXiv 2204.11817)",
    ("MolCA", "leaderboard (Table 2b)", "", ""):
        "leaderboards of arXiv 2310.12798 on paperswithcode.com and beta.hyper.ai",
    ("MolCA", "quoted by an ICLR 2025 reviewer of Atomas", "", ""):
        "a review of Atomas at ICLR 2025, read on paperhub.cn",
    ("Text+Chem T5", "leaderboard", "", ""): "leaderboard of arXiv 2301.12586 on paperswithcode.com",
    ("MolFM", "leaderboard", "", ""): "leaderboard of arXiv 2307.09484 on paperswithcode.com",
    ("MolFM", "Table 1 / section 5.1 ablation", "", ""):
        "MolFM, arXiv 2307.09484, Table 1 and section 5.1; read in public notes on the paper",
    ("MolFM", "MoleculeNet average", "", ""): "MolFM, arXiv 2307.09484; read in public notes on the paper",
    ("BioT5", "benchmark index", "", ""): "wizwand.com, page of BioT5 (arXiv 2310.07276)",
}


def confidence_of(row):
    if row["source_paper"] == "FineMolTex" and row["table"] == "slide table, retrieval":
        return "medium"   # the digits are clear, the data set is not
    return "medium" if "conf=medium" in row["note"] else "high"


def notes_of(row):
    paper, table, model = row["source_paper"], row["table"], row["model"]
    old, notes = row["note"], []
    if paper == "TRIDENT":
        notes.append("scaffold split, mean and deviation over 3 seeds")
        if table != "Table 1":
            notes.append("measured by TRIDENT's authors")
        elif model == "Atomas":
            notes.append("TRIDENT quotes reported baselines, so this is Atomas's own row; model size not stated")
        elif not model.startswith("TRIDENT"):
            notes.append("baseline, quoted as its authors reported it")
    if "FineMolTex slides print" in old:
        notes.append("two other sources print BACE 78.5, with which the average is 68.2")
    if "MolFM paper prints" in old:
        notes.append("MolFM's own paper prints 74.62")
    if "AMES cells are identical" in old:
        notes.append("the AMES cells of MolT5 and MolXPT are identical in the source; one may be a typing error")
    if paper == "FineMolTex" and table == "slide table, retrieval":
        notes.append("zero-shot; the slide does not name the DrugBank subset, probably Pharmacodynamics")
    if paper == "FineMolTex" and table == "slide table, MoleculeNet":
        notes.append("scaffold split, as in the released code")
    if "so the Tox21 cell is probably" in old:
        notes.append("the BBBP and Tox21 cells are identical; 75.3 for Tox21 would give the printed average 71.3")
    if "tokenises with a T5 tokenizer" in old:
        notes.append("the authors' script counts T5 pieces: not on MolT5's BLEU scale")
    if "0.623 is probably" in old:
        notes.append("the released outputs give 0.6130 and all other ROUGE cells; probably a typing error")
    if paper == "MolT5" and "CONFLICT" in old:
        notes.append("MolReGPT and MolReFlect print 31.1 for this cell")
    if "validity cell cut off" in old:
        notes.append("the page is cut before validity")
    if paper == "MolT5" and table == "benchmark index":
        notes.append("agrees with MolReGPT and MolReFlect")
    if paper == "MolCA" and "reviewer" in table:
        notes.append("equals the MolCA row of MolReFlect; the leaderboards have an earlier row")
    if paper == "Text+Chem T5" and row["value"] in ("58", "49"):
        notes.append("the page drops trailing zeros")
    if paper == "Text+Chem T5" and model == "Text+Chem T5-base":
        notes.append("the page is cut before ROUGE-L")
    if paper == "MolFM" and row["task"] == "generation":
        notes.append("the page is cut after MACCS")
    if paper == "MolFM" and row["task"] == "retrieval":
        notes.append("zero-shot, whole descriptions; the mean of recall at 1, 5 and 10")
    if row["split"] == "scaffold test" and paper in ("MolFM", "InstructMol"):
        notes.append("scaffold split")
    if paper == "MolReFlect" and row["task"] == "property_prediction":
        notes.append("split not stated")
    if paper == "BioT5" and row["task"] == "property_prediction":
        notes.append("split not stated")
    if row["task"] == "captioning_robustness":
        notes.append("SMILES of the test set rewritten before they are captioned")
    if "other tables print KV-PLM HIV" in old:
        notes.append("other tables print 65.4 for KV-PLM")
    if "print ROUGE-L 0.578" in old:
        notes.append("MolT5's leaderboard and MolReGPT print 0.578 for this row")
    if paper == "ORMA":
        notes.append("all molecules of ChEBI-20 are candidates")
    if paper == "MoMu":
        notes.append("a log, not a table; zero-shot, whole descriptions"
                     + (", batches of 64" if "batches" in row["split"] else ""))
    if paper == "MoleculeSTM":
        notes.append("a log of the demo checkpoint, which is not the table's; zero-shot")
    if table in ("abstract", "abstract of v1") and paper != "ORMA":
        notes.append("a claim, not a cell of a table")
    if model in MODELS and MODELS[model][1]:
        notes.append(MODELS[model][1])
    return "; ".join(notes)


def cell_of(row):
    unit = re.match(r"unit=([^;]+)", row["note"])[1]
    model = MODELS.get(row["model"], (row["model"],))[0]
    return {
        "table": table_of(row), "task": task_of(row), "dataset": dataset_of(row),
        "split": split_of(row), "model": model, "run_model": run_model(model),
        "protocol": protocol_of(row), "metric": metric_of(row["metric"]), "value": row["value"],
        "std": row["std"],
        "unit": {"FCD": "distance", "percent relative": "percent-relative"}.get(unit, unit),
        "source": source_of(row), "confidence": confidence_of(row), "note": notes_of(row),
    }


TEXT = ["bleu-2", "bleu-4", "rouge-1", "rouge-2", "rouge-l", "meteor"]
MOLECULE = ["bleu", "exact", "levenshtein", "maccs", "rdk", "morgan", "validity"]
RECALL = ["recall@1", "recall@5", "recall@10", "mrr"]


def atomas_unknown():
    tables = [("captioning", "chebi-20", TEXT), ("generation", "chebi-20", MOLECULE),
              ("text-to-molecule-retrieval", "pcdes", RECALL),
              ("molecule-to-text-retrieval", "pcdes", RECALL)]
    for task, dataset, metrics in tables:
        for metric in metrics:
            yield {"table": "not read", "task": task, "dataset": dataset, "split": "test",
                   "model": "Atomas", "run_model": "atomas", "protocol": "atomas", "metric": metric,
                   "value": "", "std": "", "unit": "",
                   "source": "Atomas, ICLR 2025, arXiv 2404.16880; could not be read",
                   "confidence": "low", "note": ""}


def atomas_quoted(trident):
    """Atomas's own eight MoleculeNet cells, which only TRIDENT's table could be read for."""
    for cell in trident:
        if cell["model"] == "Atomas" and cell["dataset"] in ATOMAS_SETS and cell["table"] == "Table 1":
            yield cell | {"table": "MoleculeNet, quoted by TRIDENT", "confidence": "medium",
                          "note": "scaffold split, mean and deviation over 3 seeds; model size not stated"}


ATOMAS_SETS = ["bbbp", "tox21", "toxcast", "sider", "clintox", "muv", "hiv", "bace"]

REMEMBERED = {
    ("captioning", "T5-small"): "0.501 0.415 0.602 0.446 0.545 0.532",
    ("generation", "T5-small"): "0.741 0.064 27.70 0.704 0.578 0.525 0.608",
    ("generation", "MolT5-small"): "0.755 0.079 25.99 0.703 0.568 0.517 0.721",
}


def remembered():
    for (task, model), values in REMEMBERED.items():
        metrics = TEXT if task == "captioning" else MOLECULE
        for metric, value in zip(metrics, values.split(), strict=True):
            yield {"table": f"paper, ChEBI-20 {task}", "task": task, "dataset": "chebi-20",
                   "split": "test", "model": model, "run_model": run_model(model),
                   "protocol": "molt5", "metric": metric, "value": value, "std": "",
                   "unit": "edits" if metric == "levenshtein" else "fraction",
                   "source": "MolT5, EMNLP 2022, arXiv 2204.11817", "confidence": "low",
                   "note": "quoted from memory of the paper, not re-checked"}


def main():
    listed, folder = sys.argv[1], pathlib.Path(sys.argv[2])
    folder.mkdir(parents=True, exist_ok=True)
    papers = {name: [] for name in PAPERS}
    with open(listed, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            assert row["arxiv_id"] == PAPERS[row["source_paper"]][1], row
            papers[row["source_paper"]].append(cell_of(row))
    papers["Atomas"].extend(atomas_quoted(papers["TRIDENT"]))
    papers["Atomas"].extend(atomas_unknown())
    papers["MolT5"].extend(remembered())
    for name, cells in papers.items():
        with open(folder / (PAPERS[name][0] + ".csv"), "w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
            writer.writeheader()
            writer.writerows(cells)
    with open(folder / "papers.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["paper", "name", "arxiv"])
        writer.writerows([paper, name, arxiv] for name, (paper, arxiv) in PAPERS.items())


if __name__ == "__main__":
    main()
