// What an integrator writes on top of the types that openapi-typescript makes from infra/openapi.yaml, with openapi-fetch.
// tsc reads it, and then it runs. It prints what it saw.

import createClient from "openapi-fetch";
import type { paths } from "./schema.d.ts";

declare const process: { env: { API_URL: string; API_KEY: string } };

const client = createClient<paths>({
  baseUrl: process.env.API_URL,
  headers: { Authorization: `Bearer ${process.env.API_KEY}` },
});

const campaigns = await client.GET("/v1/campaigns", { params: { query: { limit: 100 } } });
if (!campaigns.data) throw new Error("no campaigns");

const created = await client.POST("/v1/webhooks", { body: { direction: "inbound", name: "CRM leads" } });
if (created.data?.direction !== "inbound") throw new Error("no inbound webhook");

const read = await client.GET("/v1/webhooks/{webhookId}", { params: { path: { webhookId: created.data.id } } });
if (read.data?.direction !== "inbound") throw new Error("it is not there");
// @ts-expect-error Told once: a webhook that was read has none.
read.data.signingSecret;

const refused = await client.POST("/v1/campaigns", { body: { name: "" } });
// API Gateway's own errors have another form.
if (!refused.error || !("error" in refused.error)) throw new Error("it was not refused by the API");
const problem = refused.error.error;

console.log(
  JSON.stringify({
    campaigns: campaigns.data.items.map((campaign) => campaign.name),
    id: created.data.id,
    signingSecret: created.data.signingSecret,
    slug: read.data.slug,
    createdAt: read.data.createdAt,
    refused: [refused.response.status, problem.code, problem.field],
  }),
);
