// What a dashboard file of ours may hold, in the words of @grafana/schema: its Dashboard, and instead of its open
// `options`, `custom` and `targets` those of the panels that we use and of a Prometheus query. Types only: nothing of
// the package is there when the compiled programs run.
import type { Dashboard, DataQuery, FieldConfig, Panel, RowPanel } from '@grafana/schema';
import type * as stat from '@grafana/schema/dist/types/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen.js';
import type * as table from '@grafana/schema/dist/types/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen.js';
import type * as timeseries from '@grafana/schema/dist/types/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen.js';

// A type as JSON writes its values: the members of a string enum are their texts.
export type written<T> = unknown extends T
  ? T
  : T extends string
    ? `${T}`
    : T extends object
      ? { [member in keyof T]: written<T[member]> }
      : T;

export interface prometheus_query extends DataQuery {
  expr: string;
  legendFormat: string;
  range: boolean;
  instant: boolean;
  format?: 'time_series' | 'table';
}

// Every panel of ours says what it is, where it lies, what it shows in which unit, and what to do about it.
type described = Required<Pick<Panel, 'id' | 'title' | 'description' | 'gridPos' | 'datasource' | 'links'>>;
type left_open = 'type' | 'options' | 'fieldConfig' | 'targets' | keyof described;

interface drawn_panel<name extends string, panel_options, custom>
  extends written<Omit<Panel, left_open>>,
    written<described> {
  type: name;
  targets: prometheus_query[];
  options: written<panel_options>;
  fieldConfig: {
    defaults: written<Omit<FieldConfig, 'custom' | 'unit'>> & { unit: string; custom?: written<custom> };
    overrides: {
      matcher: { id: 'byName'; options: string };
      properties: { id: 'color'; value: written<NonNullable<FieldConfig['color']>> }[];
    }[];
  };
}

export type stat_panel = drawn_panel<'stat', stat.Options, Record<string, never>>;
export type graph_panel = drawn_panel<'timeseries', timeseries.Options, timeseries.FieldConfig>;
export type table_panel = drawn_panel<'table', table.Options, Partial<table.FieldConfig>>;
export type row_panel = written<RowPanel>;
export type any_panel = stat_panel | graph_panel | table_panel;

export interface dashboard_file
  extends written<Omit<Dashboard, 'panels' | 'uid' | 'title' | 'description' | 'links' | 'templating'>>,
    written<Required<Pick<Dashboard, 'uid' | 'title' | 'description' | 'links' | 'templating'>>> {
  panels: (any_panel | row_panel)[];
}
