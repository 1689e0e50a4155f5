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
      const own = cupel.own_score(left, key, i);
      const other = mode === "d" ? cupel.own_score(right, key, i) : 0;
      return own === null || other === null ? null : own - other;
    };
    const higher =
        left.data.scores.find((one) => cupel.metric_key(one) === key)?.higher_is_better ?? true;
    const sign = higher === (wish.order === "best") ? -1 : 1;
    return places.map((i) => [i, value(i)])
        .sort(
            ([i, a], [j, b]) =>
                (a === null || b === null ? (a === null) - (b === null) || i - j :
                                            sign * (a - b) || i - j))
        .map(([i]) => i);
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
                                         .map((side) => cupel.number(cupel.own_score(side, key, i)))
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
          make(
              "div", {class: "line quiet"},
              cupel.printable(cupel.short_answer(left, i).slice(0, 160))));
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

  const show_example = async (box, left, right, i) => {
    const parts = await cupel.example_view(left, right, i);
    if (wish.chosen === i) box.replaceChildren(...parts);  // another one was chosen meanwhile
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
    const keys = left.data.scores.map(cupel.metric_key);
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
            "run", own.map((run) => [run.id, cupel.run_name(run)]), wish.left, set("left", again)),
        cupel.choice(
            "beside",
            [
              ["", "none"],
              ...own.filter((run) => run.id !== wish.left)
                  .map((run) => [run.id, cupel.run_name(run)])
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
    const runs = cupel.answered_runs();
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
          (!left.data.scores.some((one) => cupel.metric_key(one) === wish.sort.slice(1)) ||
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
