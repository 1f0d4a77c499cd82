// A dashboard from its sections: panels from left to right in Grafana's 24 columns, a new line where one is full.
import { source, type unplaced } from './panel.mjs';
import type { any_panel, dashboard_file, row_panel } from './schema.mjs';

// Where metrics/runbooks can be read: a placeholder, the same as in metrics/prometheus/alerts.yml. A variable of every
// dashboard, so that it is changed here alone.
const runbooks = 'https://git.example.jp/meguri/blob/main/metrics/runbooks';

const columns = 24;

export interface section {
  title: string;
  panels: unplaced<any_panel>[];
}

export interface dashboard_form {
  uid: string;
  title: string;
  description: string;
  sections: section[];
  from?: string;
  per_program?: boolean; // with a variable to choose programs
}

function laid_out(sections: section[]): dashboard_file['panels'] {
  const placed: dashboard_file['panels'] = [];
  let id = 0;
  let y = 0;
  for (const { title, panels } of sections) {
    placed.push({
      id: ++id,
      type: 'row',
      title,
      collapsed: false,
      gridPos: { x: 0, y, w: columns, h: 1 },
      panels: [],
    } satisfies row_panel);
    ++y;
    let x = 0;
    let line_height = 0;
    for (const { width, height, ...panel } of panels) {
      if (x + width > columns) {
        y += line_height;
        x = line_height = 0;
      }
      placed.push({ id: ++id, gridPos: { x, y, w: width, h: height }, ...panel } as any_panel);
      x += width;
      line_height = Math.max(line_height, height);
    }
    y += line_height;
  }
  return placed;
}

const chosen_from = (name: string, label: string, query: string): dashboard_file['templating'] => ({
  list: [
    {
      name,
      label,
      type: 'query',
      datasource: source,
      query: { query, refId: name },
      refresh: 2,
      sort: 1,
      multi: true,
      includeAll: true,
      allValue: '.+',
      current: { text: ['All'], value: ['$__all'] },
    },
  ],
});

export const dashboard = (form: dashboard_form): dashboard_file => ({
  uid: form.uid,
  title: form.title,
  description: form.description,
  tags: ['meguri'],
  schemaVersion: 42,
  editable: false,
  graphTooltip: 1,
  refresh: '10s',
  time: { from: form.from ?? 'now-1h', to: 'now' },
  timezone: 'Asia/Tokyo',
  links: [
    {
      title: 'Meguri',
      type: 'dashboards',
      tags: ['meguri'],
      icon: 'dashboard',
      tooltip: 'The other dashboards of Meguri',
      asDropdown: false,
      includeVars: true,
      keepTime: true,
      targetBlank: false,
    },
  ],
  templating: {
    list: [
      { name: 'datasource', label: 'Prometheus', type: 'datasource', query: 'prometheus', refresh: 1 },
      ...(chosen_from('instance', 'Switch', 'label_values(meguri_ready, instance)').list ?? []),
      ...((form.per_program &&
        chosen_from('program', 'Program', 'label_values(meguri_program_points, program)').list) ||
        []),
      { name: 'runbooks', type: 'constant', query: runbooks, hide: 2, skipUrlSync: true },
    ],
  },
  panels: laid_out(form.sections),
});
