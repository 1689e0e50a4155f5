"use strict";
// What was added to a text and what is missing, word by word.
(() => {
  const {make} = cupel;
  const largest = 4e6;  // cells of the table; beyond that a browser hangs

  const words = (text) => text.match(/\s+|[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu) ?? [];

  // Lengths of the longest common subsequences of what follows each pair of places.
  const lengths = (left, right) => {
    const width = right.length + 1;
    const table = new Uint32Array((left.length + 1) * width);
    for (let i = left.length - 1; i >= 0; --i) {
      for (let j = right.length - 1; j >= 0; --j)
        table[i * width + j] = left[i] === right[j] ?
            table[(i + 1) * width + j + 1] + 1 :
            Math.max(table[(i + 1) * width + j], table[i * width + j + 1]);
    }
    return (i, j) => table[i * width + j];
  };

  // [[kind, text]] with the kinds same, removed (of `before`) and added; null: too long.
  cupel.text_difference = (before, after) => {
    const [left, right] = [words(before), words(after)];
    let start = 0;
    while (start < Math.min(left.length, right.length) && left[start] === right[start]) ++start;
    let end = 0;
    while (end < Math.min(left.length, right.length) - start &&
           left.at(-1 - end) === right.at(-1 - end))
      ++end;
    const [a, b] = [left.slice(start, left.length - end), right.slice(start, right.length - end)];
    if (a.length * b.length > largest) return null;
    const parts = [];
    const add = (kind, text) => {
      if (text === "") return;
      if (parts.at(-1)?.[0] === kind)
        parts.at(-1)[1] += text;
      else
        parts.push([kind, text]);
    };
    add("same", left.slice(0, start).join(""));
    const common = lengths(a, b);
    for (let i = 0, j = 0; i < a.length || j < b.length;) {
      if (i < a.length && j < b.length && a[i] === b[j]) {
        add("same", a[i++]);
        ++j;
      } else if (j === b.length || (i < a.length && common(i + 1, j) >= common(i, j + 1)))
        add("removed", a[i++]);
      else
        add("added", b[j++]);
    }
    add("same", end > 0 ? left.slice(-end).join("") : "");
    return parts;
  };

  const tags = {same: "span", removed: "del", added: "ins"};
  // `prediction` with what it has more than `reference`, and what it lacks.
  cupel.show_difference = (reference, prediction) => {
    const parts = cupel.text_difference(reference, prediction);
    if (parts === null)
      return make(
          "div", {}, make("p", {class: "quiet"}, "Too long to compare word by word."),
          cupel.data(prediction));
    return make(
        "div", {class: "data"},
        parts.map(([kind, text]) => make(tags[kind], {}, cupel.printable(text))));
  };
})();
