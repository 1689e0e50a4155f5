#!/usr/bin/env python3
"""Makes tests/data/chem_golden.json: what RDKit's Python calls say about odd molecules.

    python3 -m venv v && v/bin/pip install rdkit==2025.3.1
    v/bin/python tests/oracle/chem_golden.py > tests/data/chem_golden.json

A fingerprint of bits is written as FPS text: two hexadecimal digits a byte, lowest bits first.
"""
import json
import sys
import warnings

from rdkit import Chem, RDLogger, rdBase
from rdkit.Chem import AllChem, MACCSkeys, rdinchi
from rdkit.Chem.Scaffolds import MurckoScaffold
from rdkit.DataStructs import BitVectToFPSText, TanimotoSimilarity

assert rdBase.rdkitVersion == "2025.03.1", rdBase.rdkitVersion
RDLogger.DisableLog("rdApp.*")
warnings.simplefilter("ignore")

MOLECULES = [
    "", " ", "C", "CCO", "c1ccccc1", "Oc1ncccc1", "O=c1cccc[nH]1", "C1CC1", "CC", "C=C", "C#N", "[H][H]", "[H]C([H])[H]",
    # stereo
    "C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O", "F/C=C/F", "F/C=C\\F", "F/C=C\\\\F", "C[S@](=O)c1ccccc1",
    "C[C@]12CCC(=O)C=C1CC[C@@H]1[C@@H]2CC[C@]2(C)[C@@H](O)CC[C@@H]12", "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O",
    "Cl[Pt@SP1](Cl)(N)N", "CC=[C@]=CC", "C/C=N/O", "N[C@@H](C)C(=O)N1CCC[C@H]1C(=O)O",
    # salts, charges, isotopes, radicals, explicit hydrogens
    "[Na+].[Cl-]", "CC(=O)[O-].[K+]", "C[N+](C)(C)C", "[13CH4]", "[2H]C([2H])([2H])O", "[CH3]", "C[O]", "[H]OC", "[H]c1ccccc1",
    "[NH4+].[O-]S(=O)(=O)[O-].[NH4+]", "N(=O)(=O)C", "CN=[N+]=[N-]", "[O-][n+]1ccccc1", "O=P(O)(O)O", "FS(F)(F)(F)(F)F",
    # metals, dummies, odd bonds
    "[Fe+2].[CH-]1C=CC=C1.[CH-]1C=CC=C1", "C[Mg]Br", "[U]", "*C", "*C*", "c1cc(*)ccc1", "C~C", "CC~CCCO", "[NH3]->[Cu+2]", "C:C",
    "[R1]C", "[#6]C", "C$C", "[Hg+]C", "[Zn+2].[O-]C(=O)CC(O)(CC(=O)[O-])C([O-])=O", "[SiH3]C", "B(O)O", "[se]1cccc1", "o1cccc1", "[nH]1cccc1",
    # rings
    "C1CCCCCCCCCCCCCCCC1", "C12C3C4C1C5C2C3C45", "c1ccc2ccccc2c1", "C1CC2CCC1C2", "C1CCC2(CC1)CCCC2", "O=C1NC(=O)c2ccccc21",
    "c1ccc(cc1)-c1ccc(cc1)CCc1ccncc1", "CC(C)CCCC", "CCCCCCCCCCCCCCCC1CCCCC1CCCCO", "C1CC1.C1CCC1",
    "OC1=CC=CC=C1C(=O)NCCSc1nc2ccccc2s1", "c1ccc2c(c1)c1ccccc1c1ccccc21", "C%10CC%10", "C1=CC2=CC=C3C=CC4=CC=C5C=CC6=CC=C1C7=C2C3=C4C5=C67",
    "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "CC(=O)Oc1ccccc1C(=O)O", "CC1(C)S[C@@H]2[C@H](NC(=O)Cc3ccccc3)C(=O)N2[C@H]1C(=O)O",
    # CXSMILES, names, white space, bytes that end the input
    "CCO |$a;b;c$|", "C[C@H](O)F |&1:1|", "CCO |oops|", "CCO ethanol", " CCO", "CCO ", "C C", " C C", "CC\tname", "C\nC", "C\u2047C", "C \u2047 C",
    "CCO |(0,0,;1,0,;2,0,)|", "C1CC1 |$_R1;;$|", "*CC |$Q_e;;$|",
    # no molecules
    "C(", "C)", "C1CC", "CX", "[C", "C]", "c1cccc1", "C(C)(C)(C)(C)C", "F(C)C", "[Na]C(=O)(C)C", "c1ccc[nH]c1", "N(C)(C)(C)C", "CO(C)C",
    "OP(=O)(=S)(O)(O)O", "C11", "C==C", "[999C]", "[C+99]", "C/C=C/", "%", "()", "C()C", "C..C", ".C", "C.", "not a molecule", "InChI=1S/CH4/h1H4",
]


def describe(smiles):
    entry = {"smiles": smiles}
    mol = Chem.MolFromSmiles(smiles)
    entry["valid"] = mol is not None
    if mol is None:
        raw = Chem.MolFromSmiles(smiles, sanitize=False)
        entry["sanitization"] = raw is not None
        return entry
    entry["atoms"] = mol.GetNumAtoms()
    entry["canonical"] = Chem.MolToSmiles(mol)
    entry["canonical_flat"] = Chem.MolToSmiles(mol, isomericSmiles=False)
    entry["inchi"] = Chem.MolToInchi(mol)
    entry["inchi_key"] = Chem.InchiToInchiKey(entry["inchi"]) if entry["inchi"] else ""
    entry["maccs"] = BitVectToFPSText(MACCSkeys.GenMACCSKeys(mol))
    entry["rdk"] = BitVectToFPSText(Chem.RDKFingerprint(mol))
    for name, radius, chirality in (("morgan", 2, False), ("morgan_chiral", 2, True), ("morgan_3", 3, False)):
        counts = AllChem.GetMorganFingerprint(mol, radius, useChirality=chirality).GetNonzeroElements()
        entry[name] = [list(pair) for pair in sorted(counts.items())]
    entry["morgan_bits"] = BitVectToFPSText(AllChem.GetMorganFingerprintAsBitVect(mol, 2, nBits=512))
    entry["scaffold"] = MurckoScaffold.MurckoScaffoldSmiles(mol=mol, includeChirality=True)
    entry["scaffold_flat"] = MurckoScaffold.MurckoScaffoldSmiles(mol=mol, includeChirality=False)
    return entry


def similarities(entries):
    """Every valid molecule against the one three places further on."""
    mols = [Chem.MolFromSmiles(e["smiles"]) for e in entries if e["valid"]]
    for a, b in zip(mols, mols[3:] + mols[:3]):
        yield {
            "maccs": TanimotoSimilarity(MACCSkeys.GenMACCSKeys(a), MACCSkeys.GenMACCSKeys(b)),
            "rdk": TanimotoSimilarity(Chem.RDKFingerprint(a), Chem.RDKFingerprint(b)),
            "morgan": TanimotoSimilarity(AllChem.GetMorganFingerprint(a, 2), AllChem.GetMorganFingerprint(b, 2)),
        }


def main():
    _, _, _, log, _ = rdinchi.MolToInchi(Chem.MolFromSmiles("C"), "-?")
    entries = [describe(smiles) for smiles in MOLECULES]
    lines = [json.dumps(entry) for entry in entries]
    pairs = [json.dumps(pair) for pair in similarities(entries)]
    sys.stdout.write('{"rdkit": "%s", "inchi": "%s",\n"molecules": [\n' % (
        rdBase.rdkitVersion, log.split("Software ")[1].split(" ")[0]))
    sys.stdout.write(",\n".join(lines) + '\n],\n"shifted_by_three": [\n' + ",\n".join(pairs) + "\n]}\n")
    print("rdkit %s, %d molecules" % (rdBase.rdkitVersion, len(entries)), file=sys.stderr)


main()
