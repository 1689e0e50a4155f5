"use strict";
// Examples of one or two runs: a list that is filtered and sorted, and the chosen one in full.
(() => {
  const {make} = cupel;
  const wish = {
    place: null,
    left: null,
    right: "",
    text: "",
    valid: "all",
    exact: "all",
    sort: "position",
    order: "worst",
    chosen: 0
  };

  const place_of = (run) =>
      `${run.task} on ${run.dataset}, ${run.split} (${run.size} examples, set ${run.set})`;
  const name_of = (run) =>
      `${run.model}${run.seed === null ? "" : `, seed ${run.seed}`} (${run.id})`;
  const runs_of = () => {
    const facts = new Map(cupel.plain("examples").runs.map((one) => [one.run, one]));
    return cupel.plain("overview")
        .runs.map((run) => ({...run, ...facts.get(run.id)}))
        .filter((run) => run.stored > 0);
  };

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

  // Everything that the list and the example need of one run.
  const load = async (run) => {
    const set = await cupel.packed(`set-${run.set}`);
    const data = await cupel.packed(`run-${run.id}`);
    const own = data.scores.find((one) => one.metric === "exact");
    const predictions = data.predictions ?? data.pairs.map(() => "");
    return {
      run,
      set,
      data,
      predictions,
      invalid: new Set(data.invalid),
      has_molecules: data.molecules.length > 0,
      exact: (i) => (own ? own.values[i] === 1 : predictions[i] === set.references[i])
    };
  };
  const score = (side, key, i) =>
      side?.data.scores.find((one) => `${one.protocol} ${one.metric}` === key)?.values[i] ?? null;

  const filtered = (left, right) => {
    const sought = wish.text.toLowerCase();
    const holds = (text) =>
        text !== null && text !== undefined && text.toLowerCase().includes(sought);
    return left.predictions.map((_, i) => i)
        .filter(
            (i) => (sought === "" || holds(left.set.inputs[i]) || holds(left.set.references[i]) ||
                    holds(left.predictions[i]) || holds(right?.predictions[i])) &&
                (wish.valid === "all" || left.invalid.has(i) === (wish.valid === "invalid")) &&
                (wish.exact === "all" || left.exact(i) === (wish.exact === "exact")));
  };
  const sorted = (places, left, right) => {
    if (wish.sort === "position") return places;
    const [mode, key] = [wish.sort[0], wish.sort.slice(1)];
    const value = (i) => {
      const own = score(left, key, i);
      const other = mode === "d" ? score(right, key, i) : 0;
      return own === null || other === null ? null : own - other;
    };
    const higher =
        left.data.scores.find((one) => `${one.protocol} ${one.metric}` === key)?.higher_is_better ??
        true;
    const sign = higher === (wish.order === "best") ? -1 : 1;
    return places.map((i) => [i, value(i)])
        .sort(
            ([i, a], [j, b]) =>
                (a === null || b === null ? (a === null) - (b === null) || i - j :
                                            sign * (a - b) || i - j))
        .map(([i]) => i);
  };

  const short_answer = (side, i) => {
    const {answer} = side.run;
    if (answer === "ranks") {
      const read = rank_of(side.predictions[i]);
      return read ?
          `rank ${read.ranks.map((one) => `${one.better + 1} of ${one.candidates}`).join(", ")}` :
          side.predictions[i];
    }
    return answer === "alignment" ? side.set.inputs[i] : side.predictions[i];
  };

  // A listbox that has only the rows that can be seen.
  const virtual_list = (places, left, right, chosen) => {
    const height = 3.2 * parseFloat(getComputedStyle(document.documentElement).fontSize);
    const inner = make("div", {role: "presentation"});
    inner.style.height = `${places.length * height}px`;
    const box = make(
        "div",
        {class: "list", role: "listbox", tabindex: "0", "aria-label": `${places.length} examples`},
        inner);
    let at = Math.max(0, places.indexOf(wish.chosen));
    const key = wish.sort === "position" ? null : wish.sort.slice(1);
    const row = (n) => {
      const i = places[n];
      const marks = [
        left.has_molecules && left.invalid.has(i) ? "invalid" : "",
        left.run.answer === "text" && left.exact(i) ? "exact" : ""
      ].filter(Boolean).join(", ");
      const numbers = key === null ? "" :
                                     [left, right]
                                         .filter(Boolean)
                                         .map((side) => cupel.number(score(side, key, i)))
                                         .join(" | ");
      const item = make(
          "div", {
            role: "option",
            id: `example-${i}`,
            "aria-selected": String(n === at),
            "aria-posinset": n + 1,
            "aria-setsize": places.length,
            onclick: () => select(n)
          },
          make("div", {class: "line"}, `${i + 1}  ${numbers}  ${marks}`),
          make("div", {class: "line quiet"}, cupel.printable(short_answer(left, i).slice(0, 160))));
      item.style.top = `${n * height}px`;
      return item;
    };
    const render = () => {
      const first = Math.max(0, Math.floor(box.scrollTop / height) - 3);
      const last = Math.min(
          places.length, Math.ceil((box.scrollTop + (box.clientHeight || 600)) / height) + 3);
      inner.replaceChildren(
          ...Array.from({length: Math.max(0, last - first)}, (_, n) => row(first + n)));
      if (at >= first && at < last)
        box.setAttribute("aria-activedescendant", `example-${places[at]}`);
    };
    const select = (n) => {
      if (places.length === 0) return;
      at = Math.min(places.length - 1, Math.max(0, n));
      if (at * height < box.scrollTop) box.scrollTop = at * height;
      if ((at + 1) * height > box.scrollTop + box.clientHeight)
        box.scrollTop = (at + 1) * height - box.clientHeight;
      render();
      chosen(places[at]);
    };
    box.addEventListener("scroll", render);
    box.addEventListener("keydown", (event) => {
      const page = Math.floor(box.clientHeight / height);
      const to = {
        ArrowDown: at + 1,
        ArrowUp: at - 1,
        PageDown: at + page,
        PageUp: at - page,
        Home: 0,
        End: places.length - 1
      }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(to);
    });
    requestAnimationFrame(() => {
      box.scrollTop = Math.max(0, at - 2) * height;
      render();
    });
    return box;
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
            (key) => [key, ...[left, right].filter(Boolean).map((side) => score(side, key, i))]));
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

  const show_example = async (box, left, right, i) => {
    const cards = [await input_card(left, i), await reference_card(left, right, i)];
    for (const side of [left, right].filter(Boolean)) {
      if (i < side.predictions.length)
        cards.push(card(
            make("span", {}, "Prediction of ", cupel.data(name_of(side.run))),
            await answered(side, i)));
    }
    if (wish.chosen !== i) return;
    box.replaceChildren(
        make("h3", {"aria-live": "polite"}, `Example ${i + 1}`),
        make("div", {class: "pair"}, cards.filter(Boolean)), scores_table(left, right, i));
  };

  const show_list = (box, left, right) => {
    const places = sorted(filtered(left, right), left, right);
    const detail = make("div", {class: "detail"});
    const pick = (i) => {
      wish.chosen = i;
      return show_example(detail, left, right, i);
    };
    box.replaceChildren(
        make("p", {role: "status"}, `${places.length} of ${left.predictions.length} examples`),
        make("div", {class: "browser"}, virtual_list(places, left, right, pick), detail));
    if (places.length === 0) return detail.append(make("p", {}, "No example is like that."));
    return pick(places.includes(wish.chosen) ? wish.chosen : places[0]);
  };

  const controls = (left, right, runs, again, listed) => {
    const set = (key, then) => (value) => {
      wish[key] = value;
      return then();
    };
    const places = cupel.distinct(runs.map(place_of));
    const own = runs.filter((run) => place_of(run) === wish.place);
    const keys = left.data.scores.map((one) => `${one.protocol} ${one.metric}`);
    const search = make(
        "input",
        {type: "search", value: wish.text, oninput: () => set("text", listed)(search.value)});
    return make(
        "div", {class: "controls"},
        cupel.choice(
            "task", places, wish.place,
            (value) => {
              Object.assign(wish, {
                place: value,
                left: null,
                right: "",
                sort: "position",
                valid: "all",
                exact: "all",
                chosen: 0
              });
              return again();
            }),
        cupel.choice(
            "run", own.map((run) => [run.id, name_of(run)]), wish.left, set("left", again)),
        cupel.choice(
            "beside",
            [
              ["", "none"],
              ...own.filter((run) => run.id !== wish.left).map((run) => [run.id, name_of(run)])
            ],
            wish.right, set("right", again)),
        make("label", {}, "text or SMILES", search),
        left.has_molecules ?
            cupel.choice(
                "molecule", ["all", "valid", "invalid"], wish.valid, set("valid", listed)) :
            "",
        left.run.answer === "text" ?
            cupel.choice("match", ["all", "exact", "not exact"], wish.exact, set("exact", listed)) :
            "",
        cupel.choice(
            "sort by",
            [
              ["position", "position"], ...keys.map((key) => [`o${key}`, key]),
              ...(right ? keys.map((key) => [`d${key}`, `difference in ${key}`]) : [])
            ],
            wish.sort, set("sort", listed)),
        cupel.choice("first", ["worst", "best"], wish.order, set("order", listed)));
  };

  const show = async (page) => {
    const runs = runs_of();
    page.append(make("h2", {}, "Examples"));
    if (runs.length === 0) {
      page.append(make("p", {}, "The store has no answers."));
      return;
    }
    const box = make("div");
    page.append(box);
    const again = async () => {
      if (!runs.some((run) => place_of(run) === wish.place))
        wish.place = place_of(runs.find((run) => run.answer === "text") ?? runs[0]);
      const own = runs.filter((run) => place_of(run) === wish.place);
      if (!own.some((run) => run.id === wish.left)) wish.left = own.at(-1).id;
      if (wish.right === wish.left || !own.some((run) => run.id === wish.right)) wish.right = "";
      const left = await load(own.find((run) => run.id === wish.left));
      const right = wish.right ? await load(own.find((run) => run.id === wish.right)) : null;
      if (wish.sort !== "position" &&
          (!left.data.scores.some(
               (one) => `${one.protocol} ${one.metric}` === wish.sort.slice(1)) ||
           (wish.sort[0] === "d" && !right)))
        wish.sort = "position";
      const list = make("div");
      const listed = () => show_list(list, left, right);
      box.replaceChildren(controls(left, right, runs, again, listed), list);
      await listed();
    };
    await again();
  };
  cupel.pages.push({id: "examples", title: "Examples", show});
})();
