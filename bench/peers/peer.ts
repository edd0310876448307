import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { packagePath } from '../../package-path';
import { runProgram } from '../program';

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
  const environment = path.join(tmpdir(), 'daybook-bench-peers', path.basename(peer.script, '.py'));
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
