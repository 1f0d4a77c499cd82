// Every dashboard, by the name of its file in dashboards/.
import { http_and_clients } from './http_and_clients.mjs';
import { ledger_and_programs } from './ledger_and_programs.mjs';
import { payment_path } from './payment_path.mjs';
import { storage_and_recovery } from './storage_and_recovery.mjs';
import type { dashboard_file } from './schema.mjs';

const all: Record<string, dashboard_file> = {
  payment_path,
  ledger_and_programs,
  storage_and_recovery,
  http_and_clients,
};

// As Grafana reads them: file name and text.
export const dashboard_files: [name: string, text: string][] = Object.entries(all).map(([name, one]) => [
  `${name}.json`,
  JSON.stringify(one, null, 2) + '\n',
]);
