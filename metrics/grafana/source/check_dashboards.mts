// check_dashboards FOLDER SCRATCH: holds the files in FOLDER/dashboards, as they lie there, against the types of
// schema.mts, against what this source writes, and against some rules that types cannot say. Status 0 if all is well.
//
// TypeScript widens what it reads from a JSON file ("timeseries" becomes string), so a wrong word would pass. Hence each
// file becomes a literal in a program that does nothing but claim that it `satisfies dashboard_file`, and tsc compiles that.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { dashboard_files } from './all_dashboards.mjs';
import type { dashboard_file } from './schema.mjs';

const faults: string[] = [];

function type_faults(folder: string, scratch: string, files: Map<string, string>): void {
  mkdirSync(scratch, { recursive: true });
  const schema = relative(scratch, join(folder, 'source/schema.mjs'));
  const programs = [...files].map(([name, text]) => {
    const program = join(scratch, name.replace(/\.json$/, '.mts'));
    writeFileSync(
      program,
      `import type { dashboard_file } from '${schema}';\n\n(${text.trimEnd()}) satisfies dashboard_file;\n`,
    );
    return program;
  });
  const options = [
    '--noEmit',
    '--strict',
    '--exactOptionalPropertyTypes',
    '--skipLibCheck',
    '--target',
    'es2022',
    '--module',
    'nodenext',
  ];
  const done = spawnSync(process.execPath, [join(folder, 'node_modules/typescript/bin/tsc'), ...options, ...programs], {
    encoding: 'utf8',
  });
  if (done.status !== 0) faults.push(`not what Grafana's schema says:\n${done.stdout}${done.stderr}`);
}

function file_faults(files: Map<string, string>): void {
  const expected = new Map(dashboard_files);
  for (const name of new Set([...files.keys(), ...expected.keys()]))
    if (files.get(name) !== expected.get(name))
      faults.push(`${name} is not what metrics/grafana/source writes: change it there, then npm run write`);
}

function rule_faults(name: string, one: dashboard_file, runbooks: string): void {
  const say = (title: string, what: string): void => void faults.push(`${name}, panel "${title}": ${what}`);
  const ids = new Set<number>();
  const taken = new Set<string>();
  for (const panel of one.panels) {
    const title = panel.title ?? '';
    if (ids.has(panel.id)) say(title, `a second one with id ${panel.id}`);
    ids.add(panel.id);
    if (panel.type === 'row') continue;
    if (title === '' || panel.description === '' || panel.fieldConfig.defaults.unit === '')
      say(title, 'needs a title, a description and a unit');
    const { x, y, w, h } = panel.gridPos;
    if (x + w > 24) say(title, 'passes the right edge');
    for (let column = x; column < x + w; ++column)
      for (let line = y; line < y + h; ++line) {
        if (taken.has(`${column},${line}`)) return say(title, 'lies on another one');
        taken.add(`${column},${line}`);
      }
    for (const link of panel.links) {
      const file = link.url?.replace('${runbooks}/', '') ?? '';
      if (!existsSync(join(runbooks, file))) say(title, `links to metrics/runbooks/${file}, which is not there`);
    }
  }
}

const [folder, scratch] = process.argv.slice(2);
if (folder === undefined || scratch === undefined)
  throw new Error('check_dashboards takes metrics/grafana and a folder for what it compiles');
const files = new Map(
  readdirSync(join(folder, 'dashboards')).map((name): [string, string] => [
    name,
    readFileSync(join(folder, 'dashboards', name), 'utf8'),
  ]),
);
type_faults(folder, scratch, files);
file_faults(files);
for (const [name, text] of files) rule_faults(name, JSON.parse(text) as dashboard_file, join(folder, '../runbooks'));
for (const fault of faults) console.error(fault);
console.log(`${files.size} dashboards checked, ${faults.length} faults`);
process.exitCode = faults.length === 0 ? 0 : 1;
