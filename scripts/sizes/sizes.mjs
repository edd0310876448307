#!/usr/bin/env node
/**
 * Prints how large is what gets deployed, and exits with 1 where something outgrew its budget. Expects a build.
 *
 *   --budgets FILE   other budgets, as JSON: what to MB
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { bytes, compressedSizeOf, sizeOf } from './measure.mjs';

const { values: options } = parseArgs({ options: { budgets: { type: 'string' } } });

/**
 * MB of 1,000,000 bytes. A tenth to a fifth above what there is: a package more in a bundle shows, a fix does not.
 * Lambda loads a function's zip at a cold start; a task pulls its image layers, compressed, at every start.
 */
const BUDGETS = options.budgets
  ? JSON.parse(readFileSync(options.budgets, 'utf8'))
  : { lambda: 0.6, bundle: 0.6, console: 1, context: 13, image: 90, 'image, compressed': 32 };

const isShipped = (name) => !name.endsWith('.map');
const rows = [];
const measure = (what, budget, size) => rows.push({ what, size, budget: BUDGETS[budget] * 1e6 });

for (const name of readdirSync('dist/lambda').sort()) {
  measure(`Lambda ${name}, zipped`, 'lambda', compressedSizeOf(`dist/lambda/${name}`, isShipped));
}
for (const name of readdirSync('dist/image').sort()) {
  if (name.endsWith('.cjs'))
    measure(`task ${name}, compressed`, 'bundle', compressedSizeOf(`dist/image/${name}`));
}
measure("console's page, compressed", 'console', compressedSizeOf('dist/console'));
measure('context of the image', 'context', sizeOf('dist/image', isShipped));
for (const architecture of ['arm64', 'amd64']) {
  // Where `npm run image` made them.
  const [root] = [`dist/image-${architecture}/tasks`].filter(existsSync);
  if (!root) continue;
  measure(`image ${architecture}, on its base`, 'image', sizeOf(root));
  measure(`image ${architecture}, on its base, compressed`, 'image, compressed', compressedSizeOf(root));
}

const width = Math.max(...rows.map(({ what }) => what.length));
for (const { what, size, budget } of rows) {
  const verdict = size <= budget ? '' : '   TOO LARGE';
  console.log(`${what.padEnd(width)}  ${bytes(size).padStart(9)}  of ${bytes(budget)}${verdict}`);
}
process.exitCode = rows.every(({ size, budget }) => size <= budget) ? 0 : 1;
