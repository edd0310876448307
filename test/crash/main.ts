/**
 * The crash matrix: runs one batch of updates again and again over the same history, each time with one fault at one of
 * the writes that the undisturbed run makes, and holds what it comes to against that run. Exits 1 where a case fails.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { DoneCase, PlannedCase } from './case';
import { hasDeltaRs } from './end-state';
import { type Options, readOptions, USAGE } from './options';
import { CaseRunner } from './pool';
import { copyOf, type Prepared, prepare } from './prepared';
import { pickPairs } from './random-pairs';
import { matrixText, totalsText } from './report';
import { describeWrite, MODES, type Mode, modesOf, ruleFor, type Write } from './writes';

const WORKER = path.join(__dirname, 'worker.cjs');
const say = (text: string) => process.stdout.write(`${text}\n`);

async function main(options: Options): Promise<number> {
  const directory = mkdtempSync(path.join(tmpdir(), 'daybook-crash-'));
  try {
    const startedAt = Date.now();
    const prepared = await prepare(directory, options.batches, options.setting);
    const { writes } = prepared;
    say(`${writes.length} writes in the undisturbed run (prepared in ${secondsSince(startedAt)} s)`);
    if (options.list) {
      for (const write of writes) say(`${String(write.n).padStart(4)}  ${describeWrite(write)}`);
      return 0;
    }
    const done: DoneCase[] = [];
    if (options.only || options.matrix) {
      const planned = options.only
        ? chosen(options.only, writes)
        : wholeMatrix(within(writes, options.writes), options.modes).slice(options.skip);
      say(`${planned.length} cases, ${options.parallel} at a time`);
      done.push(...(await runAll(planned, prepared, directory, options)));
      say(matrixText(writes, done));
    }
    if (options.seconds > 0) {
      const end = Date.now() + options.seconds * 1000;
      say(`random pairs for ${options.seconds} s, seed ${options.seed}`);
      const pairs = pickPairs(writes, options.seed, () => Date.now() < end);
      done.push(...(await runAll(pairs, prepared, directory, options)));
    }
    say(totalsText(done, (Date.now() - startedAt) / 1000));
    return done.some(({ problems }) => problems.length > 0) ? 1 : 0;
  } finally {
    if (!options.keep) rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
    else say(`kept: ${directory}`);
  }
}

const within = (writes: readonly Write[], range: Options['writes']): Write[] =>
  writes.filter(({ n }) => !range || (n >= range.first && n <= range.last));

/** Mode by mode, the hardest first: a matrix that is cut short has whole columns. */
function wholeMatrix(writes: readonly Write[], modes: readonly Mode[]): PlannedCase[] {
  return MODES.filter((mode) => modes.includes(mode)).flatMap((mode) =>
    writes.filter((write) => modesOf(write).includes(mode)).map((write) => ({ faults: [{ write, mode }] })),
  );
}

function chosen(only: NonNullable<Options['only']>, writes: readonly Write[]): PlannedCase[] {
  return only.map((faults) => ({
    faults: faults.map(({ n, mode }) => {
      const write = writes[n - 1];
      if (!write) throw new Error(`--only ${n}: expected a write from 1 to ${writes.length}`);
      return { write, mode };
    }),
  }));
}

async function runAll(
  planned: Iterable<PlannedCase>,
  prepared: Prepared,
  directory: string,
  options: Options,
): Promise<DoneCase[]> {
  const cases = planned[Symbol.iterator]();
  const done: DoneCase[] = [];
  let started = 0;
  const readTables = options.deltaRsEvery > 0 && hasDeltaRs();
  const line = async (number: number) => {
    const runner = new CaseRunner(WORKER);
    for (let next = cases.next(); !next.done; next = cases.next()) {
      const index = started++;
      const own = path.join(directory, `case-${number}`);
      const startedAt = Date.now();
      const result = await runner.run({
        directory: await copyOf(prepared.base, own),
        files: prepared.files,
        rules: next.value.faults.map(({ write, mode }) => ruleFor(write, mode)),
        undisturbed: prepared.undisturbed,
        setting: prepared.setting,
        withDeltaRs: readTables && index % options.deltaRsEvery === 0,
      });
      const one = { ...next.value, ...result, seconds: (Date.now() - startedAt) / 1000 };
      done.push(one);
      tell(one);
      if (one.problems.length > 0 && options.keep) await copyOf(own, path.join(directory, `failed-${index}`));
    }
    await runner.close();
    rmSync(path.join(directory, `case-${number}`), { recursive: true, force: true, maxRetries: 3 });
  };
  await Promise.all(Array.from({ length: options.parallel }, (_, number) => line(number)));
  return done;
}

function tell({ faults, problems, fired, seconds, ticks }: DoneCase): void {
  const name = faults.map(({ write, mode }) => `${write.n}:${mode}`).join('+');
  const verdict = problems.length > 0 ? 'FAILED' : fired < faults.length ? 'ok, not met' : 'ok';
  const what = faults.map(({ write }) => describeWrite(write)).join(' + ');
  say(`${name}  ${verdict}  ${seconds.toFixed(1)} s, ${ticks} looks  ${what}`);
  for (const problem of problems) say(`    ${problem}`);
  if (problems.length > 0) say(`    again: npm run test:crash -- --only ${name}`);
}

const secondsSince = (startedAt: number) => ((Date.now() - startedAt) / 1000).toFixed(1);

function start(): void {
  let options: Options;
  try {
    options = readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n\n${USAGE}`);
    process.exit(2);
  }
  main(options).then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.stack : error}\n`);
      process.exit(2);
    },
  );
}

start();
