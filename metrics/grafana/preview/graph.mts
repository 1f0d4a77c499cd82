// A panel of lines as SVG.
import type { graph_panel } from '../source/schema.mjs';
import type { series, span } from './prometheus.mjs';
import { written_in } from './units.mjs';

const palette = ['#73bf69', '#fade2a', '#5794f2', '#ff9830', '#f2495c', '#b877d9', '#37872d', '#e0b400', '#1f60c4', '#fa6400', '#c4162a', '#8f3bb8']; // prettier-ignore
const named_colours: Record<string, string> = {
  green: '#73bf69',
  yellow: '#fade2a',
  orange: '#ff9830',
  red: '#f2495c',
};
const legend_line = 17;
const legend_lines_max = 6;

export const colour = (name: string): string => named_colours[name] ?? name;
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, c => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c] ?? c);

interface line extends series {
  colour: string;
  last: number;
  max: number;
}

interface frame {
  x: (time_s: number) => number;
  y: (value: number) => number;
  left: number;
  right: number;
  top: number;
  bottom: number;
}

function lines_of(panel: graph_panel, all: series[]): line[] {
  const fixed = new Map(
    panel.fieldConfig.overrides.map(one => [one.matcher.options, one.properties[0]?.value.fixedColor ?? '']),
  );
  return all.map((one, at) => {
    const values = one.points.map(([, value]) => value).filter(Number.isFinite);
    const chosen = fixed.get(one.legend);
    return {
      ...one,
      colour: chosen === undefined ? palette[at % palette.length]! : colour(chosen),
      last: values.at(-1) ?? NaN,
      max: values.reduce((most, value) => Math.max(most, value), -Infinity),
    };
  });
}

// Each line on top of the ones before it; the pairs are its lower and upper edge.
function stacked(lines: line[]): [time_s: number, from: number, to: number][][] {
  const height = new Map<number, number>();
  return lines.map(one =>
    one.points.map(([at, value]) => {
      const from = height.get(at) ?? 0;
      height.set(at, from + value);
      return [at, from, from + value];
    }),
  );
}

function ticks(from: number, to: number, about: number, binary = false): number[] {
  const rough = (to - from) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = binary
    ? 2 ** Math.ceil(Math.log2(rough))
    : ([1, 2, 5, 10].map(n => n * power).find(n => n >= rough) ?? rough);
  const all: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to + step / 1e6; at += step) all.push(Number(at.toPrecision(12)));
  return all;
}

function path(points: [number, number][], to: frame, steps: boolean, gap_s: number): string {
  let text = '';
  let before: [number, number] | undefined;
  for (const [at, value] of points) {
    const begins = before === undefined || at - before[0] > gap_s;
    const x = to.x(at).toFixed(1);
    if (begins) text += `M${x} ${to.y(value).toFixed(1)}`;
    else text += (steps ? `H${x}V` : `L${x} `) + to.y(value).toFixed(1);
    before = [at, value];
  }
  return text;
}

function area(points: [number, number, number][], to: frame): string {
  if (points.length === 0) return '';
  const upper = points.map(([at, , top]) => `${to.x(at).toFixed(1)} ${to.y(top).toFixed(1)}`);
  const lower = points.map(([at, bottom]) => `${to.x(at).toFixed(1)} ${to.y(bottom).toFixed(1)}`).reverse();
  return `M${[...upper, ...lower].join('L')}Z`;
}

function scale(panel: graph_panel, top_value: number, least: number): { from: number; to: number; marks: number[] } {
  const { max, unit, custom } = panel.fieldConfig.defaults;
  if (custom?.scaleDistribution?.type === 'log') {
    const from = 10 ** Math.floor(Math.log10(least));
    const to = 10 ** Math.ceil(Math.log10(Math.max(top_value, from * 10)));
    const marks: number[] = [];
    for (let at = from; at <= to * 1.001; at *= 10) marks.push(at);
    return { from, to, marks };
  }
  const to = max ?? (top_value > 0 ? top_value * 1.08 : 1);
  return { from: 0, to, marks: ticks(0, to, 5, unit === 'bytes') };
}

function legend(panel: graph_panel, lines: line[], left: number, top: number, width: number): string {
  const { unit } = panel.fieldConfig.defaults;
  const key = (one: line, x: number, y: number) =>
    `<rect x="${x}" y="${y - 5}" width="12" height="3" fill="${one.colour}"/>` +
    `<text x="${x + 18}" y="${y}" class="name">${escaped(one.legend)}</text>`;
  if (panel.options.legend.displayMode !== 'table') {
    let x = left;
    return lines
      .map(one => {
        const here = x;
        x += 34 + one.legend.length * 6.6;
        return here > left + width ? '' : key(one, here, top + 12);
      })
      .join('');
  }
  const sorted = [...lines].sort((a, b) => b.max - a.max);
  const shown = sorted.slice(0, legend_lines_max - 2);
  const right = left + width;
  const text = (value: number): string => (Number.isFinite(value) ? written_in(unit, value) : '');
  const second = right - 16 - 6.6 * Math.max(4, ...shown.map(one => text(one.max).length));
  const at_end = (x: number, y: number, what: string, kind: string) =>
    `<text x="${x}" y="${y}" class="${kind}">${escaped(what)}</text>`;
  const head = at_end(second, top + 10, 'last', 'head') + at_end(right, top + 10, 'max', 'head');
  const rows = shown.map((one, at) => {
    const y = top + 10 + (at + 1) * legend_line;
    return key(one, left, y) + at_end(second, y, text(one.last), 'cell') + at_end(right, y, text(one.max), 'cell');
  });
  const rest = sorted.length - shown.length;
  const more = rest > 0 ? `<text x="${left}" y="${top + 8 + (legend_lines_max - 1) * legend_line}" class="tick">and ${rest} more</text>` : ''; // prettier-ignore
  return head + rows.join('') + more;
}

export function graph_svg(panel: graph_panel, all: series[], over: span, width: number, height: number): string {
  const lines = lines_of(panel, all);
  const { unit, custom, thresholds } = panel.fieldConfig.defaults;
  const piled = custom?.stacking?.mode === 'normal';
  const layers = piled ? stacked(lines) : [];
  const values = lines.flatMap(one => one.points.map(([, value]) => value)).filter(Number.isFinite);
  if (values.length === 0) return `<text x="${width / 2}" y="${height / 2}" class="empty">No data</text>`;
  const highest = piled ? Math.max(...layers.flat().map(([, , top]) => top)) : Math.max(...values);
  const { from, to, marks } = scale(panel, highest, Math.min(...values.filter(value => value > 0), highest));
  const logarithmic = custom?.scaleDistribution?.type === 'log';
  const legend_height = panel.options.legend.displayMode === 'table' ? legend_lines_max * legend_line : legend_line + 4;
  const left_room = 16 + 6.6 * Math.max(...marks.map(mark => written_in(unit, mark).length));
  const place = { left: left_room, right: width - 8, top: 6, bottom: height - legend_height - 22 };
  const part = (value: number): number =>
    logarithmic ? Math.log(Math.max(value, from) / from) / Math.log(to / from) : (value - from) / (to - from);
  const inside: frame = {
    ...place,
    x: at => place.left + ((at - over.from_s) / (over.until_s - over.from_s)) * (place.right - place.left),
    y: value => place.bottom - part(value) * (place.bottom - place.top),
  };
  const { x, y, left, right, bottom } = inside;
  const grid = marks.map(
    mark =>
      `<path d="M${left} ${y(mark).toFixed(1)}H${right}" class="grid"/>` +
      `<text x="${left - 6}" y="${(y(mark) + 4).toFixed(1)}" class="tick end">${escaped(written_in(unit, mark))}</text>`,
  );
  const times = ticks(over.from_s, over.until_s, Math.max(2, (right - left) / 110))
    .filter(at => x(at) < right - 26) // the label would be cut off
    .map(
      at => `<text x="${x(at).toFixed(1)}" y="${bottom + 15}" class="tick mid">${new Date(at * 1e3).toISOString().slice(11, 19)}</text>`, // prettier-ignore
    );
  const limits = custom?.thresholdsStyle?.mode === 'dashed' ? (thresholds?.steps ?? []) : [];
  const dashes = limits
    .filter(step => step.value !== null && step.value > from && step.value < to)
    .map(step => `<path d="M${left} ${y(step.value!)}H${right}" class="limit" stroke="${colour(step.color)}"/>`);
  const steps = custom?.lineInterpolation === 'stepAfter';
  const gap_s = over.step_s * 1.5;
  const drawn = lines.map((one, at) => {
    const layer = layers[at];
    const points = (layer?.map(([time, , upper]) => [time, upper]) ?? one.points) as [number, number][];
    const filled = layer ? `<path d="${area(layer, inside)}" fill="${one.colour}" fill-opacity="0.4"/>` : '';
    return `${filled}<path d="${path(points, inside, steps, gap_s)}" fill="none" stroke="${one.colour}" stroke-width="1.3"/>`;
  });
  return grid.join('') + times.join('') + drawn.join('') + dashes.join('') + legend(panel, lines, 10, bottom + 26, width - 24); // prettier-ignore
}
