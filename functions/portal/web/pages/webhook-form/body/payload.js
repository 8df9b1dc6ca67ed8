// A payload as it is typed. The form keeps what was typed in each of the three forms, so that trying another one loses nothing.

import { Problem, Written } from "../../../api.js";
import { read } from "../../../components/json-places.js";
import { inLines, membersOf } from "../../../components/json-text.js";

/** The form's values of a payload, which is `Written`, or null for the documented one. */
export function bodyValues(payload) {
  const of = payload ? membersOf(payload.text) : {};
  return {
    body: ["json", "form", "text"].find((kind) => kind in of) ?? "documented",
    json: of.json ? inLines(of.json) : "",
    omitNulls: of.omitNulls === "true",
    fields: Object.entries(JSON.parse(of.form ?? "{}")).map(([name, template]) => ({ name, template })),
    text: JSON.parse(of.text ?? '""'),
  };
}

/** The payload that the values are, `Written`; null for the documented one. `path` is the API's name of it. */
export function payloadOf({ body, json, omitNulls, fields, text }, path) {
  if (body === "documented") return null;
  if (body === "text") return new Written(JSON.stringify({ text }));
  if (body === "form") return new Written(`{"form":{${fields.filter(isGiven).map(({ name, template }) => `${JSON.stringify(name)}:${JSON.stringify(template)}`)}}}`);
  const { fault } = read(json, "json");
  if (fault) throw new Problem({ code: "no_json", field: `${path}.json`, message: json.trim() ? fault.message : "Type JSON here, or begin with a preset." });
  return new Written(`{"json":${json}${omitNulls ? ',"omitNulls":true' : ""}}`);
}

/** Whether a row of a form says something. */
export const isGiven = ({ name, template }) => Boolean(name || template);

/** What is saved: nothing when the payload stays as it was. */
export function payloadChange(values, before, path) {
  const [now, then] = [payloadOf(values, path), payloadOf(bodyValues(before), path)];
  return now?.text === then?.text ? {} : { payload: now };
}
