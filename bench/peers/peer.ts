import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Kpi } from '../../operations/kpis/kpis';
import { packagePath } from '../../package-path';
import { type BenchContext, newDirectory } from '../context';
import { ProgramFailedError, runProgram } from '../program';

export interface Peer {
  readonly name: string;
  /** In bench/peers. */
  readonly script: string;
  readonly requirements: string;
  /** Programs it needs besides Python. */
  readonly needs: readonly string[];
}

export const PEERS: readonly [Peer, ...Peer[]] = [
  {
    name: 'PySpark with Delta Lake',
    script: 'spark_delta.py',
    requirements: 'requirements-spark.txt',
    needs: ['java'],
  },
  {
    name: 'polars with delta-rs',
    script: 'polars_delta.py',
    requirements: 'requirements-polars.txt',
    needs: [],
  },
];

/** The peer of sessions and funnels, in the environment of the first of {@link PEERS}. */
export const EVENT_PEER: Peer = { ...PEERS[0], script: 'spark_events.py' };

export interface PreparedPeer {
  readonly peer: Peer;
  /** Python of its virtual environment. */
  readonly python: string;
  readonly script: string;
}

/**
 * Prepares the peer: a virtual environment with its packages from PyPI, cached in the directory for temporary files, and the
 * files that it downloads on first use.
 * @returns what is missing, if it cannot run
 */
export async function preparePeer(
  peer: Peer,
  say: (line: string) => void,
): Promise<PreparedPeer | { readonly missing: string }> {
  const script = packagePath('bench', 'peers', peer.script);
  const wanted = await readFile(packagePath('bench', 'peers', peer.requirements), 'utf8');
  const environment = path.join(tmpdir(), 'daybook-bench-peers', path.basename(peer.requirements, '.txt'));
  const python = path.join(environment, 'bin', 'python');
  const stamp = path.join(environment, 'installed.txt');
  for (const program of ['python3', ...peer.needs]) {
    const found = await runProgram(program, ['--version']).catch(() => undefined);
    if (!found) return { missing: `${program} is not installed` };
  }
  try {
    if ((await readFile(stamp, 'utf8').catch(() => '')) !== wanted) {
      say(`installing ${wanted.trim().split('\n').join(', ')}`);
      await mkdir(environment, { recursive: true });
      await runProgram('python3', ['-m', 'venv', environment]);
      await runProgram(python, ['-m', 'pip', 'install', '--quiet', ...wanted.trim().split('\n')]);
      await writeFile(stamp, wanted);
    }
    await runProgram(python, [script, '--warm-up']);
  } catch (error) {
    return {
      missing: error instanceof Error ? (error.message.trim().split('\n').at(-1) ?? '') : String(error),
    };
  }
  return { peer, python, script };
}

export interface PeerRun {
  readonly seconds: number;
  /** Seconds by phase, as measured by the peer. */
  readonly phases: Readonly<Record<string, number>>;
  /** The rows of its tables by name, every value as text. */
  readonly tables: Readonly<Record<string, readonly Kpi[]>>;
}

/** Runs a peer with the files of a directory. @throws ProgramFailedError */
export async function runPeer(
  context: BenchContext,
  { peer, python, script }: PreparedPeer,
  files: string,
): Promise<PeerRun> {
  const work = newDirectory(context, 'peer');
  await mkdir(work);
  const out = path.join(work, 'answer.json');
  try {
    const { seconds } = await runProgram(python, [script, work, out, files]);
    if (!(await stat(out).catch(() => undefined)))
      throw new ProgramFailedError(peer.name, 0, `it wrote no ${out}`);
    const { seconds: phases, ...tables } = JSON.parse(await readFile(out, 'utf8'));
    return { seconds, phases, tables };
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
