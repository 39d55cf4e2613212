// The arithmetic of a sheet, in hundredths.
const DIGITS = /^\d+(\.\d*)?$|^\.\d+$/;

// Full-width digits and the Chinese full stop are how some keyboards write numbers.
export const normal = (text) => text.normalize("NFKC").replace(/[。,]/g, ".").trim();

export const cents = (text) => Math.round(Number(text) * 100);

export const plain = (hundredths) => String(hundredths / 100);

// What is wrong with a mark: "digits", "decimals", "range", or "".
export function problem(text, max) {
  if (text === "") return "";
  if (!DIGITS.test(text)) return "digits";
  if ((text.split(".")[1] ?? "").length > 2) return "decimals";
  return cents(text) > cents(max) ? "range" : "";
}

export function total(rubric, marks) {
  let sum = 0;
  for (const line of rubric.criteria) {
    const text = marks[line.key] ?? "";
    if (text !== "" && !problem(text, line.max)) sum += cents(text);
  }
  return (sum / 100).toFixed(2);
}

// The first thing that keeps a sheet from being handed in: {kind, key}, or null.
export function gap(rubric, values) {
  for (const line of rubric.criteria) {
    const text = values.marks[line.key] ?? "";
    if (text === "") return { kind: "blank", key: `mark_${line.key}` };
    const wrong = problem(text, line.max);
    if (wrong) return { kind: wrong, key: `mark_${line.key}` };
  }
  for (const gate of rubric.gates) {
    if (typeof values.gates[gate.key] !== "boolean") return { kind: "open", key: `gate_${gate.key}` };
  }
  return null;
}
