"use strict";
// What each switch of the newest plan does, with intervals.
(() => {
  const {make} = cupel;
  let chosen = null;

  const switch_of = (variant) => {
    if (!variant.known) return "not known: stages of its training were never begun";
    if (variant.settings.length === 0) return "none: the same as the reference";
    return variant.settings
        .map((one) => `${one.key}: ${one.reference ?? "absent"} → ${one.variant ?? "absent"}`)
        .join("; ");
  };
  const place = (row) =>
      `${row.task} on ${row.dataset}, ${row.split}, protocol ${row.protocol}: ${row.metric}`;
  const mean = (values) => {
    const known = values.filter((value) => value !== null);
    return known.length > 0 ? known.reduce((sum, value) => sum + value, 0) / known.length : null;
  };

  const effects = (data, rows) => cupel.table(
      "Effects",
      [
        {head: "variant"}, {head: "switch"}, {head: "reference", number: true},
        {head: "value", number: true}, {head: "effect", number: true}, {head: "interval"},
        {head: "p", number: true}, {head: "Holm", number: true}, {head: "seeds", number: true},
        {head: "n", number: true}, {head: "the variant is"}, {head: "why not"}
      ],
      rows.map(
          (row) =>
              [data.variants[row.variant].name, switch_of(data.variants[row.variant]),
               mean(row.seeds.map((seed) => seed[1])), mean(row.seeds.map((seed) => seed[2])),
               row.effect?.value ?? null,
               row.effect ? cupel.interval(row.effect.low, row.effect.high) : "",
               row.effect?.p ?? null, row.effect?.p_holm ?? null,
               `${row.seeds.length} of ${row.seeds_planned}`, row.n, row.effect ? row.verdict : "",
               row.reason]),
      {sortable: true});

  const draw = (box, data) => {
    const rows = data.rows.filter((row) => place(row) === chosen);
    const forest =
        rows.filter((row) => row.effect)
            .map(
                (row) =>
                    ({name: data.variants[row.variant].name, ...row.effect, verdict: row.verdict}));
    const better = rows[0].higher_is_better ? "to the right is better" : "to the left is better";
    box.replaceChildren(
        forest.length > 0 ? cupel.forest({
          label: `Effects on ${chosen}, with intervals; the table below has the numbers`,
          x: `${rows[0].metric} less that of ${cupel.printable(data.reference)} (${better})`,
          rows: forest
        }) :
                            make("p", {}, "No effect can be told; the table says why."),
        effects(data, rows), make("p", {class: "quiet"}, cupel.data(rows[0].signature, "mono")));
  };

  const show = async (page) => {
    const data = await cupel.packed("ablation");
    page.append(make("h2", {}, "Ablation"));
    if (data.why_not) {
      page.append(make("p", {}, "No effects are shown: ", cupel.data(data.why_not)));
      return;
    }
    page.append(make(
        "p", {}, "Plan ", cupel.data(data.plan_name), `; every variant against `,
        cupel.data(data.reference), " (", cupel.data(data.why),
        `). ${100 * data.confidence} % intervals of the paired bootstrap, ${
            data.resamples} draws; with several seeds they cover other seeds and examples, with one seed other examples. `,
        "A triangle is better, a square worse, a circle not clear after Holm's method over the variants."));
    const places = cupel.distinct(data.rows.map(place));
    if (places.length === 0) page.append(make("p", {}, "No metric has an effect."));
    if (!places.includes(chosen)) chosen = places[0];
    const box = make("div");
    if (places.length > 0) {
      page.append(
          make("div", {class: "controls"}, cupel.choice("effect on", places, chosen, (value) => {
            chosen = value;
            draw(box, data);
          })), box);
      draw(box, data);
    }
    if (data.gaps.length > 0)
      page.append(cupel.details(
          `${data.gaps.length} cells have no part in this`,
          cupel.table(
              "Left out",
              [
                {head: "variant"}, {head: "task"}, {head: "data set"}, {head: "seed"}, {head: "why"}
              ],
              data.gaps.map((gap) => [gap.variant, gap.task, gap.dataset, gap.seed, gap.reason]),
              {sortable: true})));
  };
  cupel.pages.push({id: "ablation", title: "Ablation", show});
})();
