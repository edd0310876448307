import path from 'node:path';

/** A path below the project's root, whether this runs from dist/infra/app.cjs or from infra/ in a test. */
export function pathFromRoot(...parts: string[]): string {
  const root = path.basename(path.dirname(__dirname)) === 'dist' ? '../..' : '..';
  return path.join(__dirname, root, ...parts);
}
