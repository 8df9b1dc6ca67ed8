"use strict";

const { v1 } = require("./requests");

module.exports = {
  type: "custom",
  test: (z, bundle) => v1(z, bundle, "/account"),
  connectionLabel: "{{name}}",
  fields: [
    {
      key: "apiUrl",
      label: "Address",
      type: "string",
      required: true,
      isNoSecret: true,
      placeholder: "https://calls.example.com",
      helpText: "Where your account is: the address of its portal, or of its API. You got it with the API key.",
    },
    {
      key: "apiKey",
      label: "API Key",
      type: "password",
      required: true,
      helpText: "It begins with `whk_`. Whoever opened your account gives you one.",
    },
  ],
};
