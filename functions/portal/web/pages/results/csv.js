// Rows as CSV (RFC 4180), for a spreadsheet: what strangers have written must not become a formula there.

// A spreadsheet takes a cell that begins so for a formula; an apostrophe before it makes it text (OWASP, CSV injection).
const FORMULA = /^[=+\-@\t\r]/;

export function csv(rows) {
  // The mark at the front is how Excel knows that it is UTF-8.
  return "\uFEFF" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  const text = FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function saveAs(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
