"use strict";
// What ran, what did not, and why.
(() => {
  const {make} = cupel;
  const signs = {
    done: ["✓", "good"],
    failed: ["✗", "bad"],
    incomplete: ["…", "warn"],
    "not begun": ["○", "warn"],
    "not applicable": ["–", "none"]
  };

  cupel.state = (state, text = state) =>
      make("span", {class: `state ${signs[state][1]}`}, `${signs[state][0]} ${text}`);

  const summary = (cells) => [...cupel.grouped(cells, (cell) => cell.state)]
                                 .map(([state, own]) => `${own.length} ${state}`)
                                 .join(", ");

  const square = (cells) => {
    if (cells.length === 0) return "";
    const states = [...cupel.grouped(cells, (cell) => cell.state)];
    const many = cells.length > 1;
    const box = make(
        "span", {title: cupel.printable(cells.map((cell) => cell.why).filter(Boolean).join("\n"))});
    states.forEach(
        ([state, own], i) => box.append(
            i > 0 ? ", " : "",
            cupel.state(state, many ? `${own.length} of ${cells.length} ${state}` : state)));
    return box;
  };

  const matrix = (plan) => {
    const models = cupel.distinct(plan.cells.map((cell) => cell.model));
    const tasks =
        cupel.grouped(plan.cells, (cell) => `${cell.task} on ${cell.dataset}, ${cell.split}`);
    const wide = models.length > 8;  // then models go down the page
    const columns = wide ? [...tasks.keys()] : models;
    const rows = wide ? models : [...tasks.keys()];
    const at = (row, column) => {
      const [task, model] = wide ? [column, row] : [row, column];
      return square(tasks.get(task).filter((cell) => cell.model === model));
    };
    return cupel.table(
        "Cells of the plan by task and model",
        [
          {head: wide ? "model" : "task"}, ...columns.map((head) => ({head: cupel.printable(head)}))
        ],
        rows.map((row) => [row, ...columns.map((column) => at(row, column))]));
  };

  const reasons = (plan) => {
    const open = plan.cells.filter((cell) => cell.state !== "done");
    if (open.length === 0) return null;
    return cupel.details(
        `Why ${open.length} cells have no result`,
        cupel.table(
            "Cells without a result",
            [
              {head: "model"}, {head: "task"}, {head: "data set"}, {head: "seed"}, {head: "state"},
              {head: "why"}
            ],
            open.map(
                (cell) =>
                    [cell.model, cell.task, cell.dataset, cell.seed, cupel.state(cell.state),
                     cell.why]),
            {sortable: true}));
  };

  const runs = (all) => cupel.table(
      "Runs",
      [
        {head: "model"}, {head: "task"}, {head: "data set"}, {head: "split"}, {head: "seed"},
        {head: "answers", number: true}, {head: "state"}, {head: "run"}, {head: "note"}
      ],
      all.map(
          (run) =>
              [run.model, run.task, run.dataset, run.split, run.seed,
               run.complete ? run.size : `${run.stored} of ${run.size}`,
               cupel.state(run.complete ? "done" : "incomplete"), run.id, run.note]),
      {sortable: true});

  const show = (page) => {
    const data = cupel.plain("overview");
    page.append(make("h2", {}, "Overview"), cupel.facts([
      ["store", data.store], ["content digest", data.content_digest], ["made by", data.program],
      ["runs", `${data.runs.length}, ${data.runs.filter((run) => run.complete).length} complete`],
      ["scores", String(cupel.plain("scores").rows.length)]
    ]));
    page.append(make("h3", {}, "Warnings"));
    for (const warning of data.warnings)
      page.append(make("p", {class: "warning"}, "Not comparable: ", cupel.data(warning)));
    for (const note of cupel.distinct(data.runs.map((run) => run.note).filter(Boolean)))
      page.append(make("p", {class: "warning"}, "About the data: ", cupel.data(note)));
    if (data.warnings.length === 0)
      page.append(make(
          "p", {},
          "Within each task, data set and protocol all runs have the same examples and were scored alike."));
    for (const plan of data.plans)
      page.append(
          make("h2", {}, "Plan ", cupel.data(plan.name)),
          make(
              "p", {},
              `${plan.cells.length} cells: ${summary(plan.cells)}. Made ${plan.made_at}, id ${
                  plan.id}.`),
          matrix(plan), reasons(plan) ?? "");
    page.append(
        make("h2", {}, "Runs"),
        data.runs.length > 0 ? runs(data.runs) : make("p", {}, "The store has no runs."));
  };
  cupel.pages.push({id: "overview", title: "Overview", show});
})();
