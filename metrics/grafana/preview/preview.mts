// preview --prometheus URL --out FOLDER [--minutes N] [--scrape-seconds N]: asks Prometheus what every panel of every
// dashboard shows and draws an HTML page per dashboard, panels where Grafana would have them. To look at a change without
// a Grafana; it is not one, and every page says so.
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { dashboard_file } from '../source/schema.mjs';
import { escaped } from './graph.mjs';
import { panel_html } from './panels.mjs';
import { ask, type span } from './prometheus.mjs';

const page_width = 1600;
const cell_height = 30; // Grafana's grid
const gap = 8;

const style = `
  body { margin: 16px; background: #111217; color: #ccccdc; font: 13px Inter, "DejaVu Sans", sans-serif; width: ${page_width}px }
  header { height: 64px } h1 { font-size: 20px; margin: 0 0 6px } .preview { color: #ff9830 }
  main { position: relative }
  section { position: absolute; background: #181b1f; border: 1px solid #2c3036; border-radius: 2px; overflow: hidden }
  h2 { position: absolute; font-size: 15px; margin: 0; line-height: 30px } h3 { font-size: 13px; margin: 0; padding: 7px 10px; height: 16px }
  svg { display: block } text { font-size: 11px; fill: #ccccdc } .tick, .head { fill: #8e8e99 } .end, .cell, .head { text-anchor: end }
  .mid, .empty, .big { text-anchor: middle } .empty { fill: #f2495c; font-size: 14px } .big { font-weight: 500; dominant-baseline: middle }
  .grid { stroke: #2c3036; stroke-width: 1 } .limit { stroke-dasharray: 8 6; stroke-width: 1.5 }
  table { border-collapse: collapse; width: 100% } th, td { text-align: right; padding: 5px 12px; border-bottom: 1px solid #2c3036 }
  th:first-child, td:first-child { text-align: left } th { color: #6e9fff } .none { color: #f2495c; text-align: center }
`;

async function page(one: dashboard_file, prometheus: string, over: span): Promise<string> {
  const column = (page_width + gap) / 24;
  const at = ({ x, y, w, h }: { x: number; y: number; w: number; h: number }) => ({
    left: x * column,
    top: y * (cell_height + gap),
    width: w * column - gap,
    height: h * (cell_height + gap) - gap,
  });
  const parts: string[] = [];
  let bottom = 0;
  for (const panel of one.panels) {
    const { left, top, width, height } = at(panel.gridPos!);
    bottom = Math.max(bottom, top + height);
    const place = `left:${left.toFixed(0)}px;top:${top}px;width:${width.toFixed(0)}px;height:${height}px`;
    if (panel.type === 'row') {
      parts.push(`<h2 style="${place}">${escaped(panel.title ?? '')}</h2>`);
      continue;
    }
    const all = (await Promise.all(panel.targets.map(query => ask(prometheus, query, over)))).flat();
    parts.push(`<section style="${place}">${panel_html(panel, all, over, width, height)}</section>`);
  }
  const until = new Date(over.until_s * 1e3).toISOString().slice(0, 19);
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escaped(one.title)} (preview)</title><style>${style}</style>
<header><h1>${escaped(one.title)} <span class="preview">(a preview, not Grafana)</span></h1>
<div>Drawn from the dashboard's JSON and ${escaped(prometheus)}; the ${Math.round((over.until_s - over.from_s) / 6) / 10} minutes before ${until} UTC</div></header>
<main style="height:${bottom}px">${parts.join('\n')}</main></html>\n`;
}

const { values } = parseArgs({
  options: {
    prometheus: { type: 'string', default: 'http://127.0.0.1:9091' },
    out: { type: 'string' },
    minutes: { type: 'string', default: '15' },
    'scrape-seconds': { type: 'string', default: '15' },
  },
});
if (values.out === undefined) throw new Error('preview needs --out FOLDER for its pages');
const length_s = Number(values.minutes) * 60;
const scrape_s = Number(values['scrape-seconds']);
if (!(length_s > 0 && scrape_s > 0)) throw new Error('--minutes and --scrape-seconds take a number above 0');
const until_s = Math.floor(Date.now() / 1e3);
const over: span = {
  from_s: until_s - length_s,
  until_s,
  step_s: Math.max(scrape_s, Math.ceil(length_s / 300)),
  scrape_s,
};

const dashboards = join(dirname(fileURLToPath(import.meta.url)), '../../../metrics/grafana/dashboards');
mkdirSync(values.out, { recursive: true });
for (const name of readdirSync(dashboards)) {
  const one = JSON.parse(readFileSync(join(dashboards, name), 'utf8')) as dashboard_file;
  const file = join(values.out, name.replace(/\.json$/, '.html'));
  writeFileSync(file, await page(one, values.prometheus, over));
  console.log(file);
}
