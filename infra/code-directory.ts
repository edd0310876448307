import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { contractsInUse, DEPLOYED_FILE } from '../catalog/contracts-in-use';
import { packagePath } from '../package-path';

/**
 * The directory in dist/ of a function or image. A deployment with its own contracts gets a copy that has them beside the
 * bundles; CDK copies it in turn, and it is deleted when this process ends.
 */
export function codeDirectory(...parts: string[]): string {
  const directory = packagePath('dist', ...parts);
  const { contracts, isOwn } = contractsInUse();
  if (!isOwn) return directory;
  const copy = mkdtempSync(path.join(tmpdir(), 'daybook-code-'));
  process.once('exit', () => rmSync(copy, { recursive: true, force: true }));
  cpSync(directory, copy, { recursive: true, filter: (file) => !file.endsWith('.map') });
  writeFileSync(path.join(copy, DEPLOYED_FILE), `${JSON.stringify(contracts, null, 1)}\n`);
  return copy;
}
