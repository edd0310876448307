import { execFile } from 'node:child_process';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** An installation of Spark that runs jobs. */
export interface Spark {
  /** The value of SPARK_HOME: has bin/spark-submit and jars/. */
  readonly home: string;
  readonly version: string;
  /** Of the Hadoop that it brings. */
  readonly hadoopVersion: string;
  /** Whether it has Hadoop's connector for S3, which is otherwise fetched from Maven Central. */
  readonly hasS3: boolean;
  readonly python: string;
  readonly java: string;
}

/** What a job needs is not on this computer; the message says what, and how to get it. */
export class SparkMissingError extends Error {
  override readonly name = 'SparkMissingError';
}

const MIN_JAVA = 17;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Spark in SPARK_HOME, on the PATH, or as the package pyspark of python3 (or PYSPARK_PYTHON), with Java from JAVA_HOME or the PATH.
 * @throws SparkMissingError
 */
export async function findSpark(env: Environment = process.env): Promise<Spark> {
  const [{ home, python }, java] = await Promise.all([findHome(env), findJava(env)]);
  const jars = readdirSync(path.join(home, 'jars'));
  const versionOf = (pattern: RegExp, what: string) => {
    const version = jars.map((jar) => pattern.exec(jar)?.[1]).find((found) => found !== undefined);
    if (version === undefined) throw new SparkMissingError(`${home}/jars has no ${what}`);
    return version;
  };
  return {
    home,
    version: versionOf(/^spark-core_[\d.]+-([\d.]+)\.jar$/, 'spark-core'),
    hadoopVersion: versionOf(/^hadoop-client-api-([\d.]+)\.jar$/, 'hadoop-client-api'),
    hasS3: jars.some((jar) => /^hadoop-aws-[\d.]+\.jar$/.test(jar)),
    python,
    java,
  };
}

async function findHome(env: Environment): Promise<{ home: string; python: string }> {
  const given = env.SPARK_HOME;
  const chosen = env.PYSPARK_PYTHON;
  if (given !== undefined && given !== '') {
    if (!isHome(given))
      throw new SparkMissingError(`SPARK_HOME is ${given}, which has no bin/spark-submit and jars/`);
    return { home: given, python: chosen ?? pythonOf(given) };
  }
  const submit = onPath('spark-submit', env);
  const home = submit && path.resolve(realpathSync(submit), '../..');
  if (home && isHome(home)) return { home, python: chosen ?? pythonOf(home) };
  // Beside a spark-submit that pip installed lies the Python that has its package.
  const pythons = [...(submit ? [path.join(path.dirname(submit), 'python3')] : []), chosen ?? 'python3'];
  for (const python of pythons) {
    const found = await packageOf(python, env);
    if (found) return { home: found, python: chosen ?? python };
  }
  throw new SparkMissingError(
    'Spark is not on this computer: there is no SPARK_HOME, no spark-submit on the PATH, and python3 has no package pyspark. Install it with: python3 -m pip install "pyspark>=3.5"',
  );
}

const isHome = (directory: string): boolean =>
  existsSync(path.join(directory, 'bin', 'spark-submit')) && existsSync(path.join(directory, 'jars'));

/** That of the virtual environment whose package the home is. */
function pythonOf(home: string): string {
  const python = path.resolve(home, '../../../../bin/python3');
  return existsSync(python) ? python : 'python3';
}

async function packageOf(python: string, env: Environment): Promise<string | undefined> {
  try {
    const { stdout } = await run(
      python,
      ['-c', 'import os, pyspark; print(os.path.dirname(pyspark.__file__))'],
      { env: { ...env } },
    );
    const home = stdout.trim();
    return isHome(home) ? home : undefined;
  } catch {
    return undefined;
  }
}

function onPath(name: string, { PATH = '' }: Environment): string | undefined {
  return PATH.split(path.delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => path.join(directory, name))
    .find((file) => existsSync(file));
}

async function findJava(env: Environment): Promise<string> {
  const install = `Install Java ${MIN_JAVA} or newer, such as the package openjdk-${MIN_JAVA}-jre-headless, or set JAVA_HOME`;
  const java = env.JAVA_HOME ? path.join(env.JAVA_HOME, 'bin', 'java') : onPath('java', env);
  if (java === undefined) throw new SparkMissingError(`Java is not on this computer. ${install}`);
  let told = '';
  try {
    ({ stderr: told } = await run(java, ['-version'], { env: { ...env } }));
  } catch (error) {
    throw new SparkMissingError(`${java} does not run: ${error instanceof Error ? error.message : error}`);
  }
  const [, version] = /version "(\d+)/.exec(told) ?? [];
  if (Number(version) >= MIN_JAVA) return java;
  throw new SparkMissingError(`${java} has version ${version ?? 'unknown'}. ${install}`);
}
