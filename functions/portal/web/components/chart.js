import { html, useState } from "../vendor/preact.js";

const HEIGHT = 120;

/**
 * Stacked bars, and their numbers as a table: `<Chart label="Deliveries" bars=${[{key, label, values: {succeeded: 3}}]}
 * series=${[["succeeded", "Succeeded", "good"]]} extra=${[["p50", (bar) => "80 ms"]]} />`. A series' kind is its colour.
 */
export function Chart({ label, bars, series, extra = [] }) {
  const [asTable, setAsTable] = useState(false);
  const most = Math.max(1, ...bars.map((bar) => total(bar, series)));
  const sums = series.map(([key, name, kind]) => [name, kind, bars.reduce((sum, bar) => sum + (bar.values[key] ?? 0), 0)]);
  return html`<figure class="chart">
    <figcaption>
      <span class="legend">${sums.map(([name, kind, sum]) => html`<span key=${name}><i class="dot ${kind}" aria-hidden="true"></i>${name} <b>${sum}</b></span>`)}</span>
      <button type="button" class="link" aria-pressed=${asTable} onClick=${() => setAsTable(!asTable)}>${asTable ? "Show as a chart" : "Show as a table"}</button>
    </figcaption>
    ${asTable ? html`<${Numbers} ...${{ label, bars, series, extra }} />` : html`<${Bars} ...${{ label, bars, series, most, sums }} />`}
  </figure>`;
}

const total = (bar, series) => series.reduce((sum, [key]) => sum + (bar.values[key] ?? 0), 0);

function Bars({ label, bars, series, most, sums }) {
  const width = 100 / bars.length;
  const said = sums.map(([name, , sum]) => `${name}: ${sum}`).join(", ");
  return html`<svg viewBox="0 0 100 ${HEIGHT}" preserveAspectRatio="none" role="img" aria-label=${`${label}. ${said}`}>
      ${bars.map((bar, at) => {
        let top = HEIGHT;
        return html`<g key=${bar.key}>
          <title>${`${bar.label}: ${series.map(([key, name]) => `${name} ${bar.values[key] ?? 0}`).join(", ")}`}</title>
          <rect class="behind" x=${at * width} y="0" width=${width} height=${HEIGHT} />
          ${series.map(([key, , kind]) => {
            const height = ((bar.values[key] ?? 0) / most) * (HEIGHT - 4);
            top -= height;
            return height ? html`<rect key=${key} class=${kind} x=${at * width + width * 0.12} y=${top} width=${width * 0.76} height=${height} />` : null;
          })}
        </g>`;
      })}
    </svg>
    <div class="axis quiet" aria-hidden="true"><span>${bars[0]?.label}</span><span>${sums.some(([, , sum]) => sum) ? `peak ${most}` : "no attempts"}</span><span>${bars.at(-1)?.label}</span></div>`;
}

const Numbers = ({ label, bars, series, extra }) => html`<div class="table-box" role="region" tabindex="0" aria-label=${label}><table class="dense">
  <caption class="away">${label}</caption>
  <thead><tr><th scope="col">Time</th>${series.map(([key, name]) => html`<th key=${key} scope="col" class="number">${name}</th>`)}${extra.map(([name]) => html`<th key=${name} scope="col" class="number">${name}</th>`)}</tr></thead>
  <tbody>${bars.map((bar) => html`<tr key=${bar.key}><th scope="row">${bar.label}</th>
    ${series.map(([key]) => html`<td key=${key} class="number">${bar.values[key] ?? 0}</td>`)}
    ${extra.map(([name, cell]) => html`<td key=${name} class="number">${cell(bar)}</td>`)}</tr>`)}</tbody>
</table></div>`;
