"use strict";

const { dropDown } = require("../requests");

const entry = ({ id, name, status }) => ({ id, name: status === "enabled" ? name : `${name} (disabled)` });

module.exports = {
  key: "inbound_webhooks",
  noun: "Inbound Webhook",
  display: { label: "Inbound Webhooks", description: "Fills a drop-down.", hidden: true },
  operation: {
    canPaginate: true,
    perform: dropDown("/webhooks", { direction: "inbound" }, entry),
    sample: { id: "wh_019a2f6ea3007c1d8e4b5a6978879605", name: "CRM leads" },
  },
};
