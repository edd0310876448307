/**
 * Lets `daybook local` run for so many minutes under random uploads, updates, faults, lost events, restarts, stops of
 * executions, starts by hand and maintenance, then lets it come to rest and holds it against a computation in memory and the
 * checks of the crash matrix. It is restarted in the first third of the time alone: over the rest memory, open files and
 * connections of one endpoint are held to be flat. Exits 1 where anything differs or has grown.
 */

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs, promisify } from 'node:util';
import { StartExecutionCommand, StopExecutionCommand } from '@aws-sdk/client-sfn';
import type { RuleInput } from 'local-aws/faults';
import { batchManifestKey } from '../../domain/object-keys';
import { listExecutions } from '../../operations/executions/executions';
import { readQueueDepth } from '../../operations/queue';
import { packagePath } from '../../package-path';
import { changedTemplate } from '../builders/changed-template';
import { aheadFile, setClocks } from './clock';
import { Endpoint } from './endpoint';
import { allExecutions, untilQuiet } from './executions';
import { growthOf, leftOver, thirdsOf } from './flat';
import { type ProcessSample, sample } from './processes';
import { Random } from './random';
import { Uploads } from './uploads';

const USAGE = `npm run soak -- [options]

  --minutes N   (60), and some for coming to rest
  --seed S      which uploads and faults (default: of the time; it is printed)
  --keep        keeps the data directory of one that fails, and says where
`;

const say = (text: string) => process.stdout.write(`${new Date().toISOString().slice(11, 19)} ${text}\n`);
const run = promisify(execFile);

/** Between samples of the endpoint's memory and files. */
const SAMPLE_MS = 2_000;
/** Between times at which faults that have not come are taken out. */
const DISARM_MS = 30_000;
/** Until all that waits is through: what came back goes file by file. */
const PATIENCE_MS = 20 * 60_000;
/** Longer than the endpoint keeps a connection over which nothing comes (local-aws). */
const IDLE_MS = 125_000;

/** S3's next message. */
const EVENT = { service: 'sqs', operation: 'SendMessage', caller: 's3.amazonaws.com', nth: 1 };

class Soak {
  readonly uploads = new Uploads();
  readonly samples: ProcessSample[] = [];
  readonly counts: Record<string, number> = {};
  private sampledAt = 0;
  private disarmedAt = 0;
  private isRestarting = true;

  constructor(
    private readonly endpoint: Endpoint,
    private readonly random: Random,
  ) {}

  /** @param isRestarting whether the endpoint is stopped and killed now and then; otherwise it is looked at */
  async goOn(until: number, isRestarting: boolean): Promise<void> {
    this.isRestarting = isRestarting;
    while (Date.now() < until) {
      await this.survive(() => this.act());
      if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
      if (!isRestarting) this.sample();
      if (Date.now() - this.disarmedAt > DISARM_MS) await this.survive(() => this.disarm());
      await sleep(this.random.upTo(400));
    }
  }

  /** Lets it come to rest: faults are over, hidden messages come back, dead letters get another try. */
  async settle(): Promise<void> {
    if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
    await this.endpoint.disarm();
    for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
      const [before] = await listExecutions(this.endpoint.deployment, 1);
      await untilQuiet(this.endpoint, 20).catch(() => {});
      const { waiting, in_flight, dead_letters } = await readQueueDepth(this.endpoint.deployment);
      if (waiting + in_flight + dead_letters === 0) {
        if ((await this.endpoint.keys('input/')).length === 0) return;
        // The event was lost, and is made up for.
        await this.endpoint.advance(900);
        await sleep(3_000);
        continue;
      }
      if (dead_letters > 0) {
        this.count('dead letters sent back', dead_letters);
        await this.daybook('redrive');
      }
      const [latest] = await listExecutions(this.endpoint.deployment, 1);
      // While executions follow one another, those that wait aside are not to come back.
      const isStill = latest?.name === before?.name && latest?.status !== 'RUNNING';
      if (isStill) await this.endpoint.advance(900);
    }
    throw new Error(`it did not come to rest within ${PATIENCE_MS / 60_000} minutes`);
  }

  /** What the endpoint holds once nothing has come for so long that connections have ended. */
  async atRest(): Promise<ProcessSample> {
    await this.settle();
    await sleep(IDLE_MS);
    const now = sample(this.endpoint.pid ?? 0);
    if (!now) throw new Error('the endpoint cannot be looked at: is there no /proc?');
    const { rssMb, openFiles, sockets, children } = now;
    say(
      `at rest: ${rssMb.toFixed(0)} MiB, ${openFiles} open files, ${sockets} sockets, ${children} processes`,
    );
    return now;
  }

  private async act(): Promise<void> {
    const { random, endpoint } = this;
    const what = random.pick([
      ...Array<string>(12).fill('upload'),
      ...Array<string>(5).fill('fault'),
      ...(random.upTo(4) === 0 ? ['stop execution', 'start by hand'] : []),
      'maintain',
      'pass time',
      'lose event',
      ...(this.isRestarting && random.upTo(12) === 0 ? ['restart', 'kill'] : []),
    ]);
    this.count(what);
    if (what === 'upload') return this.upload(1 + random.upTo(4));
    if (what === 'lose event') return this.loseEvent();
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
      ...(this.isRestarting && random.upTo(6) === 0 ? ([{ do: 'kill-endpoint', at: 'after' }] as const) : []),
    ]);
    const nth = 1 + random.upTo(12);
    const isMessage = effect.do === 'twice' || effect.do === 'late';
    if (isMessage) return { ...EVENT, effect };
    return {
      service,
      caller: random.pick([
        '*Tasks*',
        '*SmallBatches*',
        '*SmallBatches*',
        '*orchestrate*',
        '*settle*',
        '*Workflow*',
        '*RunTask*',
      ]),
      nth,
      effect,
    };
  }

  private async upload(files: number): Promise<void> {
    for (let left = files; left > 0; left--) {
      const file = this.uploads.next(this.random);
      for (let tries = 0; ; tries++) {
        try {
          await this.endpoint.put(file.key, file.csv);
          break;
        } catch (error) {
          if (tries > 5) throw error;
          if (this.endpoint.isDown) await this.endpoint.restart('SIGKILL');
        }
      }
      this.uploads.add(file);
      await sleep(3);
    }
  }

  /** Of an upload without an event S3 tells the second alone, so none other is to come within it. */
  private async loseEvent(): Promise<void> {
    await this.endpoint.arm({ ...EVENT, effect: { do: 'drop' } });
    try {
      await this.upload(1);
    } finally {
      await sleep(1010 - (Date.now() % 1000));
    }
  }

  private async disarm(): Promise<void> {
    await this.endpoint.disarm();
    this.disarmedAt = Date.now();
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
  const minutes = Number(values.minutes);
  say(`${minutes} minutes, seed ${values.seed}`);
  const template = mkdtempSync(path.join(tmpdir(), 'daybook-stress-template-'));
  changedTemplate((resources) => setClocks(resources, aheadFile(template)), template);
  const endpoint = await Endpoint.start({ faults: true, template });
  let problems: string[] = ['it did not come to its end'];
  try {
    const soak = new Soak(endpoint, new Random(Number(values.seed)));
    await soak.goOn(Date.now() + (minutes * 60_000) / 3, true);
    const before = await soak.atRest();
    const early = await soak.uploads.check(endpoint);
    for (const problem of early.slice(0, 30)) say(`  ${problem}`);
    await soak.goOn(Date.now() + (minutes * 60_000 * 2) / 3, false);
    const after = await soak.atRest();
    await tell(endpoint, soak);
    const thirds = thirdsOf(soak.samples);
    for (const { name, medians, most } of thirds)
      say(
        `${name} of the endpoint: ${medians.map((one) => one.toFixed(0)).join(', ')} by thirds, ${most.toFixed(0)} at the most`,
      );
    const late = await soak.uploads.check(endpoint);
    problems = [...new Set([...early, ...late]), ...growthOf(thirds), ...leftOver(before, after)];
    say(`${problems.length} problems`);
    for (const problem of problems.slice(0, 30)) say(`  ${problem}`);
    return problems.length > 0 ? 1 : 0;
  } finally {
    const isKept = values.keep && problems.length > 0;
    await endpoint.stop(isKept);
    rmSync(template, { recursive: true, force: true });
    if (isKept) say(`kept: ${endpoint.directory}`);
  }
}

async function tell(endpoint: Endpoint, { uploads, counts }: Soak): Promise<void> {
  const executions = await allExecutions(endpoint.deployment);
  const ended = (status: string) => executions.filter((one) => one.status === status).length;
  say(
    `${uploads.count} uploads, ${uploads.reused} keys used again, ${executions.length} executions (${ended('SUCCEEDED')} succeeded, ` +
      `${ended('FAILED')} failed, ${ended('ABORTED')} aborted), ${endpoint.restarts} restarts`,
  );
  say(
    Object.entries(counts)
      .map(([what, times]) => `${what} ${times}`)
      .join(', '),
  );
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
    process.exit(2);
  },
);
