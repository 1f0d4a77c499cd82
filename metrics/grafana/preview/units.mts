// Values as Grafana writes them, for the units that our dashboards use.

const digits = (value: number, decimals?: number): string => {
  if (decimals !== undefined) return value.toFixed(decimals);
  if (value === 0 || Math.abs(value) >= 100) return value.toFixed(0);
  return String(Number(value.toPrecision(3)));
};

// The largest of the steps that is not above the value.
function scaled(value: number, steps: [size: number, name: string][], decimals?: number): string {
  const [size, name] = steps.find(([least]) => Math.abs(value) >= least) ?? steps.at(-1)!;
  return `${digits(value / size, decimals)}${name}`;
}

const thousands: [number, string][] = [[1e12, ' T'], [1e9, ' B'], [1e6, ' M'], [1e3, ' K'], [1, '']]; // prettier-ignore
const binary: [number, string][] = [[2 ** 40, ' TiB'], [2 ** 30, ' GiB'], [2 ** 20, ' MiB'], [1024, ' KiB'], [1, ' B']]; // prettier-ignore
const decimal: [number, string][] = [[1e9, ' GB/s'], [1e6, ' MB/s'], [1e3, ' kB/s'], [1, ' B/s']]; // prettier-ignore
const spans: [number, string][] = [
  [86_400, ' days'], [3600, ' hours'], [60, ' mins'], [1, ' s'], [1e-3, ' ms'], [1e-6, ' µs'], [1e-9, ' ns'],
]; // prettier-ignore

const count = (value: number, decimals?: number): string =>
  Math.abs(value) < 1
    ? digits(value, decimals)
    : scaled(value, thousands, Math.abs(value) < 1000 ? decimals : undefined);

export function written_in(unit: string, value: number, decimals?: number): string {
  if (unit.startsWith('count:')) return `${count(value, decimals)} ${unit.slice('count:'.length)}`;
  switch (unit) {
    case 'none':
      return digits(value, decimals);
    case 'locale':
      return value.toLocaleString('en');
    case 'short':
      return count(value, decimals);
    case 'reqps':
      return `${count(value, decimals)} req/s`;
    case 's':
      return value === 0 ? '0 s' : scaled(value, spans, Math.abs(value) < 60 ? decimals : undefined);
    case 'percentunit':
      return `${digits(value * 100, decimals)}%`;
    case 'bytes':
      return scaled(value, binary, decimals);
    case 'Bps':
      return scaled(value, decimal, decimals);
    default:
      throw new Error(`the preview does not know the unit '${unit}'`);
  }
}
