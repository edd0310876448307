import path from 'node:path';
import { buildSync } from 'esbuild';

/** Bundles of the programs that child processes start with. */
export function buildChild(source: 'lambda/runtime.ts' | 'ecs/parent-watch.ts', directory: string): string {
  const outfile = path.join(directory, `${path.basename(source, '.ts')}.cjs`);
  const entryPoints = [path.join(__dirname, '../src', source)];
  buildSync({ entryPoints, outfile, bundle: true, platform: 'node', logLevel: 'error' });
  return outfile;
}
