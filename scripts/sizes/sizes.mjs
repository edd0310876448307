#!/usr/bin/env node
/**
 * Prints the sizes of the deployed artifacts, and exits with 1 if one exceeds its budget. Expects a build.
 *
 *   --budgets FILE   other budgets, as JSON: name to MB
 */
import { lstatSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { gzipSync } from 'node:zlib';

const { values: options } = parseArgs({ options: { budgets: { type: 'string' } } });

/**
 * MB of 1,000,000 bytes, 10% to 20% above the current sizes: another package in a bundle exceeds them, a fix does not.
 * Lambda loads a function's zip at a cold start; a task pulls its image layers, compressed, at every start.
 */
const BUDGETS = options.budgets
  ? JSON.parse(readFileSync(options.budgets, 'utf8'))
  : { lambda: 0.6, bundle: 0.6, console: 1, context: 16, ingest: 0.8, validate: 0.75, load: 0.75 };

/** Ingest and validate have the lists that events are enriched with; ingest and load the client of PostgreSQL and the certificates of RDS. */
const ownOr = (shared, name) => (name in BUDGETS ? name : shared);

const isShipped = (name) => !name.endsWith('.map');
const rows = [];
const measure = (what, budget, size) => rows.push({ what, size, budget: BUDGETS[budget] * 1e6 });

for (const name of readdirSync('dist/lambda').sort()) {
  measure(
    `Lambda ${name}, zipped`,
    ownOr('lambda', name),
    compressedSizeOf(`dist/lambda/${name}`, isShipped),
  );
}
for (const name of readdirSync('dist/image').sort()) {
  if (!name.endsWith('.cjs')) continue;
  const budget = ownOr('bundle', path.basename(name, '.cjs'));
  measure(`task ${name}, compressed`, budget, compressedSizeOf(`dist/image/${name}`));
}
measure("console's page, compressed", 'console', compressedSizeOf('dist/console'));
measure('context of the image', 'context', sizeOf('dist/image', isShipped));

const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, size, budget } of rows) {
  const verdict = size <= budget ? '' : '   TOO LARGE';
  console.log(`${what.padEnd(width)}  ${bytes(size).padStart(9)}  of ${bytes(budget)}${verdict}`);
}
process.exitCode = rows.every(({ size, budget }) => size <= budget) ? 0 : 1;

/** Bytes of a file, or of all files in a directory. */
function sizeOf(place, isCounted = () => true) {
  return filesOf(place, isCounted).reduce((sum, file) => sum + lstatSync(file).size, 0);
}

/** The same with each file compressed separately: within 1% of a zip file, and about the size in a registry. */
function compressedSizeOf(place, isCounted = () => true) {
  return filesOf(place, isCounted).reduce((sum, file) => sum + gzipSync(readFileSync(file)).length, 0);
}

function filesOf(place, isCounted) {
  if (!lstatSync(place).isDirectory()) return isCounted(path.basename(place)) ? [place] : [];
  return readdirSync(place).flatMap((name) => filesOf(path.join(place, name), isCounted));
}

function bytes(count) {
  return `${(count / 1e6).toFixed(2)} MB`;
}
