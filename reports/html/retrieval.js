"use strict";
// The share of queries whose target is among the first k.
(() => {
  const {make} = cupel;
  const shown_at = [1, 5, 10, 20, 50];

  const show = async (page) => {
    const all = await cupel.packed("retrieval");
    page.append(make("h2", {}, "Retrieval"));
    if (all.length === 0) page.append(make("p", {}, "No scored run retrieves."));
    for (const [place, runs] of cupel.grouped(
             all,
             (run) => `${run.task} on ${run.dataset}, ${run.split}, protocol ${run.protocol}`)) {
      const name = (run) => run.model + (run.seed === null ? "" : `, seed ${run.seed}`);
      page.append(
          make("h3", {}, cupel.data(place)), cupel.line_chart({
            label: `Recall by k of ${cupel.printable(place)}; the table below has the numbers`,
            x: "k",
            y: "recall@k",
            series: runs.map(
                (run) => ({name: name(run), points: run.recall.map((value, i) => [i + 1, value])}))
          }),
          cupel.table(
              `From stored ranks, ties ${runs[0].ties}, n = ${runs[0].n}`,
              [
                {head: "model"}, ...shown_at.map((k) => ({head: `recall@${k}`, number: true})),
                {head: "run"}
              ],
              runs.map((run) => [name(run), ...shown_at.map((k) => run.recall[k - 1]), run.run]),
              {sortable: true}));
    }
  };
  cupel.pages.push({id: "retrieval", title: "Retrieval", show});
})();
