// The panels that our dashboards are made of. Whoever adds one has to say what it shows, what is normal and what to do.
import type { any_panel, graph_panel, prometheus_query, stat_panel, table_panel } from './schema.mjs';

export type step = [from: number | null, colour: string];
export type shown_query = [expr: string, legend: string];

export interface panel_text {
  title: string;
  shows: string;
  normal: string;
  act: string;
  runbook?: string; // of this alert, in metrics/runbooks; none: their README
  unit: string;
  width?: number;
  height?: number;
}

// Everything of a panel but its id and its place, which the layout gives it.
export type unplaced<panel extends any_panel> = panel extends any_panel
  ? Omit<panel, 'id' | 'gridPos'> & { width: number; height: number }
  : never;

export const source = { type: 'prometheus', uid: '${datasource}' };

const link = (text: panel_text): any_panel['links'] => [
  {
    title: 'Runbook',
    type: 'link',
    url: `\${runbooks}/${text.runbook ?? 'README'}.md`,
    icon: 'doc',
    tooltip: 'What to do, step by step',
    asDropdown: false,
    includeVars: false,
    keepTime: false,
    tags: [],
    targetBlank: true,
  },
];

const about = (text: panel_text) => ({
  title: text.title,
  description: `${text.shows}\n\n**Normal:** ${text.normal}\n\n**Otherwise:** ${text.act}`,
  datasource: source,
  links: link(text),
});

const queries = (all: shown_query[], over_time: boolean): prometheus_query[] =>
  all.map(([expr, legendFormat], at) => ({
    refId: String.fromCharCode(65 + at),
    expr,
    legendFormat,
    range: over_time,
    instant: !over_time,
  }));

const thresholds_of = (steps: step[] | undefined) => ({
  mode: 'absolute' as const,
  steps: (steps ?? [[null, 'green']]).map(([value, color]) => ({ value, color })),
});

const no_legend = { calcs: [], displayMode: 'list' as const, placement: 'bottom' as const, showLegend: true };
const legend_table = {
  ...no_legend,
  calcs: ['lastNotNull', 'max'],
  displayMode: 'table' as const,
  sortBy: 'Max',
  sortDesc: true,
};

export interface graph_form extends panel_text {
  queries: shown_query[];
  stacked?: boolean;
  steps?: boolean; // the value holds until the next one
  thresholds?: step[]; // drawn as dashed lines
  colours?: Record<string, string>; // by legend
  table?: boolean; // a legend for many series: the largest first
  max?: number;
  logarithmic?: boolean;
}

export const graph = (form: graph_form): unplaced<graph_panel> => ({
  ...about(form),
  type: 'timeseries',
  width: form.width ?? 12,
  height: form.height ?? 8,
  targets: queries(form.queries, true),
  options: { legend: form.table ? legend_table : no_legend, tooltip: { mode: 'multi', sort: 'desc' } },
  fieldConfig: {
    defaults: {
      unit: form.unit,
      ...(form.logarithmic ? {} : { min: 0 }),
      ...(form.max === undefined ? {} : { max: form.max }),
      color: { mode: 'palette-classic' },
      thresholds: thresholds_of(form.thresholds),
      custom: {
        drawStyle: 'line',
        lineInterpolation: form.steps ? 'stepAfter' : 'linear',
        lineWidth: 1,
        fillOpacity: form.stacked ? 40 : 0,
        showPoints: 'never',
        spanNulls: false,
        stacking: { mode: form.stacked ? 'normal' : 'none', group: 'A' },
        scaleDistribution: form.logarithmic ? { type: 'log', log: 10 } : { type: 'linear' },
        thresholdsStyle: { mode: form.thresholds ? 'dashed' : 'off' },
      },
    },
    overrides: Object.entries(form.colours ?? {}).map(([options, fixedColor]) => ({
      matcher: { id: 'byName', options },
      properties: [{ id: 'color', value: { mode: 'fixed', fixedColor } }],
    })),
  },
});

export interface number_form extends panel_text {
  expr: string;
  legend?: string; // where there is one number per label: what names it
  thresholds?: step[];
  words?: Record<string, string>; // instead of a number
  decimals?: number;
  whole_range?: boolean; // the expression looks over the dashboard's whole time by itself
  text?: boolean; // show the name, not the number
  without?: string; // what to show where there is no such number
}

export const number = (form: number_form): unplaced<stat_panel> => ({
  ...about(form),
  type: 'stat',
  width: form.width ?? 4,
  height: form.height ?? 4,
  targets: queries([[form.expr, form.legend ?? form.title]], !form.whole_range),
  options: {
    colorMode: 'value',
    graphMode: form.whole_range || form.words || form.text ? 'none' : 'area',
    justifyMode: 'auto',
    orientation: 'auto',
    percentChangeColorMode: 'standard',
    showPercentChange: false,
    textMode: form.text ? 'name' : 'auto',
    wideLayout: true,
    reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  },
  fieldConfig: {
    defaults: {
      unit: form.unit,
      ...(form.decimals === undefined ? {} : { decimals: form.decimals }),
      ...(form.without === undefined ? {} : { noValue: form.without }),
      color: { mode: 'thresholds' },
      thresholds: thresholds_of(form.thresholds),
      mappings: form.words
        ? [
            {
              type: 'value',
              options: Object.fromEntries(
                Object.entries(form.words).map(([value, text], index) => [value, { text, index }]),
              ),
            },
          ]
        : [],
    },
    overrides: [],
  },
});

export interface matrix_form extends panel_text {
  expr: string; // a number for each pair of the two labels
  rows: string;
  columns: string;
}

export const matrix = (form: matrix_form): unplaced<table_panel> => ({
  ...about(form),
  type: 'table',
  width: form.width ?? 24,
  height: form.height ?? 8,
  targets: [{ refId: 'A', expr: form.expr, legendFormat: '', range: false, instant: true, format: 'table' }],
  transformations: [
    { id: 'groupingToMatrix', options: { rowField: form.rows, columnField: form.columns, valueField: 'Value' } },
  ],
  options: { frameIndex: 0, showHeader: true, cellHeight: 'sm' },
  fieldConfig: {
    defaults: { unit: form.unit, custom: { align: 'auto' }, thresholds: thresholds_of(undefined) },
    overrides: [],
  },
});
