"use strict";

const { dropDown } = require("../requests");

const entry = ({ id, name }) => ({ id, name });

module.exports = {
  key: "campaigns",
  noun: "Campaign",
  display: { label: "Campaigns", description: "Fills a drop-down.", hidden: true },
  operation: {
    canPaginate: true,
    perform: dropDown("/campaigns", {}, entry),
    sample: { id: "cmp_019a2f6ea3007c1d8e4b5a6978879605", name: "Q4 Outreach" },
  },
};
