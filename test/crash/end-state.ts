import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { HeadObjectCommand } from '@aws-sdk/client-s3';
import { catalog } from '../../catalog/catalog';
import type { ServedMart } from '../../domain/mart';
import { ARCHIVE, INPUT, REJECTED } from '../../domain/object-keys';
import type { Lake } from '../../lake/lake';
import { readSnapshot } from '../../lake/snapshot';
import type { Deployment } from '../../operations/deployment';
import { listExecutions } from '../../operations/executions/executions';
import { verify } from '../../operations/kpis/verify';
import { withLake } from '../../operations/lake/session';
import { readQueueDepth } from '../../operations/queue';
import { packagePath } from '../../package-path';
import { readItems } from '../../serving/dynamodb/read-items';
import { dynamoDbLedger } from '../../storage/ledger/dynamodb-ledger';
import { inParallel } from '../../storage/parallel';

/** An idle pipeline. */
export interface Rested {
  readonly endpoint: string;
  readonly deployment: Deployment;
  /** Of objects below a prefix. */
  keys(prefix: string): Promise<string[]>;
}

type FileKey = { readonly key: string };

/** The part of a run's final state that must not depend on faults. */
export interface EndState {
  /** SHA-256 of the KPIs in the lake and in DynamoDB. */
  readonly kpis: string;
  /** The prefix of each file: `archive`, `rejected`. */
  readonly places: Readonly<Record<string, string>>;
  /** The outcome of each file's last upload in the ledger. */
  readonly ledger: Readonly<Record<string, string>>;
  /** Faults of this state itself, independent of the undisturbed run. */
  readonly faults: readonly string[];
}

const TABLES = catalog.tables;
const DELTA_RS = packagePath('node_modules', '.cache', 'interop', 'venv', 'bin', 'python');

/** Parallel reads of the ledger. */
const LOOKS = 16;

/** True if delta-rs is installed (by `npm run test:interop`). */
export const hasDeltaRs = (): boolean => existsSync(DELTA_RS);

/** @param files that were uploaded. @param withDeltaRs also has the tables read by it */
export async function readEndState(
  run: Rested,
  files: readonly FileKey[],
  withDeltaRs = false,
): Promise<EndState> {
  const faults: string[] = [];
  const depth = await readQueueDepth(run.deployment);
  const { waiting, in_flight, dead_letters } = depth;
  if (waiting + in_flight + dead_letters > 0) faults.push(`queue not empty: ${JSON.stringify(depth)}`);
  const executions = await listExecutions(run.deployment, 100);
  for (const { name, status } of executions)
    if (status === 'RUNNING') faults.push(`execution ${name} is running`);
  const kpis = await withLake(run.deployment, async (lake) => {
    for (const { location } of TABLES) faults.push(...(await missingFiles(lake, location)));
    return verifiedHash(run, lake, faults);
  });
  if (withDeltaRs) faults.push(...(await readByDeltaRs(run)));
  return {
    kpis,
    places: await placesOf(run, files, faults),
    ledger: await ledgerOf(run, files, faults),
    faults,
  };
}

/** The differences from the undisturbed run, and the faults of the state itself. */
export function problemsOf(found: EndState, undisturbed: EndState): string[] {
  const problems = [...found.faults];
  if (found.kpis !== undisturbed.kpis) problems.push('the KPIs are not those of the undisturbed run');
  for (const [what, now, then] of [
    ['lies in', found.places, undisturbed.places],
    ['is, for the ledger,', found.ledger, undisturbed.ledger],
  ] as const) {
    for (const [key, expected] of Object.entries(then))
      if (now[key] !== expected) problems.push(`${key} ${what} ${now[key]}, expected ${expected}`);
  }
  return problems;
}

/** Processes of a run that still exist after its end; processes that are ending get a moment. */
export async function orphansOf(directory: string): Promise<string[]> {
  const file = path.join(directory, 'pids');
  const pids = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(Number) : [];
  let alive = pids;
  for (let wait = 0; wait < 100; wait++) {
    alive = pids.filter((pid) => isOurs(pid));
    if (alive.length === 0) return [];
    await sleep(50);
  }
  return alive.map((pid) => `process ${pid} is left over`);
}

/** Excludes other programs that have the same process id by now. */
function isOurs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    const command = existsSync('/proc') ? readFileSync(`/proc/${pid}/cmdline`, 'utf8') : 'node';
    return command.includes('parent-watch') || command.includes('lambda-runtime') || command === 'node';
  } catch {
    return false;
  }
}

async function verifiedHash(run: Rested, lake: Lake, faults: string[]): Promise<string> {
  const { dynamoDb, names } = run.deployment;
  const itemsOf = (mart: ServedMart) => {
    const table = names.table(mart.dynamoDb.table);
    return { table, read: () => readItems(dynamoDb, table, mart) };
  };
  const { differences, first_differences, is_current, hash } = await verify({ lake, catalog, itemsOf });
  if (differences > 0)
    faults.push(`verify: ${differences} differences, first ${JSON.stringify(first_differences[0])}`);
  if (!is_current) faults.push('verify: kpis/ is not of these versions of staging/');
  return hash;
}

async function missingFiles(lake: Lake, location: string): Promise<string[]> {
  const snapshot = await readSnapshot(lake, location);
  const missing: string[] = [];
  for (const [key, { size }] of snapshot?.files ?? []) {
    const found = await lake.bucket.head(`${location}/${key}`);
    if (found?.size !== size) missing.push(`${location}/${key} is missing, or not of ${size} bytes`);
  }
  return missing;
}

/** A moved file keeps its path below input/; reports are next to rejected files. */
async function placesOf(
  run: Rested,
  files: readonly FileKey[],
  faults: string[],
): Promise<Record<string, string>> {
  const all = new Map<string, string[]>();
  for (const prefix of [INPUT, ARCHIVE, REJECTED]) {
    for (const key of await run.keys(prefix)) {
      const relative = prefix === INPUT ? key.slice(INPUT.length) : key.split('/').slice(2).join('/');
      all.set(relative, [...(all.get(relative) ?? []), prefix.slice(0, -1)]);
    }
  }
  const places: Record<string, string> = {};
  for (const { key } of files) {
    const found = all.get(key.slice(INPUT.length)) ?? [];
    if (found.length !== 1) faults.push(`${key} lies in ${found.length} places: ${found.join(', ')}`);
    places[key] = found.join(' and ');
  }
  return places;
}

async function ledgerOf(
  { deployment: { dynamoDb, names, s3, bucket } }: Rested,
  files: readonly FileKey[],
  faults: string[],
): Promise<Record<string, string>> {
  const ledger = dynamoDbLedger(dynamoDb, names.ledgerTable);
  const outcomes: Record<string, string> = {};
  await inParallel(LOOKS, files, async ({ key }) => {
    const item = await ledger.latest(key);
    outcomes[key] = item?.outcome ?? 'unknown';
    if (!item?.destination) return;
    const head = s3.send(new HeadObjectCommand({ Bucket: bucket, Key: item.destination }));
    await head.catch(() => faults.push(`${key}: the ledger's ${item.destination} is not there`));
  });
  return outcomes;
}

async function readByDeltaRs({ endpoint, deployment }: Rested): Promise<string[]> {
  const locations = TABLES.map(({ location }) => location);
  const script = packagePath('test', 'crash', 'read_tables.py');
  try {
    await promisify(execFile)(DELTA_RS, [script, endpoint, deployment.bucket, ...locations]);
    return [];
  } catch (error) {
    return [`delta-rs: ${error instanceof Error ? error.message.slice(0, 500) : error}`];
  }
}
