import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { CONTRACTS_FILE, contractsInUse } from '../catalog/contracts-in-use';
import { MARTS_FILE, martsInUse } from '../catalog/marts-in-use';
import { packagePath } from '../package-path';

/**
 * The directory in dist/ of a function or image. A deployment with its own contracts or marts gets a copy that has them beside the
 * bundles; CDK copies it in turn, and it is deleted when this process ends.
 */
export function codeDirectory(...parts: string[]): string {
  const directory = packagePath('dist', ...parts);
  const contracts = contractsInUse();
  const marts = martsInUse();
  if (!contracts.isOwn && !marts.isOwn) return directory;
  const copy = mkdtempSync(path.join(tmpdir(), 'daybook-code-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(directory, copy, { recursive: true, filter: (file) => !file.endsWith('.map') });
  const write = (file: string, value: object) =>
    writeFileSync(path.join(copy, file), `${JSON.stringify(value, null, 1)}\n`);
  if (contracts.isOwn) write(CONTRACTS_FILE, contracts.contracts);
  if (marts.isOwn) write(MARTS_FILE, marts.marts);
  return copy;
}
