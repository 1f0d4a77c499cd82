// Numbers and tables, and the frame around every panel.
import type { any_panel, stat_panel, table_panel } from '../source/schema.mjs';
import { colour, escaped, graph_svg } from './graph.mjs';
import type { series, span } from './prometheus.mjs';
import { written_in } from './units.mjs';

const title_height = 30;

function number_colour(panel: stat_panel, value: number): string {
  const steps = panel.fieldConfig.defaults.thresholds?.steps ?? [];
  return colour(steps.filter(step => step.value === null || value >= step.value).at(-1)?.color ?? 'green');
}

function number_text(panel: stat_panel, one: series, value: number): string {
  const { unit, decimals, mappings } = panel.fieldConfig.defaults;
  if (panel.options.textMode === 'name') return one.legend;
  for (const mapping of mappings ?? [])
    if (mapping.type === 'value') {
      const text = mapping.options[String(value)]?.text;
      if (text !== undefined) return text;
    }
  return written_in(unit, value, decimals);
}

function spark(one: series, tint: string, width: number, height: number): string {
  const values = one.points.map(([, value]) => value);
  const most = Math.max(...values);
  if (values.length < 2 || most <= 0) return '';
  const at = (value: number, index: number): string =>
    `${((index / (values.length - 1)) * width).toFixed(1)} ${(height - (value / most) * height * 0.35).toFixed(1)}`;
  const edge = values.map(at).join('L');
  return `<path d="M0 ${height}L${edge}L${width} ${height}Z" fill="${tint}" fill-opacity="0.15"/><path d="M${edge}" fill="none" stroke="${tint}"/>`;
}

function number_svg(panel: stat_panel, all: series[], width: number, height: number): string {
  const { noValue } = panel.fieldConfig.defaults;
  if (all.length === 0)
    return `<text x="${width / 2}" y="${height / 2}" class="${noValue ? 'tick mid' : 'empty'}">${noValue ?? 'No data'}</text>`;
  const each = width / all.length;
  return all
    .map((one, at) => {
      const value = one.points.at(-1)?.[1] ?? NaN;
      const text = number_text(panel, one, value);
      const tint = number_colour(panel, value);
      const size = Math.min(height * 0.42, (each / Math.max(text.length, 1)) * 1.6);
      const below = all.length > 1 && panel.options.textMode !== 'name' ? one.legend : '';
      return (
        `<g transform="translate(${at * each})">${panel.options.graphMode === 'area' ? spark(one, tint, each, height) : ''}` +
        `<text x="${each / 2}" y="${height * 0.5}" class="big" style="font-size:${size.toFixed(0)}px;fill:${tint}">${escaped(text)}</text>` +
        `<text x="${each / 2}" y="${height * 0.8}" class="tick mid">${escaped(below)}</text></g>`
      );
    })
    .join('');
}

function table_html(panel: table_panel, all: series[]): string {
  const { rowField, columnField } = panel.transformations?.[0]?.options as Record<string, string>;
  const names = (label: string | undefined): string[] =>
    [...new Set(all.map(one => one.labels[label ?? ''] ?? ''))].sort();
  const columns = names(columnField);
  const cell = (row: string, column: string): string => {
    const value = all.find(one => one.labels[rowField ?? ''] === row && one.labels[columnField ?? ''] === column)
      ?.points[0]?.[1];
    return `<td>${value === undefined ? '' : escaped(written_in(panel.fieldConfig.defaults.unit, value))}</td>`;
  };
  const head = `<tr><th>${rowField}\\${columnField}</th>${columns.map(name => `<th>${escaped(name)}</th>`).join('')}</tr>`;
  const rows = names(rowField).map(
    row => `<tr><td>${escaped(row)}</td>${columns.map(column => cell(row, column)).join('')}</tr>`,
  );
  return all.length === 0 ? '<p class="none">No data</p>' : `<table>${head}${rows.join('')}</table>`;
}

// Its title, with the description where the mouse is, and what is in it.
export function panel_html(panel: any_panel, all: series[], over: span, width: number, height: number): string {
  const room = height - title_height;
  const svg = (inside: string): string => `<svg width="${width}" height="${room}">${inside}</svg>`;
  const inside =
    panel.type === 'table'
      ? table_html(panel, all)
      : svg(panel.type === 'stat' ? number_svg(panel, all, width, room) : graph_svg(panel, all, over, width, room));
  return `<h3 title="${escaped(panel.description)}">${escaped(panel.title)}</h3>${inside}`;
}
