// Rows as CSV (RFC 4180), for a spreadsheet: what strangers have written must not become a formula there.

// A spreadsheet takes a cell that begins so for a formula, full-width signs included; an apostrophe before it makes it text
// (OWASP, CSV injection). Which sign parts two cells is the spreadsheet's choice: a German one takes ";", and knows no quotes
// in the middle of what it takes for a cell. So a cell begins behind each of these, too, and at each quote that is written.
const FORMULA = /(^|[;,|\t\r\n\v\f\u0085\u2028\u2029"'])([\s\u0000\u200b-\u200f\u2060\ufeff]*)(?=[=+\-@\uff1d\uff0b\uff0d\uff20])/g;

// A number as the API has it: a plus sign and digits, which no spreadsheet calculates into anything but that number.
const PHONE = /^\+\d{7,15}$/;

const KEPT_MS = 60_000;

export function csv(rows) {
  // The mark at the front is how Excel knows that it is UTF-8.
  return "\uFEFF" + rows.map((row) => row.map(cell).join(",") + "\r\n").join("");
}

function cell(value) {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(value);
  // A tab or a return at the front is dropped by some, and what follows it is looked at anew.
  const text = PHONE.test(value) ? value : value.replace(FORMULA, "$1$2'").replace(/^(?=[\t\r])/, "'");
  return /^[\w.:+-]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}

export function saveAs(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // Some browsers begin to read it after the click only.
  setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
}
