/**
 * Lets `daybook local` run for so many minutes under random uploads, updates, faults, restarts, stops of executions, starts
 * by hand and maintenance, then lets it come to rest and holds it against a computation in memory and the checks of the
 * crash matrix. Exits 1 where anything differs, or where memory or open files of the endpoint have grown.
 */
import { execFile } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import { listExecutions } from '../../deployment/executions';
import { readCategoryKpis, readOrderKpis } from '../../deployment/kpis';
import { readQueueDepth } from '../../deployment/queue';
import type { Kind } from '../../domain/kinds';
import { batchManifestKey } from '../../domain/object-keys';
import type { RuleInput } from '../../local/faults/rule';
import { packagePath } from '../../package-path';
import { readEndState } from '../crash/end-state';
import { computeKpis, type RowVersion } from '../reference/kpis';
import { readRows } from '../reference/read-rows';
import { Endpoint } from './endpoint';
import { allExecutions, untilQuiet } from './executions';
import { type ProcessSample, sample } from './processes';
import { Random } from './random';
import { randomFile } from './random-file';

const USAGE = `npm run soak -- [options]

  --minutes N   (60)
  --seed S      which uploads and faults (default: of the time; it is printed)
  --keep        keeps the data directory, and says where
`;

const say = (text: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const run = promisify(execFile);

/** Between samples of the endpoint's memory and files. */
const SAMPLE_MS = 2_000;
/** What may come and go: of memory in MiB; of sockets what functions that stay warm keep open, 50 each. */
const SLACK = { rssMb: 60, openFiles: 16, sockets: 300 };
const GROWTH = 1.3;

interface Uploaded {
  readonly key: string;
  readonly csv: string;
  readonly uploadedAt: number;
  readonly isGood: boolean;
}

class Soak {
  readonly uploaded: Uploaded[] = [];
  readonly samples: ProcessSample[] = [];
  readonly counts: Record<string, number> = {};
  private sampledAt = 0;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly random: Random,
  ) {}

  async goOn(until: number): Promise<void> {
    while (Date.now() < until) {
      await this.survive(() => this.act());
      if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
      this.sample();
      await sleep(this.random.upTo(400));
    }
  }

  /** Lets it come to rest: faults are over, hidden messages come back, dead letters get another try. */
  async settle(): Promise<void> {
    if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
    await this.endpoint.disarm();
    for (let round = 0; round < 60; round++) {
      const [before] = await listExecutions(this.endpoint.deployment, 1);
      await untilQuiet(this.endpoint, 20).catch(() => {});
      const { waiting, in_flight, dead_letters } = await readQueueDepth(this.endpoint.deployment);
      if (waiting + in_flight + dead_letters === 0) return;
      if (dead_letters > 0) {
        this.count('dead letters sent back', dead_letters);
        await this.daybook('redrive');
      }
      const [latest] = await listExecutions(this.endpoint.deployment, 1);
      // While executions follow one another, those that wait aside are not to come back.
      const isStill = latest?.name === before?.name && latest?.status !== 'RUNNING';
      if (isStill) await this.endpoint.advance(900);
    }
  }

  private async act(): Promise<void> {
    const { random, endpoint } = this;
    const what = random.pick([
      ...Array<string>(12).fill('upload'),
      ...Array<string>(5).fill('fault'),
      ...(random.upTo(4) === 0 ? ['stop execution', 'start by hand'] : []),
      'maintain',
      'pass time',
      ...(random.upTo(12) === 0 ? ['restart', 'kill'] : []),
    ]);
    this.count(what);
    if (what === 'upload') return this.upload(1 + random.upTo(4));
    if (what === 'fault') return void (await endpoint.arm(this.fault()));
    if (what === 'maintain') return this.daybook('maintain');
    if (what === 'pass time') return endpoint.advance(300);
    if (what === 'restart') return endpoint.restart('SIGINT');
    if (what === 'kill') return endpoint.restart('SIGKILL');
    const { sfn, stateMachineArn } = endpoint.deployment;
    const [latest] = await listExecutions(endpoint.deployment, 1);
    if (latest?.status !== 'RUNNING') return;
    if (what === 'stop execution') {
      await sfn.send(new StopExecutionCommand({ executionArn: latest.executionArn, cause: 'soak' }));
      return;
    }
    // The batch that runs, once more beside itself.
    const manifest = await endpoint.text(batchManifestKey(latest.name ?? ''));
    const name = `by-hand-${this.counts['start by hand']}-${endpoint.restarts}`;
    const own = { ...JSON.parse(manifest), execution_id: name };
    await endpoint.put(batchManifestKey(name), JSON.stringify(own));
    const input = JSON.stringify({ files: own.files.length, bytes: 1000, messages: 1 });
    await sfn.send(new StartExecutionCommand({ stateMachineArn, name, input }));
  }

  private fault(): RuleInput {
    const { random } = this;
    const service = random.pick(['s3', 's3', 's3', 'dynamodb', 'sqs', 'ecs', 'lambda', 'states', 'sns']);
    const effect = random.pick<RuleInput['effect']>([
      { do: 'refuse', attempts: 3 },
      { do: 'refuse', how: 'throttle', attempts: 2 },
      { do: 'lose-answer' },
      { do: 'delay', ms: 800 },
      { do: 'kill', at: 'before' },
      { do: 'kill', at: 'after' },
      { do: 'twice' },
      { do: 'late', seconds: 60 },
      ...(random.upTo(6) === 0 ? ([{ do: 'kill-endpoint', at: 'after' }] as const) : []),
    ]);
    const nth = 1 + random.upTo(12);
    const isMessage = effect.do === 'twice' || effect.do === 'late';
    if (isMessage)
      return { service: 'sqs', operation: 'SendMessage', caller: 's3.amazonaws.com', nth: 1, effect };
    return {
      service,
      caller: random.pick([
        '*Tasks*',
        '*SmallBatches*',
        '*SmallBatches*',
        '*orchestrate*',
        '*settle*',
        '*Workflow*',
      ]),
      nth,
      effect,
    };
  }

  /** A key only once, and in the order of the times: so the reference knows which row is the newest. */
  private async upload(files: number): Promise<void> {
    for (let left = files; left > 0; left--) {
      const file = randomFile(this.random, this.uploaded.length);
      for (let tries = 0; ; tries++) {
        try {
          await this.endpoint.put(file.key, file.csv);
          break;
        } catch (error) {
          if (tries > 5) throw error;
          if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
        }
      }
      this.uploaded.push({ ...file, uploadedAt: this.uploaded.length });
      await sleep(3);
    }
  }

  private async daybook(command: string): Promise<void> {
    const env = { ...process.env, AWS_ENDPOINT_URL: this.endpoint.endpoint };
    await run(process.execPath, [packagePath('bin', 'daybook.cjs'), command], { env });
  }

  /** What we asked of an endpoint that was just killed may fail; that is no fault of its. */
  private async survive(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.count('requests of ours that failed');
      if (process.env.DAYBOOK_SOAK_VERBOSE) say(String(error));
    }
  }

  private sample(): void {
    if (Date.now() - this.sampledAt < SAMPLE_MS) return;
    this.sampledAt = Date.now();
    const now = this.endpoint.pid === undefined ? undefined : sample(this.endpoint.pid);
    if (now) this.samples.push(now);
  }

  private count(what: string, by = 1): void {
    this.counts[what] = (this.counts[what] ?? 0) + by;
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function growth(samples: readonly ProcessSample[]): string[] {
  const third = Math.floor(samples.length / 3);
  return (['rssMb', 'openFiles', 'sockets'] as const).flatMap((name) => {
    const [first, last] = [samples.slice(0, third), samples.slice(-third)].map((some) =>
      median(some.map((one) => one[name])),
    ) as [number, number];
    say(`${name} of the endpoint: ${first.toFixed(0)} in the first third, ${last.toFixed(0)} in the last`);
    return last > first * GROWTH + SLACK[name] ? [`${name} has grown from ${first} to ${last}`] : [];
  });
}

async function check(endpoint: Endpoint, { uploaded }: Soak): Promise<string[]> {
  const { faults, places } = await readEndState(endpoint, uploaded);
  const problems = [...faults];
  for (const { key, isGood } of uploaded) {
    const expected = isGood ? 'archive' : 'rejected';
    if (places[key] !== expected) problems.push(`${key} lies in ${places[key]}, expected ${expected}`);
  }
  const versions: Record<Kind, RowVersion[]> = { products: [], orders: [], order_items: [] };
  for (const { key, csv, uploadedAt, isGood } of uploaded) {
    if (!isGood) continue;
    const { kind, rows } = readRows({ key, body: csv, uploadedAt });
    versions[kind].push(...rows);
  }
  const expected = computeKpis(versions);
  const found = {
    order_kpis: await readOrderKpis(endpoint.deployment),
    category_kpis: await readCategoryKpis(endpoint.deployment),
  };
  for (const table of ['order_kpis', 'category_kpis'] as const) {
    const text = (rows: readonly object[]) =>
      rows
        .map((row) =>
          Object.entries(row).map(
            ([name, value]) => `${name} ${Number.isNaN(Number(value)) ? value : Number(value)}`,
          ),
        )
        .map((cells) => cells.sort().join(', '));
    const [want, have] = [new Set(text(expected[table])), new Set(text(found[table]))];
    for (const row of want) if (!have.has(row)) problems.push(`${table}: expected ${row}`);
    for (const row of have) if (!want.has(row)) problems.push(`${table}: not expected ${row}`);
  }
  return problems;
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      minutes: { type: 'string', default: '60' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      keep: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  say(`${values.minutes} minutes, seed ${values.seed}`);
  const endpoint = await Endpoint.start();
  let problems: string[] = ['it did not come to its end'];
  try {
    const soak = new Soak(endpoint, new Random(Number(values.seed)));
    await soak.goOn(Date.now() + Number(values.minutes) * 60_000);
    await soak.settle();
    const executions = await allExecutions(endpoint.deployment);
    const ended = (status: string) => executions.filter((one) => one.status === status).length;
    say(
      `${soak.uploaded.length} files, ${executions.length} executions (${ended('SUCCEEDED')} succeeded, ${ended('FAILED')} failed, ` +
        `${ended('ABORTED')} aborted), ${endpoint.restarts} restarts`,
    );
    say(
      Object.entries(soak.counts)
        .map(([what, times]) => `${what} ${times}`)
        .join(', '),
    );
    problems = [...(await check(endpoint, soak)), ...growth(soak.samples)];
    say(`${problems.length} problems`);
    for (const problem of problems.slice(0, 30)) say(`  ${problem}`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    await endpoint.stop(values.keep && problems.length > 0);
    if (values.keep && problems.length > 0) say(`kept: ${endpoint.directory}`);
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(2);
  },
);
