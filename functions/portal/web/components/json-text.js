// JSON as it is written. `JSON.parse` reads 9007199254740993 as ...992, so what is shown or sent again is not taken from there.

const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s"{}[\],:]+/g;

/** The same JSON with a line for each member. What is no JSON stays as it is. */
export function inLines(text) {
  try {
    JSON.parse(text);
  } catch {
    return text;
  }
  const tokens = text.match(TOKENS);
  let depth = 0;
  const line = () => `\n${"  ".repeat(depth)}`;
  return tokens.map((token, at) => {
    if (token === "{" || token === "[") {
      depth += 1;
      return isEnd(tokens[at + 1]) ? token : token + line();
    }
    if (isEnd(token)) {
      depth -= 1;
      return isStart(tokens[at - 1]) ? token : line() + token;
    }
    return token === "," ? token + line() : token === ":" ? ": " : token;
  }).join("");
}

const isStart = (token) => token === "{" || token === "[";
const isEnd = (token) => token === "}" || token === "]";

/** The members of a JSON object, each value as it is written: `{name: text}`. */
export function membersOf(text) {
  const members = {};
  let depth = 0;
  let name = null;
  for (const token of text.match(TOKENS)) {
    if (isEnd(token)) depth -= 1;
    if (depth === 1 && name === null && token.startsWith('"')) {
      name = JSON.parse(token);
      members[name] = "";
    } else if (depth === 1 && token === ",") name = null;
    else if (depth > 0 && !(depth === 1 && token === ":")) members[name] += token;
    if (isStart(token)) depth += 1;
  }
  return members;
}
