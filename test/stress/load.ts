/**
 * Loads that no test can have time for, through `daybook local` as a process of its own: each ends in the checks of the
 * crash matrix and in a count of what came in. Exits 1 where one fails.
 */

import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import path from 'node:path';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { catalog } from '../../catalog/catalog';
import { uploadFiles } from '../../cli/upload';
import { batchManifestKey } from '../../domain/object-keys';
import { readKpis } from '../../operations/kpis/kpis';
import { readQueueDepth } from '../../operations/queue';
import { inParallel } from '../../storage/parallel';
import { BATCH_LIMITS } from '../../tasks/orchestrate/batch';
import { ORDERS } from '../builders/csv';
import { readEndState } from '../crash/end-state';
import { type Batch, problemsOfBatches, runningBetween } from './batches';
import { Endpoint } from './endpoint';
import { allExecutions, untilQuiet } from './executions';
import { PeakMemory } from './processes';

const USAGE = `npm run load -- LOAD [options]

  burst    --files N (5000)      --seconds S (60)   drops N files within S seconds while executions run
  backlog  --files N (20000)                        drains the messages of N files that waited
  large    --gib N (2)                              one CSV file of orders, with the default task sizes
  --keep   keeps the data directory, and says where
`;

const DAYS = 28;
const dayOf = (id: number) => `2025-03-${String((id % DAYS) + 1).padStart(2, '0')}`;
const orderRow = (id: number) => `${id},${id % 1000},delivered,${dayOf(id)}T10:00:00,,,,1`;
const say = (text: string) => process.stdout.write(`${text}\n`);
const uploadsAtOnce = 16;

interface Loaded {
  readonly keys: readonly { key: string }[];
  readonly orders: number;
  /** When they were uploaded, in epoch milliseconds. */
  readonly from: number;
  readonly to: number;
}

const smallFile = (id: number) => ({ key: `input/orders_${id}.csv`, csv: `${ORDERS}\n${orderRow(id)}\n` });

async function drop(endpoint: Endpoint, files: number, seconds = 0): Promise<Loaded> {
  const began = Date.now();
  const ids = Array.from({ length: files }, (_, index) => index + 1);
  await inParallel(uploadsAtOnce, ids, async (id) => {
    const due = began + ((id - 1) / files) * seconds * 1000;
    if (due > Date.now()) await sleep(due - Date.now());
    const { key, csv } = smallFile(id);
    await endpoint.put(key, csv);
  });
  const to = Date.now();
  say(`${files} files uploaded in ${((to - began) / 1000).toFixed(1)} s`);
  return { keys: ids.map((id) => ({ key: smallFile(id).key })), orders: files, from: began, to };
}

/** @returns how many orders it holds */
async function writeLarge(file: string, bytes: number): Promise<number> {
  const out = createWriteStream(file);
  let [written, id] = [out.write(`${ORDERS}\n`) ? ORDERS.length + 1 : 0, 0];
  while (written < bytes) {
    const rows: string[] = [];
    for (let row = 0; row < 20_000; row++) rows.push(orderRow(++id));
    const text = `${rows.join('\n')}\n`;
    written += text.length;
    if (!out.write(text)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
  return id;
}

async function large(endpoint: Endpoint, gib: number): Promise<Loaded> {
  const file = path.join(endpoint.directory, 'orders_large.csv');
  const bytes = gib * 1024 ** 3;
  const orders = await writeLarge(file, bytes);
  const key = 'input/orders_large.csv';
  const began = Date.now();
  await uploadFiles(endpoint.deployment, [{ path: file, bytes, key }], () => {});
  const to = Date.now();
  say(`${orders} orders, ${gib} GiB, uploaded in ${((to - began) / 1000).toFixed(1)} s`);
  return { keys: [{ key }], orders, from: began, to };
}

async function check(
  endpoint: Endpoint,
  load: string,
  { keys, orders, from, to }: Loaded,
): Promise<string[]> {
  const { faults, places, ledger } = await readEndState(endpoint, keys);
  const problems = [...faults];
  for (const { key } of keys) {
    if (places[key] !== 'archive' || ledger[key] !== 'archived')
      problems.push(`${key} is in ${places[key]} and is ${ledger[key]}`);
  }
  const kpis = await readKpis(endpoint.deployment, catalog.servedMart('order_kpis'));
  const counted = kpis.reduce((sum, { total_orders }) => sum + Number(total_orders), 0);
  if (counted !== orders) problems.push(`${counted} orders are counted, expected ${orders}`);
  const executions = await allExecutions(endpoint.deployment);
  const batches: Batch[] = [];
  for (const execution of executions) {
    const text = await endpoint.text(batchManifestKey(execution.name));
    batches.push({ ...execution, files: text === '' ? 0 : JSON.parse(text).files.length });
  }
  problems.push(...problemsOfBatches(batches, BATCH_LIMITS.files));
  const most = Math.max(...batches.map(({ files }) => files));
  say(`${batches.length} executions, of ${most} files at most (of  ${BATCH_LIMITS.files})`);
  if (load !== 'burst') return problems;
  const during = runningBetween(batches, from, to);
  say(`${during.length} executions ran during the upload`);
  return during.length > 0 ? problems : [...problems, 'no execution ran during the upload'];
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      files: { type: 'string' },
      seconds: { type: 'string', default: '60' },
      gib: { type: 'string', default: '2' },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const [load = ''] = positionals;
  if (values.help || !['burst', 'backlog', 'large'].includes(load)) {
    process.stdout.write(USAGE);
    return values.help ? 0 : 2;
  }
  // A backlog waits: nobody looks at the queue until all of it is there.
  const endpoint = await Endpoint.start({ every: load === 'backlog' ? 0 : 1 });
  const memory = new PeakMemory(() => endpoint.pid);
  try {
    let began = Date.now();
    const loaded =
      load === 'large'
        ? await large(endpoint, Number(values.gib))
        : await drop(
            endpoint,
            Number(values.files ?? (load === 'burst' ? 5_000 : 20_000)),
            load === 'burst' ? Number(values.seconds) : 0,
          );
    if (load === 'backlog') {
      say(`${(await readQueueDepth(endpoint.deployment)).waiting} messages waiting`);
      await endpoint.restart('SIGINT', 1);
      began = Date.now();
    }
    await untilQuiet(endpoint, 4 * 3600);
    say(`quiet after ${((Date.now() - began) / 1000).toFixed(1)} s`);
    for (const [name, mb] of [...memory.peaks].sort()) say(`peak memory of ${name}: ${mb.toFixed(0)} MiB`);
    const checked = Date.now();
    const problems = await check(endpoint, load, loaded);
    say(`checked in ${((Date.now() - checked) / 1000).toFixed(1)} s: ${problems.length} problems`);
    for (const problem of problems.slice(0, 20)) say(`  ${problem}`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    memory.stop();
    await endpoint.stop(values.keep);
    if (values.keep) say(`kept: ${endpoint.directory}`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(2);
  },
);
