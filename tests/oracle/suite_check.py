#!/usr/bin/env python3
"""Reads a suite that `cupel data synth FOLDER` wrote and checks what its texts say with RDKit alone: numbers, classes
(by RDKit's own fragment definitions), positions (by numbered parents written here), configurations, the atoms of
phrases. With --pieces also the size of the vocabulary that the texts need.

    python3 -m venv v && v/bin/pip install rdkit==2025.3.1 sentencepiece==0.2.1
    v/bin/python tests/oracle/suite_check.py FOLDER [--pieces]

Prints counts of what was checked; the exit status is 1 when a statement is false.
"""
import collections
import csv
import json
import pathlib
import re
import sys
import tempfile

from rdkit import Chem, RDLogger
from rdkit.Chem import Fragments, rdMolDescriptors

RDLogger.DisableLog("rdApp.*")
WORDS = dict(zip("no one two three four five six seven eight nine ten eleven twelve".split(), range(13)))
FALSE = []
CHECKED = collections.Counter()

# A benzene ring on a ring of six and of five; 9 and 10 are the atoms between the rings.
SIX, FIVE = "[c:9]2[c:8][c:7][c:6][c:5][c:10]12", "[c:9]2[c:7][c:6][c:5][c:4][c:10]12"
PARENTS = {
    "benzene": "[c:4]1[c:5][c:6][c:1][c:2][c:3]1",
    "pyridine": "[c:4]1[c:5][c:6][n:1][c:2][c:3]1",
    "pyrimidine": "[c:5]1[c:6][n:1][c:2][n:3][c:4]1",
    "pyrazine": "[c:5]1[c:6][n:1][c:2][c:3][n:4]1",
    "pyridazine": "[c:5]1[c:6][n:1][n:2][c:3][c:4]1",
    "naphthalene": "[c:4]1[c:3][c:2][c:1]" + SIX,
    "quinoline": "[c:4]1[c:3][c:2][n:1]" + SIX,
    "isoquinoline": "[c:4]1[c:3][n:2][c:1]" + SIX,
    "quinazoline": "[c:4]1[n:3][c:2][n:1]" + SIX,
    "quinoxaline": "[n:4]1[c:3][c:2][n:1]" + SIX,
    "phthalazine": "[c:4]1[n:3][n:2][c:1]" + SIX,
    "cinnoline": "[c:4]1[c:3][n:2][n:1]" + SIX,
    "chromen-4-one": "[c:4]1(=O)[c:3][c:2][o:1]" + SIX,
    "chromen-2-one": "[c:2]1(=O)[c:3][c:4][c:10]2[c:5][c:6][c:7][c:8][c:9]2[o:1]1",
    "quinolin-4-one": "[c:4]1(=O)[c:3][c:2][n:1]" + SIX,
    "1H-indole": "[c:3]1[c:2][n:1]" + FIVE,
    "1H-indazole": "[c:3]1[n:2][n:1]" + FIVE,
    "1H-benzimidazole": "[n:3]1[c:2][n:1]" + FIVE,
    "1-benzofuran": "[c:3]1[c:2][o:1]" + FIVE,
    "1-benzothiophene": "[c:3]1[c:2][s:1]" + FIVE,
    "1,3-benzoxazole": "[n:3]1[c:2][o:1]" + FIVE,
    "1,3-benzothiazole": "[n:3]1[c:2][s:1]" + FIVE,
    "furan": "[c:3]1[c:4][c:5][o:1][c:2]1",
    "thiophene": "[c:3]1[c:4][c:5][s:1][c:2]1",
    "1H-pyrrole": "[c:3]1[c:4][c:5][n:1][c:2]1",
    "1H-pyrazole": "[c:3]1[c:4][c:5][n:1][n:2]1",
    "1H-imidazole": "[n:3]1[c:4][c:5][n:1][c:2]1",
    "1,3-oxazole": "[n:3]1[c:4][c:5][o:1][c:2]1",
    "1,3-thiazole": "[n:3]1[c:4][c:5][s:1][c:2]1",
    "1,2-oxazole": "[c:3]1[c:4][c:5][o:1][n:2]1",
    "1,2-thiazole": "[c:3]1[c:4][c:5][s:1][n:2]1",
    "1H-1,2,4-triazole": "[c:3]1[n:4][c:5][n:1][n:2]1",
    "1,2,4-oxadiazole": "[c:3]1[n:4][c:5][o:1][n:2]1",
    "9H-purine": "[c:6]1[n:1][c:2][n:3][c:14]2[n:9][c:8][n:7][c:15]12",
    "acridine": "[c:9]1[c:11]2[c:1][c:2][c:3][c:4][c:12]2[n:10][c:13]2[c:5][c:6][c:7][c:8][c:14]12",
    "9H-carbazole": "[n:9]1[c:11]2[c:1][c:2][c:3][c:4][c:12]2[c:13]2[c:5][c:6][c:7][c:8][c:14]12",
    "imidazo[1,2-a]pyridine": "[c:3]1[c:2][n:1][c:10]2[c:8][c:7][c:6][c:5][n:4]12",
    "piperidine": "[C:4]1[C:5][C:6][N:1][C:2][C:3]1",
    "piperazine": "[N:4]1[C:5][C:6][N:1][C:2][C:3]1",
    "pyrrolidine": "[C:4]1[C:5][N:1][C:2][C:3]1",
    "morpholine": "[N:4]1[C:5][C:6][O:1][C:2][C:3]1",
    "hexanoic acid": "[C:6][C:5][C:4][C:3][C:2][C:1](=O)O",
    "butanoic acid": "[C:4][C:3][C:2][C:1](=O)O",
    "hexane": "[C:1][C:2][C:3][C:4][C:5][C:6]",
}
CORES = {  # with their configuration
    "androst-4-en-3-one": "C[C@]12CC[C@H]3[C@@H](CCC4=CC(=O)CC[C@@]43C)[C@@H]1CCC2",
    "estra-1,3,5(10)-triene": "C[C@]12CC[C@@H]3c4ccccc4CC[C@H]3[C@@H]1CCC2",
}
FRAGMENTS = {
    "carboxylic acid": Fragments.fr_COO2, "ketone": Fragments.fr_ketone, "aldehyde": Fragments.fr_aldehyde,
    "nitrile": Fragments.fr_nitrile, "C-nitro compound": Fragments.fr_nitro, "carboxylic ester": Fragments.fr_ester,
    "sulfonamide": Fragments.fr_sulfonamd, "sulfone": Fragments.fr_sulfone, "azo compound": Fragments.fr_azo,
    "urea derivative": Fragments.fr_urea, "member of pyridines": Fragments.fr_pyridine,
    "member of furans": Fragments.fr_furan, "member of thiophenes": Fragments.fr_thiophene,
    "member of imidazoles": Fragments.fr_imidazole, "member of piperidines": Fragments.fr_piperdine,
    "member of piperazines": Fragments.fr_piperzine, "member of morpholines": Fragments.fr_morpholine,
    "member of benzenes": Fragments.fr_benzene, "carboxamide": Fragments.fr_amide,
    "organochlorine compound": Fragments.fr_halogen, "organobromine compound": Fragments.fr_halogen,
    "aromatic ether": Fragments.fr_ether, "member of phenols": Fragments.fr_Ar_OH,
    "alcohol": Fragments.fr_Al_OH, "primary amino compound": Fragments.fr_NH2, "secondary amino compound": Fragments.fr_NH1,
    "tertiary amino compound": Fragments.fr_NH0,
}
ELEMENTS = {"carbon": 6, "nitrogen": 7, "oxygen": 8, "sulfur": 16, "fluorine": 9, "chlorine": 17, "bromine": 35}


def number(word):
    return WORDS.get(word, None) if not word.isdigit() else int(word)


def expect(what, good, *where):
    CHECKED[what] += 1
    if not good:
        FALSE.append((what, *where))


def check_numbers(molecule, text, where):
    elements = [atom.GetAtomicNum() for atom in molecule.GetAtoms()]
    aromatic = rdMolDescriptors.CalcNumAromaticRings(molecule)
    rings = len(Chem.GetSSSR(molecule))
    for count, name in re.findall(r"(\w+) (\w+) atoms?\b", text):
        if name == "heavy":
            expect("heavy atoms", number(count) == len(elements), where)
        else:
            expect("elements", number(count) == elements.count(ELEMENTS[name]), where, name)
    for count, rest in re.findall(r"It (?:contains|has) (\w+) rings?(, [^.]+)?\.", text):
        expect("rings", number(count) == rings, where)
        if found := re.match(r", (\w+) of which", rest):
            stated = {"both": rings, "all": rings, "none": 0}.get(found[1], number(found[1]))
            expect("aromatic rings", stated == aromatic, where)
        elif rest:
            expect("aromatic rings", ("not" in rest) == (aromatic == 0), where)
    if "acyclic" in text:
        expect("rings", rings == 0, where)
    for charge in re.findall(r"(?:net charge of|Its charge is) ([+-]\d+)", text):
        expect("charge", int(charge) == Chem.GetFormalCharge(molecule), where)
    for count in re.findall(r"(\w+) defined stereocentre", text):
        expect("stereocentres", number(count) == len(Chem.FindMolChiralCenters(molecule)), where)


def check_phrases(molecule, text, phrases, where):
    spans = [(p["begin"], p["end"]) for p in phrases]
    centres = dict(Chem.FindMolChiralCenters(molecule))
    bonds = {frozenset((b.GetBeginAtomIdx(), b.GetEndAtomIdx())): str(b.GetStereo())[-1] for b in molecule.GetBonds()}
    parent, locants = None, []
    for phrase in phrases:
        words, atoms = text[phrase["begin"]:phrase["end"]], phrase["atoms"]
        nested = any(b <= phrase["begin"] and phrase["end"] <= e and (b, e) != (phrase["begin"], phrase["end"])
                     for b, e in spans)
        if words in FRAGMENTS:
            expect("classes", FRAGMENTS[words](molecule) > 0, where, words)
        elif words in ("R", "S"):
            expect("R and S", centres.get(atoms[0]) == words, where)
        elif words in ("E", "Z"):
            expect("E and Z", bonds.get(frozenset(atoms)) == words, where)
        elif re.fullmatch(r"\d+'?", words) and not nested:
            locants.append((int(words), atoms[0]) if words.isdigit() else (0, -1))
        elif words in PARENTS or words in CORES:
            parent = (words, set(atoms))
    if parent and parent[0] in PARENTS:
        query = Chem.MolFromSmarts(PARENTS[parent[0]])
        numbers = [atom.GetAtomMapNum() for atom in query.GetAtoms()]
        matches = [dict(zip(numbers, match)) for match in molecule.GetSubstructMatches(query, uniquify=False)
                   if set(m for n, m in zip(numbers, match) if n) <= parent[1]]
        expect("parents", bool(matches), where, parent[0])
        if locants:
            expect("positions", any(all(m.get(n) == a for n, a in locants) for m in matches), where, parent[0])
    elif parent:
        core = Chem.MolFromSmiles(CORES[parent[0]])
        expect("steroids", molecule.HasSubstructMatch(core, useChirality=True), where, parent[0])


def rows_of(folder):
    for name in ("mini-chebi-20", "mini-pcdes"):
        aligned = {row["id"]: row["phrases"] for row in map(json.loads, open(folder / name / "alignment.jsonl"))}
        for split in ("train", "validation", "test"):
            for line in (folder / name / f"{split}.txt").read_text().splitlines()[1:]:
                key, smiles, text = line.split("\t")
                yield f"{name}/{split}", smiles.replace("\\\\", "\\"), text, aligned[key]
    name = "mini-pubchemstm-distill"
    aligned = {row["id"]: row["phrases"] for row in map(json.loads, open(folder / name / "alignment.jsonl"))}
    texts = json.load(open(folder / name / "CID2text.json"))
    for row in csv.DictReader(open(folder / name / "CID2SMILES.csv")):
        for k, text in enumerate(texts[row["CID"]]):
            yield name, row["SMILES"], text, aligned[row["CID"] + (f"#{k}" if k else "")]


def report(rows):
    for group in ("mini-chebi-20", "mini-pcdes", "mini-pubchemstm"):
        texts = [text for where, _, text, _ in rows if where.startswith(group)]
        print(f"{group}: {len(texts)} texts, {len(set(texts)) / len(texts):.4f} distinct, "
              f"{sum(map(len, texts)) / len(texts):.0f} bytes (at most {max(map(len, texts))})")
    smiles = [row[1] for row in rows]
    print(f"SMILES: {min(map(len, smiles))} to {max(map(len, smiles))} bytes, mean {sum(map(len, smiles)) / len(smiles):.1f}; "
          f"with @ {sum('@' in s for s in smiles) / len(smiles):.3f}, with a backslash "
          f"{sum(chr(92) in s for s in smiles) / len(smiles):.3f}, with a dot {sum('.' in s for s in smiles) / len(smiles):.3f}")


def pieces(rows):
    import sentencepiece
    for wanted in (600, 750, 900):
        with tempfile.TemporaryDirectory() as folder:
            corpus = pathlib.Path(folder) / "corpus"
            corpus.write_text("\n".join(line for _, smiles, text, _ in rows for line in (smiles, text)))
            sentencepiece.SentencePieceTrainer.train(
                input=str(corpus), model_prefix=folder + "/m", vocab_size=wanted, model_type="unigram",
                character_coverage=1.0, normalization_rule_name="identity", minloglevel=2)
            model = sentencepiece.SentencePieceProcessor(model_file=folder + "/m.model")
        for what, column in (("SMILES", 1), ("text", 2)):
            encoded = [model.encode(row[column]) for row in rows]
            unknown = sum(piece == model.unk_id() for row in encoded for piece in row)
            lengths = sorted(len(row) + 1 for row in encoded)
            print(f"{wanted} pieces, {what}: {unknown} unknown, median {lengths[len(lengths) // 2]}, "
                  f"longest {lengths[-1]}, over 128: {sum(length > 128 for length in lengths)}")


def main():
    rows = list(rows_of(pathlib.Path(sys.argv[1])))
    for where, smiles, text, phrases in rows:
        molecule = Chem.MolFromSmiles(smiles)
        check_numbers(molecule, text, (where, smiles, text))
        check_phrases(molecule, text, phrases, (where, smiles, text))
    report(rows)
    print(dict(CHECKED))
    for row in FALSE[:12]:
        print("FALSE", *row, sep="\n  ")
    if "--pieces" in sys.argv:
        pieces(rows)
    sys.exit(1 if FALSE else 0)


main()
