// Writes the table of banks and branches that the switch reads (net/bank_table.hpp says its form), made of the npm
// package zengin-code. usage: node write_bank_table.mjs > FILE
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const banks = require('zengin-code');
const { version } = require('zengin-code/package.json');

const byCode = (a, b) => (a.code < b.code ? -1 : 1);

// A field must not end its line or begin another one.
function field(text) {
    if (!text || /[\t\n\r]/.test(text)) throw new Error(`not a name: ${JSON.stringify(text)}`);
    return text;
}

function* lines() {
    yield ['meguri-banks 1', `zengin-code ${version}`, new Date().toISOString().slice(0, 10)];
    for (const bank of Object.values(banks).sort(byCode)) {
        yield ['bank', bank.code, field(bank.name), field(bank.kana)];
        for (const branch of Object.values(bank.branches).sort(byCode))
            yield ['branch', bank.code, branch.code, field(branch.name), field(branch.kana)];
    }
}

let text = '';
for (const line of lines()) text += line.join('\t') + '\n';
process.stdout.write(text);
