"use strict";

const { version } = require("./package.json");
const { version: platformVersion } = require("zapier-platform-core");

const authentication = require("./src/authentication");
const { explainRefusal } = require("./src/refusals");
const callFinished = require("./src/triggers/call_finished");
const inboundWebhooks = require("./src/triggers/inbound_webhooks");
const campaigns = require("./src/triggers/campaigns");
const triggerCall = require("./src/creates/trigger_call");
const findCall = require("./src/searches/find_call");

const byKey = (...all) => Object.fromEntries(all.map((one) => [one.key, one]));

module.exports = {
  version,
  platformVersion,
  authentication,
  afterResponse: [explainRefusal],
  triggers: byKey(callFinished, inboundWebhooks, campaigns),
  creates: byKey(triggerCall),
  searches: byKey(findCall),
};
