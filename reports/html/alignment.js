"use strict";
// Atoms and words in the colours of their sets, level by level, for two runs beside each other.
(() => {
  const {make} = cupel;
  const wish = {left: null, right: "", example: 0};

  const runs_of = () => cupel.answered_runs().filter((run) => run.answer === "alignment");

  // `runs`: length, set, length, set, …; a set of the text has the number and colour of what it is matched with.
  const words = (text, runs, match) => {
    const characters = [...text];
    const box = make("p", {class: "data"});
    let at = 0;
    for (let i = 0; i < runs.length; i += 2) {
      const part = characters.slice(at, at + runs[i]).join("");
      at += runs[i];
      const set = runs[i + 1] < 0 ? -1 : match ? match[runs[i + 1]] : runs[i + 1];
      if (set < 0) {
        box.append(cupel.printable(part));
        continue;
      }
      const word =
          make("span", {class: "word"}, cupel.printable(part), make("sub", {}, String(set + 1)));
      word.style.backgroundColor = cupel.set_colour(set);
      box.append(word);
    }
    return box;
  };

  const sets = (title, entry, input, {atoms, text, match}, truth = false) => {
    const [smiles, description] =
        [input.slice(0, input.indexOf("\t")), input.slice(input.indexOf("\t") + 1)];
    const found = new Set(atoms.filter((set) => set >= 0)).size;
    return make(
        "section", {class: "card"}, make("h3", {}, title),
        cupel.draw_molecule(entry, smiles, {sets: atoms}),
        make(
            "p", {class: "quiet"},
            atoms.length === 0 ?
                "Hydrogens stand in the SMILES as atoms, so its atoms are not those of the drawing." :
                `${found} sets of atoms`),
        words(description, text, truth ? null : match));
  };

  const column = (run, data, set, entry) => {
    const pair = data.pairs[wish.example];
    const title = make("h3", {}, cupel.data(cupel.run_name(run)));
    if (pair === undefined) return make("div", {}, title, make("p", {}, "No answer."));
    if (pair.what !== undefined)
      return make("div", {}, title, make("p", {class: "state warn"}, cupel.printable(pair.what)));
    return make(
        "div", {}, title,
        pair.levels.map(
            (level, n) => sets(
                `Level ${n + 1}${n === 0 ? ", tokens" : ""}`, entry, set.inputs[wish.example],
                level)));
  };

  const draw = async (box, runs) => {
    const chosen =
        [wish.left, wish.right].map((id) => runs.find((run) => run.id === id)).filter(Boolean);
    const set = await cupel.packed(`set-${chosen[0].set}`);
    const entry = await cupel.molecule(set.input_molecules[wish.example]);
    const columns = [];
    let truth = null;
    for (const run of chosen) {
      const data = await cupel.packed(`run-${run.id}`);
      truth ??= data.pairs[wish.example]?.truth;
      columns.push(column(run, data, set, entry));
    }
    box.replaceChildren(
        truth ? sets(
                    "The truth: fragments and their phrases", entry, set.inputs[wish.example],
                    truth, true) :
                "",
        make("div", {class: "pair"}, columns));
  };

  const show = async (page) => {
    const runs = runs_of();
    page.append(make("h2", {}, "Alignment"));
    if (runs.length === 0) {
      page.append(
          make("p", {}, "No run of this report aligns fragments (task fragment-alignment)."));
      return;
    }
    page.append(make(
        "p", {},
        "Atoms and words of the same colour and number belong together: a set of words has the number of the set of atoms that it is most similar to."));
    const box = make("div");
    const bar = make("div", {class: "controls"});
    page.append(bar, box);
    const again = () => {
      if (!runs.some((run) => run.id === wish.left)) wish.left = runs[0].id;
      const {set, stored} = runs.find((run) => run.id === wish.left);
      const beside = runs.filter((run) => run.set === set && run.id !== wish.left);
      if (!beside.some((run) => run.id === wish.right)) wish.right = beside[0]?.id ?? "";
      const move = (to) => {
        wish.example = Math.min(stored - 1, Math.max(0, to));
        number.value = String(wish.example + 1);
        return draw(box, runs);
      };
      const number = make("input", {
        type: "number",
        min: 1,
        max: stored,
        value: wish.example + 1,
        onchange: () => move(Number(number.value) - 1)
      });
      bar.replaceChildren(
          make("label", {}, "example", number), make("span", {class: "quiet"}, `of ${stored}`),
          make("button", {type: "button", onclick: () => move(wish.example - 1)}, "previous"),
          make("button", {type: "button", onclick: () => move(wish.example + 1)}, "next"),
          cupel.choice(
              "run", runs.map((run) => [run.id, cupel.run_name(run)]), wish.left,
              (value) => {
                wish.left = value;
                return again();
              }),
          cupel.choice(
              "beside", [["", "none"], ...beside.map((run) => [run.id, cupel.run_name(run)])],
              wish.right, (value) => {
                wish.right = value;
                return draw(box, runs);
              }));
      return move(wish.example);
    };
    await again();
  };
  cupel.pages.push({id: "alignment", title: "Alignment", show});
})();
