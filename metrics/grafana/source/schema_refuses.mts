// What schema.mts must refuse, each for its own reason: were one of these accepted, tsc would say that the
// `@ts-expect-error` above it is unused, and the check would fail.
import type { any_panel, dashboard_file, graph_panel, prometheus_query } from './schema.mjs';

type graph_defaults = graph_panel['fieldConfig']['defaults'];
declare const good: graph_panel;
declare const whole: dashboard_file;

({ ...good }) satisfies any_panel;
({ unit: 's', color: { mode: 'palette-classic' }, custom: { fillOpacity: 1 } }) satisfies graph_defaults;

// @ts-expect-error: there is no such panel
({ ...good, type: 'timeserie' }) satisfies any_panel;
// @ts-expect-error: the options of a stat, in a graph
({ ...good, options: { ...good.options, graphMode: 'area' } }) satisfies any_panel;
// @ts-expect-error: without a description
(({ description, ...rest }) => rest)(good) satisfies any_panel;
// @ts-expect-error: a word that is none of the enum's
({ unit: 's', color: { mode: 'palette-clasic' } }) satisfies graph_defaults;
// @ts-expect-error: a misspelt member deep inside
({ unit: 's', custom: { fillOpacities: 1 } }) satisfies graph_defaults;
// @ts-expect-error: without a unit
({ decimals: 1 }) satisfies graph_defaults;
// @ts-expect-error: without an expression
({ refId: 'A', legendFormat: '', range: true, instant: false }) satisfies prometheus_query;
// @ts-expect-error: a cursor that is not there
({ ...whole, graphTooltip: 9 }) satisfies dashboard_file;
// @ts-expect-error: without a version of the schema
(({ schemaVersion, ...rest }) => rest)(whole) satisfies dashboard_file;
