import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { catalog } from '../../catalog/catalog';
import expected from '../../fixtures/days/expected.json';
import { packagePath } from '../../package-path';
import { KPI_MARTS } from '../builders/kpi-catalog';
import { kpisAsExpected } from '../builders/kpis-as-expected';
import { LocalPipeline, until } from '../e2e/local-pipeline';
import { describeSparkVersions } from './describe-with-spark';
import { sparkEnvironment } from './spark-session';

const run = promisify(execFile);
const QUIET_MS = 400_000;

/** With the marts that the fixtures' numbers are about: Spark takes seconds for each, however small it is. */
const WITHOUT_MARTS = {
  DAYBOOK_WITHOUT_MARTS: catalog.marts
    .map(({ name }) => name)
    .filter((name) => !KPI_MARTS.includes(name))
    .join(','),
};

/** What `daybook verify` says of every table and item. */
async function verified({ ready }: LocalPipeline): Promise<{ differences: number; is_current: boolean }> {
  const { stdout } = await run(process.execPath, [packagePath('bin', 'daybook.cjs'), 'verify', '--json'], {
    env: { ...process.env, AWS_ENDPOINT_URL: ready.endpoint, ...WITHOUT_MARTS },
  });
  return JSON.parse(stdout);
}

async function drop(pipeline: LocalPipeline, day: string, folder = day): Promise<void> {
  const directory = packagePath('fixtures', 'days', day);
  for (const name of readdirSync(directory))
    await pipeline.put(`input/${folder}/${name}`, readFileSync(path.join(directory, name)));
}

/** The tasks of the newest execution that Spark ran jobs for, and which left no mart out. */
async function tasksOnSpark(pipeline: LocalPipeline): Promise<string[]> {
  const [newest] = await pipeline.executions();
  for (const key of await pipeline.keys(`results/${newest?.name}/spark/`))
    if (key.endsWith('-manifest.json'))
      expect(JSON.parse(await pipeline.text(key))).toMatchObject({ left_out: [] });
  const keys = await pipeline.keys(`results/${newest?.name}/spark-jobs/`);
  return [...new Set(keys.map((key) => path.basename(key).split('-')[0] ?? ''))].sort();
}

const BOTH = ['stage', 'transform'];

const environment = (python: string) => ({ ...sparkEnvironment(python), ...WITHOUT_MARTS });

describeSparkVersions('daybook local --spark', (python) => {
  const [first, second, ...rest] = readdirSync(packagePath('fixtures', 'days')).filter((name) =>
    /^\d/.test(name),
  );
  let pipeline: LocalPipeline;

  beforeAll(async () => {
    pipeline = await LocalPipeline.start({ spark: 0, faults: true, env: environment(python()) });
  });
  afterAll(() => pipeline?.stop());

  test('the workflow runs the job through the template, with the rights of its role and S3 of the endpoint', async () => {
    await drop(pipeline, first ?? '');
    await pipeline.untilQuiet(QUIET_MS);
    expect(await tasksOnSpark(pipeline)).toEqual(BOTH);
    expect(await verified(pipeline)).toMatchObject({ differences: 0, is_current: true });
  });

  test('a job that is killed before its manifest is written is run again', async () => {
    await pipeline.arm({
      service: 's3',
      operation: 'PutObject',
      resource: '*/spark/stage-1-manifest.json',
      effect: { do: 'kill' },
    });
    await drop(pipeline, second ?? '');
    await pipeline.untilQuiet(QUIET_MS);
    expect(await tasksOnSpark(pipeline)).toEqual(BOTH);
    expect(await verified(pipeline)).toMatchObject({ differences: 0, is_current: true });
  });

  test('an endpoint that is killed while a job runs takes its batch up again, and every number is as expected', async () => {
    for (const day of rest) await drop(pipeline, day);
    // The files of the last day are all rejected: these have rows, which are newer versions of the same.
    await drop(pipeline, second ?? '', 'again');
    await until(async () => (await jobs(pipeline)) > 0, QUIET_MS);
    const { directory } = pipeline;
    await pipeline.end('SIGKILL');
    await until(async () => (await jobs(pipeline)) === 0, 30_000);
    pipeline = await LocalPipeline.start({ spark: 0, directory, env: environment(python()) });
    await pipeline.untilQuiet(QUIET_MS);
    expect(await tasksOnSpark(pipeline)).toEqual(BOTH);
    expect(await verified(pipeline)).toMatchObject({ differences: 0, is_current: true });
    expect(kpisAsExpected(await pipeline.orderKpis())).toEqual(expected.order_kpis);
    expect(kpisAsExpected(await pipeline.categoryKpis())).toEqual(expected.category_kpis);
  });
});

/** Processes that run a job of the pipeline's own. */
async function jobs({ directory }: LocalPipeline): Promise<number> {
  const { stdout } = await run('ps', ['-eo', 'args=']);
  const scratch = path.join(directory, 'scratch-emr-serverless');
  return stdout.split('\n').filter((line) => line.includes(scratch) && line.includes('SparkSubmit')).length;
}
