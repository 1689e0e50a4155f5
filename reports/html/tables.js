"use strict";
// Tables with sorting by column.
(() => {
  const {make} = cupel;

  const content = (cell, digits) => {
    if (cell === null || cell === undefined) return "";
    if (cell instanceof Node) return cell;
    return typeof cell === "number" ? cupel.number(cell, digits) : cupel.printable(cell);
  };
  const compare = (left, right) => {
    const key = (cell) => (cell instanceof Node ? cell.textContent : cell);
    const [a, b] = [key(left), key(right)];
    if (a === null || a === undefined) return 1;
    if (b === null || b === undefined) return -1;
    return typeof a === "number" && typeof b === "number" ? a - b :
                                                            String(a).localeCompare(String(b));
  };

  // columns: [{head, number, digits}]; rows: arrays of texts, numbers, nodes or null.
  cupel.table = (caption, columns, rows, {sortable = false} = {}) => {
    const body = make("tbody");
    const fill = (ordered) => {
      body.replaceChildren(...ordered.map(
          (row) => make(
              "tr", {},
              columns.map(
                  (column, i) => make(
                      i === 0 ? "th" : "td",
                      {class: column.number ? "number" : null, scope: i === 0 ? "row" : null},
                      make("span", {class: "data"}, content(row[i], column.digits)))))));
    };
    const heads = columns.map((column, i) => {
      const head = make("th", {scope: "col", class: column.number ? "number" : null});
      if (!sortable || !column.head) {
        head.append(column.head);
        return head;
      }
      head.append(make(
          "button", {
            type: "button",
            onclick: () => {
              const down = head.getAttribute("aria-sort") === "ascending";
              for (const other of heads) other.removeAttribute("aria-sort");
              head.setAttribute("aria-sort", down ? "descending" : "ascending");
              fill([...rows].sort((a, b) => (down ? -1 : 1) * compare(a[i], b[i])));
            }
          },
          column.head));
      return head;
    });
    fill(rows);
    return make(
        "div", {class: "scroll", tabindex: "0", role: "region", "aria-label": caption},
        make(
            "table", {}, make("caption", {}, cupel.printable(caption)),
            make("thead", {}, make("tr", {}, heads)), body));
  };

  cupel.facts = (pairs) => make(
      "dl", {class: "facts"},
      pairs.filter(([, value]) => value !== "" && value !== null)
          .map(
              ([name, value]) =>
                  [make("dt", {}, name),
                   make("dd", {}, make("span", {class: "data"}, content(value)))]));
})();
