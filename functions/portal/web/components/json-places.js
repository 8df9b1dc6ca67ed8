// Where in a JSON text each value stands, so that a refusal can be shown at its line.

const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORD = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)(?!\w)/y;
const BLANK = /[ \t\n\r]*/y;
const PLAIN = /^[\p{L}\p{N}_-]+$/u;
const DEEPEST = 64; // The API takes 16 levels.

/** The place of a member, as the API names it: `json.a`, `json["a b"]`. */
export const memberOf = (place, name) => (PLAIN.test(name) ? `${place}.${name}` : `${place}[${JSON.stringify(name)}]`);

/** `{places, fault}`: the offset of each value by its place below `root`, up to the first `{at, message}` that is no JSON. */
export function read(text, root) {
  const reader = new Reader(text);
  try {
    reader.whole(root);
    return { places: reader.places, fault: null };
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return { places: reader.places, fault };
  }
}

class Fault {
  constructor(at, message) {
    Object.assign(this, { at, message });
  }
}

class Reader {
  constructor(text) {
    Object.assign(this, { text, at: 0, places: new Map() });
  }

  whole(root) {
    this.value(root, 0);
    if (this.next() !== undefined) this.fail("The JSON is over before this. Is a bracket too many?");
  }

  value(place, depth) {
    const sign = this.next();
    this.places.set(place, this.at);
    if (depth > DEEPEST) this.fail("This is nested too deeply.");
    if (sign === "{") this.object(place, depth);
    else if (sign === "[") this.list(place, depth);
    else if (sign === '"') this.string();
    else if (!this.take(WORD)) this.fail(sign === undefined ? "The JSON ends too early." : "A value belongs here. A text stands in double quotes.");
  }

  object(place, depth) {
    this.each("}", () => {
      if (this.next() !== '"') this.fail("The name of a field belongs here, in double quotes.");
      const name = JSON.parse(this.string());
      if (this.next() !== ":") this.fail("A colon belongs here, between the name and the value.");
      this.at += 1;
      this.value(memberOf(place, name), depth + 1);
    });
  }

  list(place, depth) {
    let item = 0;
    this.each("]", () => this.value(`${place}[${item++}]`, depth + 1));
  }

  /** What stands between brackets, with commas between. */
  each(end, readOne) {
    this.at += 1;
    if (this.next() !== end) {
      readOne();
      while (this.next() === ",") {
        this.at += 1;
        readOne();
      }
      if (this.next() !== end) this.fail(`A comma or ${end} belongs here.`);
    }
    this.at += 1;
  }

  string() {
    return this.take(STRING) ?? this.fail("This text has no end, or has a line break or a single backslash in it. Write \\n and \\\\ for them.");
  }

  next() {
    this.take(BLANK);
    return this.text[this.at];
  }

  take(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  fail(message) {
    throw new Fault(this.at, message);
  }
}

/** The line of an offset, from 1, and where it begins and ends. */
export function lineAt(text, offset) {
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  const end = text.indexOf("\n", offset);
  return { number: text.slice(0, start).split("\n").length, start, end: end < 0 ? text.length : end };
}

/** The offset of a place, or of the nearest value around it; null when there is none. */
export function offsetOf(places, place) {
  const around = [...places.keys()].filter((known) => place === known || place.startsWith(`${known}.`) || place.startsWith(`${known}[`));
  const nearest = around.sort((one, other) => other.length - one.length)[0];
  return nearest === undefined ? null : places.get(nearest);
}
