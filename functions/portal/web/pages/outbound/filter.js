import { html } from "../../vendor/preact.js";
import { everyPage, useLoad } from "../../api.js";
import { sentenceOf } from "./told.js";

/** The account's campaigns, if `wanted`: `{loaded, nameOf}`. An id of a bulk campaign has no name here. */
export function useCampaignNames(wanted) {
  const loaded = useLoad(async (signal) => (wanted ? everyPage("/campaigns", {}, { signal }) : []), [wanted]);
  const names = new Map(loaded.data?.map(({ id, name }) => [id, name]));
  return { campaigns: loaded.data ?? [], loading: loaded.loading, nameOf: (id) => names.get(id) ?? id };
}

/** What a filter lets through. */
export function Filter({ of }) {
  const { nameOf } = useCampaignNames(Boolean(of?.campaignIds));
  return html`<span class="breaks" dir="auto">${sentenceOf(of, nameOf)}</span>`;
}
