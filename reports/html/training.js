"use strict";
// What trainings told of themselves, step by step.
(() => {
  const {make} = cupel;
  const wish = {stage: "", curves: "losses", logarithmic: false};

  const name_of = (stage) => `${stage.objective} on ${stage.dataset}, seed ${
      stage.seed ?? "none"}, ${stage.models.join(", ")} (${stage.id})`;
  const is_loss = (curve) => /loss/.test(curve.name);
  const wanted = (curve) =>
      (wish.curves === "losses" ? is_loss(curve) : curve.name === wish.curves);

  const draw = (box, stages) => {
    const shown = stages.filter((stage) => wish.stage === "" || stage.id === wish.stage);
    const many = shown.length > 1;
    const series = shown.flatMap(
        (stage, s) => stage.curves
                          .filter(
                              (curve) => wanted(curve) &&
                                  (!many || wish.curves !== "losses" || curve.name === "loss"))
                          .map((curve, c) => ({
                                 name: many ? `${name_of(stage)} ${curve.name}` : curve.name,
                                 points: curve.steps.map((step, i) => [step, curve.values[i]]),
                                 width: curve.steps.length < 20 ? 3 : 1.5,
                                 colour: many ? s : c,
                                 dash: many ? s : c
                               })));
    const last = shown.flatMap(
        (stage) => stage.curves.map(
            (curve) =>
                [name_of(stage), curve.name, curve.points, curve.values[0] ?? null,
                 curve.values.at(-1) ?? null]));
    box.replaceChildren(
        series.length > 0 ? cupel.line_chart({
          label: "Curves by step; the table below has their first and last values",
          x: "step",
          y: wish.curves === "losses" ? "loss" : wish.curves,
          series,
          logarithmic: wish.logarithmic
        }) :
                            make("p", {}, "No such curve."),
        cupel.details(
            "First and last values",
            cupel.table(
                "Curves",
                [
                  {head: "stage"}, {head: "curve"}, {head: "steps", number: true},
                  {head: "first", number: true}, {head: "last", number: true}
                ],
                last, {sortable: true})));
  };

  const show = async (page) => {
    const stages = await cupel.packed("training");
    page.append(make("h2", {}, "Training"));
    if (stages.length === 0) {
      page.append(
          make("p", {}, "No run of this report stands on a training that the store knows."));
      return;
    }
    if (!stages.some((stage) => stage.id === wish.stage)) wish.stage = stages[0].id;
    const others = cupel.distinct(stages.flatMap(
        (stage) => stage.curves.filter((curve) => !is_loss(curve)).map((curve) => curve.name)));
    const box = make("div");
    const set = (key) => (value) => {
      wish[key] = value;
      draw(box, stages);
    };
    page.append(
        make(
            "div", {class: "controls"},
            cupel.choice(
                "stage",
                [...stages.map((stage) => [stage.id, name_of(stage)]), ["", "all, total loss"]],
                wish.stage, set("stage")),
            cupel.choice("curves", ["losses", ...others], wish.curves, set("curves")),
            cupel.checkbox("logarithmic", wish.logarithmic, set("logarithmic"))),
        box);
    draw(box, stages);
  };
  cupel.pages.push({id: "training", title: "Training", show});
})();
