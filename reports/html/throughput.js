"use strict";
// How fast models answered when that was last measured.
(() => {
  const {make} = cupel;
  const wish = {task: "", batch: ""};

  const name_of = (row) => `${row.model}${row.seed === null ? "" : `, seed ${row.seed}`}`;
  const columns = [
    {head: "model"}, {head: "task"}, {head: "data set"}, {head: "batch", number: true},
    {head: "examples/s", number: true, digits: 1}, {head: "slowest", number: true, digits: 1},
    {head: "fastest", number: true, digits: 1}, {head: "p50 ms", number: true, digits: 2},
    {head: "p95 ms", number: true, digits: 2}, {head: "p99 ms", number: true, digits: 2},
    {head: "tokens read/s", number: true, digits: 0},
    {head: "tokens written/s", number: true, digits: 0}, {head: "padding", number: true, digits: 3},
    {head: "GFLOP/s", number: true, digits: 1}, {head: "of peak", number: true, digits: 3},
    {head: "memory MB", number: true, digits: 0}, {head: "passes of"}
  ];
  const cells = (row) => [
    name_of(row), row.task, row.dataset, row.batch, row.examples_per_second, row.slowest,
    row.fastest, row.p50_ms, row.p95_ms, row.p99_ms, row.read_tokens_per_second,
    row.written_tokens_per_second, row.padding_waste, row.gflop_per_second, row.flop_share,
    row.peak_memory_mb, `${row.examples}, ${row.repetitions} times`
  ];

  const draw = (box, all) => {
    const shown = all.filter(
        (row) => (wish.task === "" || row.task === wish.task) &&
            (wish.batch === "" || String(row.batch) === wish.batch));
    const several = new Set(shown.map((row) => row.task)).size > 1;
    box.replaceChildren(
        cupel.forest({
          label: "Examples a second, with the slowest and fastest repetition; the table has them",
          x: "examples a second",
          rows: shown.map((row) => ({
                            name: `${name_of(row)}${several ? `, ${row.task}` : ""}, batch ${row.batch}`,
                            value: row.examples_per_second,
                            low: row.slowest,
                            high: row.fastest
                          })),
          logarithmic: true
        }),
        cupel.table("Throughput", columns, shown.map(cells), {sortable: true}));
  };

  const show = async (page) => {
    const {table, measurements} = await cupel.packed("throughput");
    const rows = table.rows.map(
        (row) => Object.fromEntries(row.map((cell, i) => [table.columns[i], cell])));
    page.append(make("h2", {}, "Throughput"));
    if (rows.length === 0) {
      page.append(make(
          "p", {}, "Nobody has measured how fast these models answer: ",
          make("code", {}, "cupel bench MANIFEST --store STORE"), " does."));
      return;
    }
    const tasks = cupel.distinct(rows.map((row) => row.task));
    const batches = cupel.distinct(rows.map((row) => String(row.batch)));
    if (!tasks.includes(wish.task)) wish.task = tasks[0];
    const box = make("div");
    const set = (key) => (value) => {
      wish[key] = value;
      draw(box, rows);
    };
    page.append(
        make(
            "p", {},
            "Medians over repetitions that took turns with those of the other models. A call goes",
            " from inputs to answers as the store keeps them; each answer was that of the run.",
            " Padding is the share of what the model read that was pads. GFLOP/s are matrix",
            " products that the tokens ask for, and their share is of what the same library reached",
            " in a large product then."),
        make(
            "div", {class: "controls"},
            cupel.choice("task", [...tasks, ["", "all"]], wish.task, set("task")),
            cupel.choice("batch", [["", "all"], ...batches], wish.batch, set("batch"))),
        box, make("h3", {}, "Conditions"),
        ...measurements.map((one) => cupel.details(
            `Measured at ${one.measured_at}`,
            cupel.facts(Object.entries(JSON.parse(one.environment))
                            .map(([key, value]) => [key, String(value)])))));
    draw(box, rows);
  };
  cupel.pages.push({id: "throughput", title: "Throughput", show});
})();
