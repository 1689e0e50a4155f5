"use strict";
// What all parts of the page share: elements, data blocks, numbers.
const cupel = {
  pages: []
};

(() => {
  // Characters that move text, hide in it or change its direction are shown as the program does.
  const unseen =
      /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\u{e0000}-\u{e0fff}]/gu;
  cupel.printable = (text) =>
      String(text).replace(unseen, (character) => `\\u{${character.codePointAt(0).toString(16)}}`);

  // An element. Keys of `facts` that begin with "on" are listeners, all others attributes.
  // Children are nodes or texts; nothing is ever read as markup.
  const build = (element, facts, children) => {
    for (const [key, value] of Object.entries(facts)) {
      if (value === null || value === undefined || value === false) continue;
      if (key.startsWith("on"))
        element.addEventListener(key.slice(2), value);
      else
        element.setAttribute(key, value === true ? "" : String(value));
    }
    element.append(
        ...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
    return element;
  };
  cupel.make = (tag, facts = {}, ...children) =>
      build(document.createElement(tag), facts, children);
  cupel.drawn = (tag, facts = {}, ...children) =>
      build(document.createElementNS("http://www.w3.org/2000/svg", tag), facts, children);
  cupel.data = (text, kind = "") =>
      cupel.make("span", {class: `data ${kind}`}, cupel.printable(text));
  cupel.details = (title, ...children) =>
      cupel.make("details", {}, cupel.make("summary", {}, title), ...children);

  const plain = new Map();
  cupel.plain = (id) => {
    if (!plain.has(id)) plain.set(id, JSON.parse(document.getElementById(id).textContent));
    return plain.get(id);
  };
  const unpack = async (id) => {
    const text = atob(document.getElementById(id).textContent);
    const bytes = new Uint8Array(text.length);
    for (let i = 0; i < text.length; ++i) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).json();
  };
  const packed = new Map();
  cupel.packed = (id) => {
    if (!packed.has(id)) packed.set(id, unpack(id));
    return packed.get(id);
  };

  cupel.number = (value, digits = 4) => {
    if (value === null || value === undefined) return "–";
    if (Number.isInteger(value)) return String(value);
    if (Math.abs(value) < 1e-9) return (0).toFixed(digits);
    return Math.abs(value) >= 1e6 || Math.abs(value) < 1e-4 ? value.toExponential(2) :
                                                              value.toFixed(digits);
  };
  cupel.interval = (low, high) =>
      low === null || low === undefined ? "" : `[${cupel.number(low)}, ${cupel.number(high)}]`;
  cupel.distinct = (values) => [...new Set(values)];
  // Map from key to the items of that key, in the order of first use.
  cupel.grouped = (items, key) => {
    const groups = new Map();
    for (const item of items) {
      const own = key(item);
      if (!groups.has(own)) groups.set(own, []);
      groups.get(own).push(item);
    }
    return groups;
  };

  // A labelled choice; `options` are texts or [value, text].
  cupel.choice = (label, options, value, changed) => {
    const select = cupel.make("select", {onchange: () => changed(select.value)});
    for (const option of options) {
      const [own, text] = Array.isArray(option) ? option : [option, option];
      select.append(
          cupel.make("option", {value: own, selected: own === value}, cupel.printable(text)));
    }
    return cupel.make("label", {}, label, select);
  };
  cupel.checkbox = (label, checked, changed) => {
    const box =
        cupel.make("input", {type: "checkbox", checked, onchange: () => changed(box.checked)});
    return cupel.make("label", {}, box, label);
  };
})();
