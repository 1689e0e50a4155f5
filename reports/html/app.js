"use strict";
// The tabs, the theme, and which page is shown.
(() => {
  const {make} = cupel;
  const page = document.getElementById("page");
  const tabs = document.getElementById("tabs");
  const theme = document.getElementById("theme");
  let turn = 0;  // a page that is slow to come must not come over the next one

  const current = () =>
      cupel.pages.find((one) => `#/${one.id}` === location.hash) ?? cupel.pages[0];

  const draw = async () => {
    const own = ++turn;
    const one = current();
    cupel.forget_charts();
    for (const tab of tabs.children) {
      const chosen = tab.id === `tab-${one.id}`;
      tab.setAttribute("aria-selected", String(chosen));
      tab.tabIndex = chosen ? 0 : -1;
    }
    page.setAttribute("aria-labelledby", `tab-${one.id}`);
    page.setAttribute("aria-busy", "true");
    const box = make("div");
    page.replaceChildren(box);
    try {
      await one.show(box);
    } catch (error) {
      if (own !== turn) return;
      box.replaceChildren(make(
          "p", {class: "warning"},
          `This page could not be drawn: ${cupel.printable(error.message)}`));
      console.error(error);
    }
    if (own === turn) page.setAttribute("aria-busy", "false");
  };

  const go = (id) => {
    // The stroke keeps it apart from ids of elements, to which a browser would move the focus.
    location.hash = `/${id}`;
  };
  const step = (event) => {
    const all = [...tabs.children];
    const at = all.indexOf(document.activeElement);
    const to = {ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1}[event.key];
    if (to === undefined || at < 0) return;
    event.preventDefault();
    const tab = all[(to + all.length) % all.length];
    tab.focus();
    go(tab.id.slice("tab-".length));
  };

  const dress = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    theme.setAttribute("aria-pressed", String(dark));
  };

  for (const one of cupel.pages)
    tabs.append(make(
        "button", {
          type: "button",
          role: "tab",
          id: `tab-${one.id}`,
          "aria-controls": "page",
          onclick: () => go(one.id)
        },
        one.title));
  tabs.addEventListener("keydown", step);
  const wish = matchMedia("(prefers-color-scheme: dark)");
  dress(wish.matches);
  wish.addEventListener("change", () => {
    dress(wish.matches);
    draw();
  });
  theme.addEventListener("click", () => {
    dress(!cupel.is_dark());
    draw();
  });
  window.addEventListener("hashchange", () => {
    if (location.hash !== "#page") draw();  // that is the link past the tabs
  });
  const {store, runs} = cupel.plain("overview");
  document.title = cupel.printable(`${store}: Cupel report`);
  document.getElementById("about").append(cupel.data(`${store}, ${runs.length} runs`));
  draw();
})();
