import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { MemoryBucket } from '../builders/memory-bucket';
import { processesBelow } from '../builders/processes-below';

/** The Python of an environment with PySpark, as scripts/spark installs them, or undefined. */
export const sparkPython = (version: '3.5' | '4'): string | undefined => {
  const root = process.env.SPARK_CACHE ?? path.join(__dirname, '../../node_modules/.cache/spark');
  const python = path.join(root, `venv-${version}/bin/python`);
  return existsSync(python) ? python : undefined;
};

/** With which a pipeline finds it, and the jars that it fetches from Maven Central once. */
export function sparkEnvironment(python: string): Record<string, string> {
  const venv = path.resolve(python, '../..');
  const [version] = readdirSync(path.join(venv, 'lib'));
  return {
    SPARK_HOME: path.join(venv, 'lib', version ?? '', 'site-packages/pyspark'),
    PYSPARK_PYTHON: python,
    LOCAL_AWS_IVY: path.resolve(venv, '../ivy'),
  };
}

/** A Spark session in a process of its own, and a directory that it takes for the bucket. */
export class SparkSession {
  private readonly directory = mkdtempSync(path.join(tmpdir(), 'daybook-spark-'));
  private readonly process: ChildProcessWithoutNullStreams;
  private readonly answers: AsyncIterator<string>;
  readonly logFile = path.join(this.directory, 'spark.log');

  /** @param master where executors run: by default in the process itself */
  constructor(python: string, master = 'local[2]') {
    this.process = spawn(python, [path.join(__dirname, 'job_server.py'), this.directory, master], {
      env: {
        ...process.env,
        ...sparkEnvironment(python),
        PYTHONDONTWRITEBYTECODE: '1',
        SPARK_LOCAL_IP: '127.0.0.1',
      },
    });
    this.process.stderr.pipe(createWriteStream(this.logFile));
    this.answers = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }

  /** @returns the version of Spark */
  async ready(): Promise<string> {
    return (await this.answer()).replace('ready ', '');
  }

  /** Carries out a plan over a bucket in memory. @throws where the job fails: with some of its files in the bucket */
  async run(bucket: MemoryBucket, plan: string): Promise<void> {
    const place = mkdtempSync(path.join(this.directory, 'bucket-'));
    for (const [key, { body }] of bucket.objects) {
      if (!/^(staging|kpis|marts)\/|\/(spark|rows)\//.test(key) || key.includes('/_delta_log/')) continue;
      const file = path.join(place, key);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, body);
    }
    try {
      this.process.stdin.write(`file://${place} ${plan}\n`);
      const answer = await this.answer();
      for (const file of await readdir(place, { recursive: true, withFileTypes: true })) {
        if (!file.isFile() || file.name.endsWith('.crc')) continue;
        const local = path.join(file.parentPath, file.name);
        const key = path.relative(place, local);
        if (!bucket.objects.has(key)) await bucket.put(key, await readFile(local));
      }
      if (answer !== 'done') throw new Error(`${answer}\n${readFileSync(this.logFile, 'utf8').slice(-4000)}`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }

  /** The executors that are processes of their own. */
  executors(): number[] {
    return processesBelow(this.process.pid)
      .filter(({ command }) => command.includes('CoarseGrainedExecutorBackend'))
      .map(({ pid }) => pid);
  }

  async close(): Promise<void> {
    this.process.stdin.end();
    if (this.process.exitCode === null) await once(this.process, 'exit');
    rmSync(this.directory, { recursive: true, force: true });
  }

  private async answer(): Promise<string> {
    const { value, done } = await this.answers.next();
    if (done) throw new Error(`Spark ended: ${readFileSync(this.logFile, 'utf8').slice(-4000)}`);
    return value;
  }
}
