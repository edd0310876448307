import path from 'node:path';

/** A path below the project's root, whether this runs from a bundle in dist/<folder>/ or from the sources. */
export function packagePath(...parts: string[]): string {
  const isBundle = path.basename(path.dirname(__dirname)) === 'dist';
  return path.join(__dirname, isBundle ? '../..' : '.', ...parts);
}
