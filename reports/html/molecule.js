"use strict";
// Molecules as SVG, from coordinates that the program computed.
(() => {
  const {make, drawn} = cupel;
  const margin = 70;            // hundredths of a bond, as all lengths here
  const smallest = [700, 400];  // so that methane is not drawn as large as cholesterol
  const gap = 14;               // between the lines of a double bond
  const subscript = "₀₁₂₃₄₅₆₇₈₉";
  const superscript = "⁰¹²³⁴⁵⁶⁷⁸⁹";
  const digits = (number, from) => [...String(number)].map((digit) => from[digit]).join("");

  const sums = (steps) => {
    let sum = 0;
    return steps.map((step) => (sum += step));
  };
  // See write_layout in molecule_table.h.
  const read = ([xs, ys, marks, bonds]) => {
    const x = sums(xs);
    const y = sums(ys);
    const atoms = x.map((at, i) => ({x: at, y: y[i], mark: null, bonds: []}));
    for (const [atom, symbol, hydrogens = 0, charge = 0, isotope = 0, radicals = 0] of marks)
      atoms[atom].mark = {symbol, hydrogens, charge, isotope, radicals};
    const lines = [];
    let begin = 0;
    for (let i = 0; i < bonds.length; i += 3) {
      begin += bonds[i];
      const end = begin + bonds[i + 1];
      lines.push({begin, end, stroke: bonds[i + 2]});
      atoms[begin].bonds.push(end);
      atoms[end].bonds.push(begin);
    }
    return {atoms, lines};
  };

  const label_of = (atom, atoms) => {
    const {symbol, hydrogens, charge, isotope, radicals} = atom.mark;
    const size = Math.abs(charge);
    const signs =
        charge === 0 ? "" : (size > 1 ? digits(size, superscript) : "") + (charge > 0 ? "⁺" : "⁻");
    const core = (isotope > 0 ? digits(isotope, superscript) : "") + symbol;
    const tail = signs + "•".repeat(radicals);
    const more = hydrogens === 0 ? "" : `H${hydrogens > 1 ? digits(hydrogens, subscript) : ""}`;
    const lean = atom.bonds.reduce((sum, other) => sum + atoms[other].x - atom.x, 0);
    return lean > 20 ? {text: more + core + tail, anchor: "end", symbol} :
                       {text: core + more + tail, anchor: "start", symbol};
  };
  const room = (atom) => (atom.mark ? 24 + 6 * atom.mark.symbol.length : 0);

  const line = (x1, y1, x2, y2, more = {}) =>
      drawn("line", {class: "bond", "stroke-width": 7, x1, y1: -y1, x2, y2: -y2, ...more});
  const polygon = (points) =>
      drawn("polygon", {class: "solid", points: points.map(([x, y]) => `${x},${- y}`).join(" ")});

  const bond = ({begin, end, stroke}, atoms) => {
    const [from, to] = [atoms[begin], atoms[end]];
    const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const [ux, uy] = [(to.x - from.x) / length, (to.y - from.y) / length];
    const [first, last] =
        [Math.min(room(from), 0.4 * length), Math.max(length - room(to), 0.6 * length)];
    // `along` from 0 to 1 between the ends that labels leave, `aside` to the left.
    const at = (along, aside) => {
      const way = first + (last - first) * along;
      return [from.x + ux * way - uy * aside, from.y + uy * way + ux * aside];
    };
    const between = (aside, short = 0, more = {}) =>
        line(...at(short, aside), ...at(1 - short, aside), more);
    const inner = (aside) =>
        [between(0), between(aside, Math.min(0.16, first > 0 && last < length ? 0.05 : 0.16))];
    switch (stroke) {
      case 2:
        return [between(gap / 1.6), between(-gap / 1.6)];
      case 3:
        return [between(0), between(gap), between(-gap)];
      case 4:
        return inner(gap * 1.25);
      case 5:
        return inner(-gap * 1.25);
      case 6:
        return [polygon([at(0, 0), at(1, 13), at(1, -13)])];
      case 7:
        return [0.1, 0.28, 0.46, 0.64, 0.82, 1].map(
            (along) => line(
                ...at(along, 2 + 12 * along), ...at(along, -2 - 12 * along), {"stroke-width": 5}));
      case 8:
        return [0, 0.2, 0.4, 0.6, 0.8].map(
            (along, i) => line(
                ...at(along, i % 2 ? 9 : -9), ...at(along + 0.2, i % 2 ? -9 : 9),
                {"stroke-width": 5}));
      case 9:
        return [between(0, 0, {"stroke-dasharray": "14 12"})];
      default:
        return [between(0)];
    }
  };

  const label = (atom, atoms) => {
    const {text, anchor, symbol} = label_of(atom, atoms);
    const half = 15 * symbol.length;
    return drawn(
        "text", {
          x: anchor === "end" ? atom.x + half : atom.x - half,
          y: -atom.y + 17,
          "font-size": 48,
          "text-anchor": anchor
        },
        text);
  };

  const frame = (atoms) => {
    const [left, right] =
        [Math.min(...atoms.map((atom) => atom.x)), Math.max(...atoms.map((atom) => atom.x))];
    const [low, high] =
        [Math.min(...atoms.map((atom) => atom.y)), Math.max(...atoms.map((atom) => atom.y))];
    const [width, height] = [
      Math.max(right - left + 2 * margin, smallest[0]),
      Math.max(high - low + 2 * margin, smallest[1])
    ];
    return [(left + right - width) / 2, -(low + high + height) / 2, width, height]
        .map(Math.round)
        .join(" ");
  };

  // Numbers of the sets stand beside the atoms: nobody needs to tell colours apart.
  const set_marks = (atoms, sets) => atoms.flatMap((atom, i) => {
    const set = sets[i] ?? -1;
    if (set < 0) return [];
    return [drawn("circle", {
      class: "set",
      cx: atom.x,
      cy: -atom.y,
      r: 40,
      fill: cupel.set_colour(set),
      "stroke-width": 2
    })];
  });
  // Where no bond is: opposite to the neighbours.
  const beside = (atom, atoms) => {
    const [x, y] = atom.bonds.reduce(
        ([a, b], other) => [a + atom.x - atoms[other].x, b + atom.y - atoms[other].y], [0, 0]);
    const length = Math.hypot(x, y);
    return length < 20 ? [36, 36] : [(x / length) * 54, (y / length) * 54];
  };
  const set_numbers = (atoms, sets) => atoms.flatMap((atom, i) => {
    if ((sets[i] ?? -1) < 0) return [];
    const [x, y] = beside(atom, atoms);
    return [drawn(
        "text", {
          class: "number",
          x: atom.x + x,
          y: -atom.y - y + 12,
          "font-size": 32,
          "text-anchor": "middle"
        },
        String(sets[i] + 1))];
  });

  cupel.set_colour = (set) =>
      `hsl(${Math.round((set * 137.508) % 360)} 65% ${cupel.is_dark() ? 30 : 80}%)`;

  // `entry` of the molecule table. `differs`: ranges of atoms that get a ring; `sets`: of each atom.
  cupel.draw_molecule = (entry, smiles, {differs = [], sets = []} = {}) => {
    if (typeof entry === "string") return make("p", {class: "state warn"}, entry);
    const {atoms, lines} = read(entry);
    const rings = [];
    for (let i = 0; i < differs.length; i += 2) {
      for (const atom of atoms.slice(differs[i], differs[i] + differs[i + 1]))
        rings.push(drawn("circle", {
          class: "differs",
          cx: atom.x,
          cy: -atom.y,
          r: 40,
          "stroke-width": 5,
          "stroke-dasharray": "10 6"
        }));
    }
    const said = rings.length > 0 ? `; ${rings.length} atoms differ` : "";
    return drawn(
        "svg", {
          class: "molecule",
          viewBox: frame(atoms),
          role: "img",
          "aria-label": `Drawing of ${cupel.printable(smiles).slice(0, 300)}${said}`
        },
        rings, set_marks(atoms, sets), lines.flatMap((one) => bond(one, atoms)),
        atoms.filter((atom) => atom.mark).map((atom) => label(atom, atoms)),
        set_numbers(atoms, sets));
  };

  cupel.molecule = async (number) => {
    const size = cupel.plain("examples").molecules_in_block;
    return (await cupel.packed(`molecules-${Math.floor(number / size)}`))[number % size];
  };
})();
