import { execFileSync } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { DuckDBInstance } from '@duckdb/node-api';
import { packagePath } from '../package-path';
import type { Machine, Versions } from './results';

export function readMachine(): Machine {
  const cores = cpus();
  return {
    cpu: cores[0]?.model.trim() ?? 'unknown',
    cores: cores.length,
    memory_bytes: totalmem(),
    os: `${type()} ${release()}`,
  };
}

export async function readVersions(): Promise<Versions> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const reader = await connection.runAndReadAll('select version() as version');
  const duckdb = String(reader.getRowObjectsJson()[0]?.version);
  connection.closeSync();
  instance.closeSync();
  return { node: process.version, duckdb, commit: readCommit() };
}

/** The commit; a `+` after it means uncommitted changes. */
function readCommit(): string {
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: packagePath(), encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    const changes = git('status', '--porcelain', '--untracked-files=no', '--', ':!docs');
    return git('rev-parse', '--short', 'HEAD').trim() + (changes.trim() === '' ? '' : '+');
  } catch {
    return 'unknown';
  }
}
