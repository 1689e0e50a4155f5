"""Golden values of harness/chem/facts.h: writes tests/data/facts_golden.json. RDKit 2025.3.1 (PyPI: rdkit==2025.3.1)."""
import json
import pathlib

from rdkit import Chem, rdBase
from rdkit.Chem import rdMolDescriptors

SMILES = [
    "C", "c1ccccc1", "C1CCC2CCCCC2C1", "c1ccc2[nH]ccc2c1", "C[C@H](N)C(=O)O", "C[C@@H](O)[C@H](C)O",
    "C/C=C/C(=O)O", r"C/C=C\C", "F/C(Cl)=C(Br)/I", "[Na+].[O-]C(=O)c1ccccc1", "C[N+](C)(C)CC(=O)[O-]",
    "C12CC3CC(CC(C1)C3)C2", "C[C@]12CC[C@H]3[C@@H](CCC4=CC(=O)CC[C@]34C)[C@@H]1CC[C@@H]2O",
    "OC[C@H]1OC(O)[C@H](O)[C@@H](O)[C@@H]1O", "c1ccc(/N=N/c2ccccc2)cc1", "O=S(=O)(c1ccccc1)N1CCOCC1", "C/C=N/O",
    "[Cl-].[Cl-].[NH3+]CC[NH3+]", "C1CC1.O", "c1ccc2c(c1)Cc1ccccc1-2",
]


def facts(smiles):
    molecule = Chem.MolFromSmiles(smiles)
    stereo = {Chem.BondStereo.STEREOE: "E", Chem.BondStereo.STEREOZ: "Z"}
    return {
        "smiles": smiles,
        "rings": len(Chem.GetSSSR(molecule)),
        "aromatic_rings": rdMolDescriptors.CalcNumAromaticRings(molecule),
        "charge": Chem.GetFormalCharge(molecule),
        "elements": [atom.GetAtomicNum() for atom in molecule.GetAtoms()],
        "aromatic": [int(atom.GetIsAromatic()) for atom in molecule.GetAtoms()],
        "centres": [f"{atom.GetIdx()}{atom.GetProp('_CIPCode')}" for atom in molecule.GetAtoms()
                    if atom.HasProp("_CIPCode")],
        "double_bonds": [f"{bond.GetBeginAtomIdx()}-{bond.GetEndAtomIdx()}{stereo[bond.GetStereo()]}"
                         for bond in molecule.GetBonds() if bond.GetStereo() in stereo],
        "symmetries": len(molecule.GetSubstructMatches(molecule, uniquify=False, maxMatches=1000)),
    }


def main():
    out = {"rdkit": rdBase.rdkitVersion, "molecules": [facts(smiles) for smiles in SMILES]}
    path = pathlib.Path(__file__).parents[1] / "data" / "facts_golden.json"
    rows = ",\n  ".join(json.dumps(row) for row in out["molecules"])
    path.write_text(f'{{"rdkit": "{out["rdkit"]}", "molecules": [\n  {rows}\n]}}\n')


main()
