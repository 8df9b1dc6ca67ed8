// A mapping as it is typed: the paths of a field as one text, with commas between them.

export const FIELDS = [
  ["phoneNumber", "Phone number"],
  ["firstName", "First name"],
  ["lastName", "Last name"],
  ["email", "Email"],
  ["companyName", "Company"],
  ["note", "Note"],
  ["address1", "Address"],
  ["address2", "Address, second line"],
  ["city", "City"],
  ["state", "State"],
  ["zipCode", "ZIP code"],
  ["idempotencyKey", "Id of the event"],
];
const NAMED = ["metadata", "variables"];

// A comma within quotes belongs to a key.
const PATH = /(?:"(?:[^"\\]|\\.)*"?|[^,"])+/g;

/** What the API takes of a text: a path, a list of several, or nothing. */
export function pathsOf(text) {
  const paths = (text.match(PATH) ?? []).map((path) => path.trim()).filter(Boolean);
  return paths.length > 1 ? paths : paths[0];
}

export const textOf = (paths) => (Array.isArray(paths) ? paths.join(", ") : (paths ?? ""));

/** A form's values of a mapping. */
export function valuesOf(mapping) {
  const values = Object.fromEntries(FIELDS.map(([name]) => [name, textOf(mapping?.[name])]));
  for (const field of NAMED) values[field] = Object.entries(mapping?.[field] ?? {}).map(([name, paths]) => ({ name, paths: textOf(paths) }));
  return values;
}

/** The mapping that a form's values are. */
export function mappingOf(values) {
  const mapping = {};
  for (const [name] of FIELDS) if (pathsOf(values[name])) mapping[name] = pathsOf(values[name]);
  for (const field of NAMED) {
    const rows = values[field].filter(({ name, paths }) => name.trim() && pathsOf(paths));
    if (rows.length > 0) mapping[field] = Object.fromEntries(rows.map(({ name, paths }) => [name.trim(), pathsOf(paths)]));
  }
  return mapping;
}
