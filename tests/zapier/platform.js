// Zapier's side: runs the app's own definitions by zapier-platform-core, as Zapier does and as its app tester does. A line of
// stdin is an event ({"command": "execute", "method": …, "bundle": …}), a line of stdout what came of it.

"use strict";

const path = require("node:path");
const readline = require("node:readline");

const APP = path.resolve(__dirname, "../../integrations/zapier");
const zapier = require(path.join(APP, "node_modules/zapier-platform-core"));

const handle = zapier.createAppHandler(require(APP));

const outcome = async (line) => {
  try {
    return { results: (await handle(JSON.parse(line))).results };
  } catch ({ name, message }) {
    return { error: { name, message } };
  }
};

(async () => {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(`${JSON.stringify(await outcome(line))}\n`);
  }
})();
