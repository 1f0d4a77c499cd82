// write_dashboards FOLDER: writes the dashboards for Grafana, after a change in this folder.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dashboard_files } from './all_dashboards.mjs';

const folder = process.argv[2];
if (folder === undefined) throw new Error('write_dashboards takes the folder to write to');
for (const [name, text] of dashboard_files) writeFileSync(join(folder, name), text);
