"use strict";
// Scores by task, and beside what papers print.
(() => {
  const {make} = cupel;
  const headlines = [
    [/-retrieval$/, ["recall@1", "recall@5", "recall@10", "mrr"]],
    [/-choice$/, ["accuracy@4", "accuracy@10", "accuracy@20"]],
    [/^captioning$/, ["bleu-2", "bleu-4", "rouge-l", "meteor"]],
    [/^generation$/, ["exact", "bleu", "morgan", "validity"]], [/^property-/, ["roc-auc"]],
    [/^fragment-alignment$/, ["ari-pair-2"]]
  ];
  const headlines_of = (task) =>
      (headlines.find(([pattern]) => pattern.test(task)) ?? [null, []])[1];

  const scores = () => {
    const {columns, rows} = cupel.plain("scores");
    return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i]])));
  };

  // Runs that differ in their seed alone, as one: mean and standard deviation of the sample.
  const together = (all) => {
    // What was scored again, with another library, say, counts as it was scored last.
    const rows = [...new Map(all.map((row) => [row.run, row])).values()];
    const values = rows.map((row) => row.value).filter((value) => value !== null);
    if (values.length === 0) return {value: null, spread: rows[0].reason ?? ""};
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    if (values.length === 1)
      return {value: mean, spread: cupel.interval(rows[0].low, rows[0].high)};
    const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
    return {
      value: mean,
      spread: `sd ${cupel.number(Math.sqrt(squares / (values.length - 1)))}, ${values.length} seeds`
    };
  };
  const hover = (rows) =>
      rows.map(
              (row) => `run ${row.run}, seed ${row.seed ?? "none"}: ${row.value ?? row.reason} ${
                  cupel.interval(row.low, row.high)} n = ${row.n}\n${row.signature}`)
          .join("\n");
  const score_cell = (rows) => {
    if (!rows || rows.length === 0) return null;
    const {value, spread} = together(rows);
    return make(
        "span", {title: cupel.printable(hover(rows))}, cupel.number(value),
        make("small", {}, cupel.printable(spread)));
  };

  const details = (rows) => cupel.details(
      "Each score with its n and signature",
      cupel.table(
          "Scores",
          [
            {head: "model"}, {head: "seed"}, {head: "metric"}, {head: "value", number: true},
            {head: "interval"}, {head: "n", number: true}, {head: "draws", number: true},
            {head: "run"}, {head: "signature"}
          ],
          rows.map(
              (row) =>
                  [row.model, row.seed, row.metric, row.value ?? row.reason,
                   cupel.interval(row.low, row.high), row.n, row.draws, row.run, row.signature]),
          {sortable: true}));

  const pivot = (title, rows) => {
    const metrics = cupel.distinct(rows.map((row) => row.metric));
    const models = cupel.grouped(rows, (row) => row.model);
    return cupel.table(
        title,
        [
          {head: "model"}, {head: "n", number: true},
          ...metrics.map((head) => ({head, number: true}))
        ],
        [...models].map(
            ([model, own]) =>
                [model, cupel.distinct(own.map((row) => row.n)).sort((a, b) => a - b).join(" to "),
                 ...metrics.map(
                     (metric) => score_cell(own.filter((row) => row.metric === metric)))]));
  };
  const intervals = (rows) =>
      cupel
          .distinct(
              rows.filter((row) => row.draws)
                  .map(
                      (row) =>
                          `${100 * row.confidence} % intervals from ${row.draws} bootstrap draws`))
          .join("; ");

  const printed = (cell) => (
      cell.value === "" ?
          "not known" :
          `${cell.value}${cell.std ? ` ± ${cell.std}` : ""}${cell.unit === "percent" ? " %" : ""}`);
  const status_class = {
    equal: "good",
    "within rounding": "good",
    explained: "warn",
    differs: "bad",
    "not attempted": "none",
    unknown: "none"
  };
  const status = (cell) => make("span", {class: `state ${status_class[cell.status]}`}, cell.status);

  // What stands in the way of a comparison is said first of all of the data set.
  const why = (cell, dataset) => {
    if (cell.dataset === dataset) return cell.reason;
    const here = dataset ? `here stands ${dataset}, another data set` : "no run here";
    return [cell.reason, here].filter(Boolean).join("; ");
  };
  const published_cell = (cells, dataset) => {
    if (cells.length === 0) return make("span", {class: "quiet"}, "nothing published is known");
    return make(
        "div", {class: "published"},
        cells.map(
            (cell) => make(
                "div", {title: cupel.printable(`${cell.source}\n${cell.note}`)}, printed(cell), " ",
                status(cell), make("small", {}, cupel.printable(`${cell.dataset}, ${cell.paper}`)),
                make("div", {class: "quiet"}, cupel.printable(why(cell, dataset))))));
  };

  const row_name = (cell) => cell.run_model || `${cell.model} (${cell.paper})`;
  const most_models = 24;
  // The chosen model first, if it ran here.
  const columns_of = (all, chosen) => {
    const models = cupel.distinct(all.map((row) => row.model));
    return [
      ...models.filter((model) => model === chosen), ...models.filter((model) => model !== chosen)
    ];
  };

  // The rows of one task and metric: one for each data set and protocol.
  const headline_rows = (here, published, models, task, metric) => {
    const places =
        [...cupel.grouped(here, (row) => JSON.stringify([row.dataset, row.protocol])).values()];
    const protocols = here.map((row) => row.protocol);
    if (places.length === 0 && published.length > 0) places.push([]);
    return places.map((rows, i) => {
      const {dataset = "", protocol = ""} = rows[0] ?? {};
      const beside = published.filter(
          (cell) => cell.protocol === "" || cell.protocol === protocol ||
              (i === 0 && !protocols.includes(cell.protocol)));
      return [
        make(
            "span", {}, task, make("small", {}, metric),
            make("small", {}, cupel.printable([dataset, protocol].filter(Boolean).join(", ")))),
        published_cell(beside, dataset),
        ...models.map((model) => score_cell(rows.filter((row) => row.model === model)))
      ];
    });
  };
  const beside_published = (all, ledger, chosen) => {
    const own = ledger.filter((cell) => row_name(cell) === chosen);
    const tasks = cupel.distinct([...all, ...own].map((one) => one.task));
    const models = columns_of(all, chosen);
    const shown = models.slice(0, most_models);
    const is = (task, metric) => (one) => one.task === task && one.metric === metric;
    const rows = tasks.flatMap(
        (task) => headlines_of(task).flatMap(
            (metric) => headline_rows(
                all.filter(is(task, metric)), own.filter(is(task, metric)), shown, task, metric)));
    return cupel.table(
        `Tasks beside what is published${
            shown.length < models.length ?
                `; ${shown.length} of ${models.length} models, all stand below` :
                ""}`,
        [
          {head: "task"}, {head: `published: ${cupel.printable(chosen)}`},
          ...shown.map((head) => ({head: cupel.printable(head), number: true}))
        ],
        rows);
  };

  const choose_published = (page, all, ledger) => {
    const names = cupel.distinct(ledger.map(row_name));
    const models = new Set(all.map((row) => row.model));
    let chosen = names.find((name) => models.has(name)) ??
        names.find((name) => name === "atomas") ?? names[0];
    const box = make("div");
    const draw = () => box.replaceChildren(beside_published(all, ledger, chosen));
    page.append(
        make("div", {class: "controls"}, cupel.choice("published model", names, chosen, (value) => {
          chosen = value;
          draw();
        })), box);
    draw();
  };

  const ledger_table = (cells) => cupel.table(
      `${cells.length} published cells`,
      [
        {head: "paper"}, {head: "table"}, {head: "model"}, {head: "task"}, {head: "data set"},
        {head: "metric"}, {head: "published", number: true}, {head: "computed", number: true},
        {head: "status"}, {head: "reason"}, {head: "protocol"}, {head: "source"}
      ],
      cells.map(
          (cell) =>
              [cell.paper, cell.table, cell.model, cell.task, cell.dataset, cell.metric,
               printed(cell),
               cell.computed ?
                   make(
                       "span", {title: cupel.printable(cell.computed.signature)},
                       cupel.number(cell.computed.value),
                       make(
                           "small", {},
                           `${cupel.interval(cell.computed.low, cell.computed.high)} n = ${
                               cell.computed.n}`),
                       make("small", {}, `run ${cell.computed.run}`)) :
                   null,
               status(cell), cell.reason, cell.protocol, cell.source]),
      {sortable: true});

  const show_ledger = (page, ledger) => {
    const papers = cupel.distinct(ledger.map((cell) => cell.paper));
    const attempted = ledger.filter((cell) => cell.status !== "not attempted");
    const wish = {paper: "", status: attempted.length > 0 ? "attempted" : "all"};
    if (attempted.length === 0) wish.paper = papers[0];
    const box = make("div");
    const draw = () => box.replaceChildren(ledger_table(ledger.filter(
        (cell) => (!wish.paper || cell.paper === wish.paper) &&
            (wish.status === "all" ||
             (wish.status === "attempted" ? cell.status !== "not attempted" :
                                            cell.status === wish.status)))));
    const set = (key) => (value) => {
      wish[key] = value;
      draw();
    };
    page.append(
        make("h2", {}, "All published cells"),
        make(
            "div", {class: "controls"},
            cupel.choice("paper", [["", "all"], ...papers], wish.paper, set("paper")),
            cupel.choice(
                "status", ["all", "attempted", ...Object.keys(status_class)], wish.status,
                set("status"))),
        box);
    draw();
  };

  const show = async (page) => {
    const all = scores();
    const ledger = await cupel.packed("ledger");
    page.append(make("h2", {}, "Results"));
    if (all.length === 0)
      page.append(make("p", {}, "The store has no scores; cupel score --store adds some."));
    choose_published(page, all, ledger);
    for (const rows of cupel
             .grouped(
                 all, (row) => JSON.stringify([row.task, row.dataset, row.split, row.protocol]))
             .values()) {
      const {task, dataset, split, protocol} = rows[0];
      page.append(
          make("h3", {}, cupel.data(`${task} on ${dataset}, ${split}`)),
          pivot(`protocol ${protocol}; ${intervals(rows)}`, rows), details(rows));
    }
    show_ledger(page, ledger);
  };
  cupel.pages.push({id: "results", title: "Results", show});
})();
