// PromQL that every dashboard needs. `of` limits a metric to the instances that were chosen above the dashboard.

export const of = (metric: string, labels = ''): string =>
  `${metric}{instance=~"$instance"${labels === '' ? '' : `, ${labels}`}}`;

export const rate = (metric: string, labels = ''): string => `rate(${of(metric, labels)}[$__rate_interval])`;

export const sum = (what: string, by = ''): string => (by === '' ? `sum(${what})` : `sum by (${by}) (${what})`);

// Over the time that the dashboard shows.
export const gained = (metric: string, labels = ''): string => `sum(increase(${of(metric, labels)}[$__range]))`;

// Where nothing was counted a quantile or a share is not a number; `>= 0` leaves it out instead.
export const quantile = (share: number, histogram: string, by = '', labels = ''): string =>
  `histogram_quantile(${share}, ${sum(rate(`${histogram}_bucket`, labels), by === '' ? 'le' : `le, ${by}`)}) >= 0`;

export const part = (some: string, all: string): string => `${some} / ${all} >= 0`;

export const mean = (histogram: string): string => part(sum(rate(`${histogram}_sum`)), sum(rate(`${histogram}_count`)));
