"use strict";
// Where results come from, and how to get them again.
(() => {
  const {make} = cupel;
  const document_of = (text) => {
    try {
      return JSON.stringify(JSON.parse(text), null, 1);
    } catch {
      return text;
    }
  };
  const block = (text) => make("pre", {tabindex: "0"}, cupel.printable(document_of(text)));
  const quoted = (text) =>
      (/^[\w.\-+/@=:,[\]]+$/.test(text) && !/[[\]]/.test(text) ?
           text :
           `'${text.replaceAll("'", "'\\''")}'`);

  // How to get the same answers: by another run, or from the file that they came from.
  const command = (run, store) => {
    const source = JSON.parse(run.source);
    if (source.file === undefined) return `cupel replay ${run.id} --store ${quoted(store)}`;
    const force = run.split.includes("(forced") ? " --force" : "";
    return `cupel import ${quoted(source.file)} --store new.db --task ${quoted(run.task)} --model ${
        quoted(run.model)} --dataset ${quoted(run.dataset)}${force}`;
  };

  const run_details = (run, store) => cupel.details(
      make(
          "span", {class: "data"},
          cupel.printable(`${run.model}, ${run.task} on ${run.dataset}, ${run.split}, seed ${
              run.seed ?? "none"} (${run.id})`)),
      cupel.facts([
        ["reproduce", make("code", {class: "mono"}, cupel.printable(command(run, store)))],
        ["cell", run.digest], ["examples", `${run.size}, ${run.examples}`],
        ["predictions", run.predictions ?? "incomplete"], ["stages", run.stages.join(", ")],
        ["environment", `number ${run.environment + 1}`], ["begun", run.started_at],
        ["ended", run.finished_at]
      ]),
      cupel.details("Configuration", block(run.config)),
      cupel.details("Source", block(run.source)));

  const stage_details = (stage) => cupel.details(
      make(
          "span", {class: "data"},
          cupel.printable(`${stage.objective} on ${stage.dataset}, seed ${stage.seed ?? "none"} (${
              stage.digest.slice(0, 12)})`)),
      cupel.facts([
        ["digest", stage.digest], ["stage before", stage.parent ?? "none"],
        ["environment", `number ${stage.environment + 1}`], ["begun", stage.made_at],
        ...stage.ends.map(
            (end) =>
                ["artefact", `${end.artifact}, ${end.ended_at}, ${cupel.number(end.seconds, 1)} s`])
      ]),
      cupel.details("Configuration", block(stage.config)));

  const show = async (page) => {
    const data = await cupel.packed("provenance");
    const {store, content_digest} = cupel.plain("overview");
    page.append(make("h2", {}, "Provenance"), cupel.facts([
      ["store", store], ["content digest", content_digest],
      [
        "check it",
        make("code", {class: "mono"}, cupel.printable(`cupel doctor --store ${quoted(store)}`))
      ]
    ]));
    page.append(make("h3", {}, "Environments"));
    data.environments.forEach(
        (facts, i) => page.append(cupel.details(`Environment ${i + 1}`, block(facts))));
    page.append(make("h3", {}, "Runs"), ...data.runs.map((run) => run_details(run, store)));
    if (data.stages.length > 0)
      page.append(make("h3", {}, "Stages of training"), ...data.stages.map(stage_details));
    page.append(make("h3", {}, "Protocols"));
    for (const one of data.protocols)
      page.append(
          cupel.details(`${cupel.printable(one.name)}, SHA-256 ${one.digest}`, block(one.body)));
    if (data.plans.length > 0) page.append(make("h3", {}, "Plans"));
    for (const plan of data.plans)
      page.append(
          cupel.details(`${cupel.printable(plan.name)}, ${plan.digest}`, block(plan.manifest)));
  };
  cupel.pages.push({id: "provenance", title: "Provenance", show});
})();
