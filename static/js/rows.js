// Rows that come and go on the spot: members, shareholders, the lines of a table. Their controls bear
// the row's number, `members-3-name`; a blank row to copy holds `__n__` in its place.
//
// A list's rows are its children with data-row; what stands in [data-row-number] is counted from 1.
const NUMBERED = ["name", "id", "for", "aria-describedby", "aria-labelledby", "data-counter"];

export const rowsOf = (list) => [...list.querySelectorAll(":scope > [data-row]")];

export function renumber(list, prefix) {
  const pattern = new RegExp(`\\b${prefix}-(?:\\d+|__n__)-`, "g");
  rowsOf(list).forEach((row, at) => {
    const number = row.querySelector("[data-row-number]");
    if (number) number.textContent = at + 1;
    for (const element of row.querySelectorAll("*")) {
      for (const name of NUMBERED) {
        const value = element.getAttribute(name);
        if (value) element.setAttribute(name, value.replace(pattern, `${prefix}-${at}-`));
      }
    }
  });
}

export function addRow(list, blank, prefix) {
  const row = document.importNode(blank.content.firstElementChild, true);
  list.append(row);
  renumber(list, prefix);
  return row;
}

// How many rows typed text needs that is put back.
export function countRows(fields, prefix) {
  const numbers = Object.keys(fields).map((name) => {
    const rest = name.startsWith(`${prefix}-`) ? name.slice(prefix.length + 1) : "";
    return Number(rest.match(/^(\d+)-/)?.[1] ?? -1);
  });
  return Math.max(-1, ...numbers) + 1;
}

// Who goes by keyboard is put into the row that takes the place, or to the button that adds one.
export function removeRow(row, adder) {
  const next = row.nextElementSibling ?? row.previousElementSibling;
  row.remove();
  (next?.querySelector("input:not([type=hidden]), select") ?? adder)?.focus();
}
