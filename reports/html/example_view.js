"use strict";
// One example in full: what was asked, what is right, what was answered.
(() => {
  const {make} = cupel;

  cupel.run_name = (run) =>
      `${run.model}${run.seed === null ? "" : `, seed ${run.seed}`} (${run.id})`;
  // Runs that have answers, with their set of examples and the kind of their answers.
  cupel.answered_runs = () => {
    const facts = new Map(cupel.plain("examples").runs.map((one) => [one.run, one]));
    return cupel.plain("overview")
        .runs.map((run) => ({...run, ...facts.get(run.id)}))
        .filter((run) => run.stored > 0);
  };
  cupel.metric_key = (one) => `${one.protocol} ${one.metric}`;
  // The score of example `i` alone; null where it has none.
  cupel.own_score = (side, key, i) =>
      side?.data.scores.find((one) => cupel.metric_key(one) === key)?.values[i] ?? null;

  const rank_of = (prediction) => {
    try {
      const answer = JSON.parse(prediction);
      return {ranks: answer.ranks, top: answer.top ?? []};
    } catch {
      return null;
    }
  };
  const list_of = (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return null;
    }
  };

  const card = (title, ...children) =>
      make("section", {class: "card"}, make("h3", {}, title), ...children);
  const drawing = async (number, smiles, differs) =>
      cupel.draw_molecule(await cupel.molecule(number), smiles, {differs});

  const shown_top = 5;
  const ranking = async (side, i) => {
    const read = rank_of(side.predictions[i]);
    if (read === null) return cupel.data(side.predictions[i], "mono");
    const box = make(
        "div", {},
        make(
            "p", {},
            read.ranks
                .map(
                    (one) =>
                        `The target is number ${one.better + 1} of ${one.candidates} candidates${
                            one.equal > 0 ? `, tied with ${one.equal}` : ""}.`)
                .join(" ")));
    for (const [n, {row, score: value}] of read.top.slice(0, shown_top).entries()) {
      const text = side.set.references[row];
      box.append(
          make(
              "p", {class: row === i ? "state good" : ""},
              `${n + 1}. example ${row + 1}, score ${cupel.number(value)}${
                  row === i ? ", the target" : ""}`),
          text === undefined ?
              make("p", {class: "quiet"}, "It is not among the examples of this store.") :
              cupel.data(text, side.set.reference_molecules.length > 0 ? "mono" : ""));
      if (text !== undefined && side.set.reference_molecules.length > 0)
        box.append(await drawing(side.set.reference_molecules[row], text));
    }
    return box;
  };

  const most_labels = 60;
  const labelled = (side, i) => {
    const [truth, answers] = [list_of(side.set.references[i]), list_of(side.predictions[i])];
    if (!Array.isArray(truth) || !Array.isArray(answers))
      return cupel.data(side.predictions[i], "mono");
    const known = truth.map((label, n) => [`label ${n + 1}`, label, answers[n] ?? null])
                      .filter(([, label]) => label !== null);
    return make(
        "div", {},
        cupel.table(
            `${known.length} of ${truth.length} labels are known`,
            [{head: "label"}, {head: "true", number: true}, {head: "answer", number: true}],
            known.slice(0, most_labels)),
        known.length > most_labels ? make("p", {class: "quiet"}, `the first ${most_labels}`) : "");
  };

  const answered = async (side, i) => {
    const {answer} = side.run;
    const reference = side.set.references[i];
    const prediction = side.predictions[i];
    if (answer === "ranks") return ranking(side, i);
    if (answer === "labels") return labelled(side, i);
    if (answer === "alignment")
      return make("p", {}, "See the page ", make("a", {href: "#/alignment"}, "Alignment"), ".");
    if (!side.has_molecules) return cupel.show_difference(reference, prediction);
    const differs = side.data.differences[i][0];
    const same = prediction === reference            ? "The same string." :
        !side.invalid.has(i) && differs.length === 0 ? "No atom differs within one bond." :
                                                       "";
    return make(
        "div", {}, await drawing(side.data.molecules[i], prediction, differs),
        same ? make("p", {class: "quiet"}, same) : "", cupel.data(prediction, "mono"));
  };

  const scores_table = (left, right, i) => {
    const keys = cupel.distinct([left, right].filter(Boolean).flatMap(
        (side) => side.data.scores.map((one) => `${one.protocol} ${one.metric}`)));
    if (keys.length === 0) return "";
    return cupel.table(
        "Scores of this example alone",
        [
          {head: "protocol, metric"}, {head: cupel.printable(left.run.model), number: true},
          ...(right ? [{head: cupel.printable(right.run.model), number: true}] : [])
        ],
        keys.map(
            (key) =>
                [key,
                 ...[left, right].filter(Boolean).map((side) => cupel.own_score(side, key, i))]));
  };

  const reference_card = async (left, right, i) => {
    const {set} = left;
    if (left.run.answer === "labels" || left.run.answer === "alignment") return null;
    if (set.reference_molecules.length === 0)
      return card("Reference", cupel.data(set.references[i]));
    const differs = left.has_molecules ? left.data.differences[i][1] : [];
    return card(
        "Reference", await drawing(set.reference_molecules[i], set.references[i], differs),
        right && left.has_molecules ?
            make("p", {class: "quiet"}, `Rings: what ${cupel.printable(left.run.model)} lacks.`) :
            "",
        cupel.data(set.references[i], "mono"));
  };
  const input_card = async (left, i) => {
    const {set} = left;
    const text = set.inputs[i];
    const [smiles] = text.split("\t");
    return card(
        "Input",
        set.input_molecules.length > 0 ? await drawing(set.input_molecules[i], smiles) : "",
        cupel.data(text, set.input_molecules.length > 0 ? "mono" : ""));
  };

  // `left` and `right` (may be null) as examples.js loads them.
  cupel.example_view = async (left, right, i) => {
    const sides = [left, right].filter(Boolean);
    const cards = [await input_card(left, i), await reference_card(left, right, i)];
    for (const side of sides) {
      if (i >= side.predictions.length) continue;
      const title = make("span", {}, "Prediction of ", cupel.data(cupel.run_name(side.run)));
      cards.push(card(title, await answered(side, i)));
    }
    return [
      make("h3", {"aria-live": "polite"}, `Example ${i + 1}`),
      make("div", {class: "pair"}, cards.filter(Boolean)), scores_table(left, right, i)
    ];
  };
  cupel.short_answer = (side, i) => {
    const {answer} = side.run;
    if (answer === "alignment") return side.set.inputs[i];
    const read = answer === "ranks" ? rank_of(side.predictions[i]) : null;
    if (read === null) return side.predictions[i];
    return `rank ${read.ranks.map((one) => `${one.better + 1} of ${one.candidates}`).join(", ")}`;
  };
})();
