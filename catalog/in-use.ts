import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface InUse<Definitions> {
  /** Replaces the included definitions in this process. Only before its catalog is loaded, which never changes. */
  readonly use: (own: Definitions) => void;
  /** Those of this process, and whether they are its own. */
  readonly get: () => { readonly value: Definitions; readonly isOwn: boolean };
}

/**
 * Definitions that a process can replace.
 * @param file beside the bundles of a deployment that has its own
 */
export function inUse<Definitions>(file: string, included: Definitions): InUse<Definitions> {
  let own: Definitions | undefined;
  let isInUse = false;
  return {
    use: (definitions) => {
      if (isInUse) throw new Error('the catalog of this process is already loaded');
      own = definitions;
    },
    get: () => {
      isInUse = true;
      own ??= deployed<Definitions>(file);
      return { value: own ?? included, isOwn: own !== undefined };
    },
  };
}

/** Those that the deployment put beside this bundle; undefined if it has the included ones. */
function deployed<Definitions>(name: string): Definitions | undefined {
  const file = path.join(__dirname, name);
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Definitions) : undefined;
}
