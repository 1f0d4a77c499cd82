// Asks Prometheus what Grafana would ask it for a panel.
import type { prometheus_query } from '../source/schema.mjs';

export interface span {
  from_s: number;
  until_s: number;
  step_s: number;
  scrape_s: number;
}

export interface series {
  labels: Record<string, string>;
  legend: string;
  points: [time_s: number, value: number][];
}

type answer = { status: string; error?: string; data: { result: found[] } };
type found = { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] };

// All switches and programs, and the intervals as Grafana derives them.
function with_variables(expression: string, over: span): string {
  const rate_interval_s = Math.max(over.step_s + over.scrape_s, 4 * over.scrape_s);
  return expression
    .replaceAll('$__rate_interval', `${rate_interval_s}s`)
    .replaceAll('$__interval', `${over.step_s}s`)
    .replaceAll('$__range', `${Math.round(over.until_s - over.from_s)}s`)
    .replaceAll('$instance', '.+')
    .replaceAll('$program', '.+');
}

const named = (form: string, labels: Record<string, string>): string =>
  form.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, label: string) => labels[label] ?? '');

export async function ask(prometheus: string, query: prometheus_query, over: span): Promise<series[]> {
  const parameters = new URLSearchParams({ query: with_variables(query.expr, over) });
  if (query.instant) {
    parameters.set('time', String(over.until_s));
  } else {
    parameters.set('start', String(over.from_s));
    parameters.set('end', String(over.until_s));
    parameters.set('step', String(over.step_s));
  }
  const way = query.instant ? 'query' : 'query_range';
  const reply = (await (await fetch(`${prometheus}/api/v1/${way}?${parameters}`)).json()) as answer;
  if (reply.status !== 'success') throw new Error(`${query.expr}: ${reply.error}`);
  return reply.data.result.map(({ metric, value, values }) => ({
    labels: metric,
    legend: named(query.legendFormat, metric),
    points: (values ?? (value ? [value] : [])).map(([at, text]) => [at, Number(text)]),
  }));
}
